"""What the kernel wrote on an XFS disk is read as the kernel reads it. Needs root, and XFS in this kernel."""

import os
import random
import shutil
import subprocess

import pytest

import image
import xfs
from xfscrash import mounted, run

pytestmark = pytest.mark.trial

ROWS = {
    "default": [],
    "block-1k": ["-b", "size=1024"],
    "block-1k-dir-16k": ["-b", "size=1024", "-n", "size=16384"],
    "dir-64k": ["-n", "size=65536"],
    "inode-1024": ["-i", "size=1024"],
    "inode-2048-nrext64": ["-i", "size=2048,nrext64=1"],
    "groups-8": ["-d", "agcount=8"],
    "not-reflink": ["-m", "reflink=0,rmapbt=0,finobt=0", "-i", "sparse=0"],
    "rmapbt": ["-m", "rmapbt=1,reflink=1"],
    "sector-4k": ["-s", "size=4096"],
}


def put_files(top, rng):
    """Files in pieces, with holes, with blocks never written, with shared blocks, and with attributes."""
    for n in range(600):
        (top / f"gap-{n}").write_bytes(rng.randbytes(rng.randrange(1, 9000)))
    for n in range(0, 600, 2):
        (top / f"gap-{n}").unlink()
    with open(top / "pieces", "wb") as f:
        for n in range(700):
            f.seek(n * 3 * 4096)
            f.write(rng.randbytes(4096))
            f.flush()
    for n, (at, size) in enumerate(((0, 100), (5 << 20, 70000), (0, 3 << 20), ((60 << 20) + 77, 5000))):
        with open(top / f"sparse-{n}", "wb") as f:
            f.seek(at)
            f.write(rng.randbytes(size))
    run("xfs_io", "-f", "-c", "falloc 0 2m", "-c", "pwrite -q 100k 300k", "-c", "fpunch 200k 50k", top / "unwritten")
    run("xfs_io", "-f", "-c", "falloc -k 0 2m", "-c", "pwrite -q 0 10k", top / "past-its-end")
    shutil.copyfile(top / "pieces", top / "copy")
    subprocess.run(["cp", "--reflink=auto", top / "pieces", top / "shared"], check=True, timeout=60)
    for n in range(60):
        path = top / f"attributes-{n}"
        path.write_bytes(rng.randbytes(20000))
        for m in range(n):
            os.setxattr(path, f"user.name-{m}", b"v" * rng.randrange(200))


def put_dirs(top, rng):
    for count in (0, 1, 5, 12, 30, 100, 700, 6000):
        (top / f"dir-{count}").mkdir()
        for n in range(count):
            (top / f"dir-{count}" / f"{'x' * rng.randrange(1, 60)}-{n}").touch()
    names = os.listdir(top / "dir-6000")
    rng.shuffle(names)
    for name in names[:5000]:
        (top / "dir-6000" / name).unlink()
    for n in range(100):
        (top / f"link-{n}").symlink_to("l" * rng.randrange(1, 1024))


@pytest.mark.parametrize("row", ROWS)
def test_what_the_kernel_wrote_is_read(img, tmp_path, row):
    rng = random.Random(7)
    xfs.mkfs(img, *ROWS[row], size="500m")
    with mounted(img, tmp_path / "mount") as disk:
        for part in (put_files, put_dirs):
            (disk / part.__name__).mkdir()
            part(disk / part.__name__, rng)
    with mounted(img, tmp_path / "mount", "ro") as disk:
        want, sums = image.manifest(disk)
    have = image.walk(img)
    assert {p: (k, None if k == "dir" else s, t) for p, (k, s, t) in have.items()} == want
    for path, digest in sums.items():
        if b"/dir-" not in path:
            assert image.cat_sha256(img, path) == digest, path
