"""Linux itself reads the images, in one machine: what it sees is what `partless` sees."""

import io
import random
import shutil
import tarfile

import pytest

import guest
import image
import scripted

# The guest writes a tar archive of each disk to its slot on the last one.
SLOT_MIB = 40

SCRIPT = b"""
set -- /dev/vd?
for results; do :; done
n=0
while [ $# -gt 1 ]; do
    mount -t ext4 -o ro "$1" /root && tar -C /root -c . |
        dd of=$results bs=1M seek=$((n * SLOT)) conv=notrunc 2>/dev/null
    umount /root
    echo "guest: read=$n"
    n=$((n + 1))
    shift
done
sync
poweroff -f
""".replace(b"SLOT", str(SLOT_MIB).encode())

ROWS = {
    "ext2": ["-t", "ext2", "-b", "1024"],
    "ext2-old": ["-t", "ext2", "-O", "none", "-I", "128"],
    "ext3": ["-t", "ext3"],
    "ext4": ["-t", "ext4"],
    "ext4-1k": ["-t", "ext4", "-b", "1024"],
    "bigalloc": ["-t", "ext4", "-O", "bigalloc", "-C", "16384"],
    "inline_data": ["-t", "ext4", "-O", "inline_data", "-I", "1024"],
    "meta_bg": ["-t", "ext4", "-b", "1024", "-g", "1024", "-O", "meta_bg,^resize_inode"],
    "large_dir": ["-t", "ext4", "-b", "1024", "-O", "large_dir"],
    "casefold": ["-t", "ext4", "-O", "casefold"],
    "everything": ["-t", "ext4", "-I", "512", "-O",
                   "ea_inode,encrypt,casefold,verity,quota,project,mmp,orphan_file,inline_data,"
                   "large_dir,metadata_csum_seed,sparse_super2,^resize_inode"],
}


def fill(top, rng):
    for name in ("sizes", "sparse", "names", "links", "many"):
        (top / name).mkdir(parents=True)
    for size in (0, 1, 60, 61, 160, 161, 700, 1023, 1024, 1025, 4095, 4097, 49152, 53249, 300000):
        (top / "sizes" / str(size)).write_bytes(rng.randbytes(size))
    for name, spans, size in (("hole-first", [1 << 20], 0), ("hole-last", [0], 1 << 20),
                              ("all-hole", [], 1 << 20), ("holes", range(0, 3 << 20, 1 << 18), 0)):
        with open(top / "sparse" / name, "wb") as f:
            for at in spans:
                f.seek(at)
                f.write(rng.randbytes(9000))
            f.truncate(max(size, f.tell()))
    for name in (b"n" * 255, b"new\nline", b"bad\xff\xfeutf8", b" lead", "Grüße".encode()):
        with open(bytes(top / "names") + b"/" + name, "wb") as f:
            f.write(rng.randbytes(50))
    for n in (1, 58, 59, 60, 61, 200, 900):
        (top / "links" / str(n)).symlink_to("l" * n if n < 200 else "./" * (n // 2))
    for n in range(1500):
        (top / "many" / f"a-name-of-some-length-{n:06}").touch()
    (top / "scattered").write_bytes(rng.randbytes(600000))
    return top


@pytest.fixture(scope="module")
def seen(root, build, tmp_path_factory):
    """{row: (image, what the kernel read there)}"""
    base = guest.base_tree(root, build)
    directory = tmp_path_factory.mktemp("oracle")
    tree = fill(directory / "tree", random.Random(3))
    disks = []
    for name, options in ROWS.items():
        disks.append(image.mke2fs(directory / name, "32M", *options, "-N", "4096", tree=tree))
        extra = [f"ea_set /sizes/{n} user.large -f {tree}/sizes/53249" for n in (0, 700)]
        scatter = [f"punch /scattered {n} {n}" for n in range(1, 140, 2)]
        image.debugfs(disks[-1], *scatter, *(extra if "ea_inode" in " ".join(options) else []))
        image.e2fsck(disks[-1], "-y")
    results = directory / "results"
    with open(results, "wb") as f:
        f.truncate(len(disks) * SLOT_MIB << 20)
    before = {disk: image.peek(disk, 1024, 1024) for disk in disks}
    machine = scripted.start(directory, base, SCRIPT, [*disks, results], timeout=300)
    try:
        machine.expect(f"guest: read={len(disks) - 1}\n")
        machine.ends()
    finally:
        print(machine.stop())
    assert all(image.peek(disk, 1024, 1024) == was for disk, was in before.items())
    found = {}
    for n, name in enumerate(ROWS):
        raw = image.peek(results, n * SLOT_MIB << 20, SLOT_MIB << 20)
        with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
            archive.extractall(directory / f"{name}.seen")
        found[name] = disks[n], directory / f"{name}.seen"
    yield found
    shutil.rmtree(directory)


@pytest.mark.parametrize("name", ROWS)
def test_partless_reads_what_linux_reads(seen, name):
    disk, tree = seen[name]
    shutil.rmtree(tree / "lost+found", ignore_errors=True)
    assert len(list((tree / "many").iterdir())) == 1500
    image.assert_same(disk, tree, image.ASAN)
