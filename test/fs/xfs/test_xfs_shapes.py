"""Files and directories whose blocks lie in every way that they can."""

import random
import struct
import subprocess

import pytest

import image
import xfs

K = 1024
V5 = ["-b", "size=1024"]
V4 = ["-m", "crc=0", "-b", "size=1024"]
BOTH = pytest.mark.parametrize("options", [V5, V4, [*V5, "-i", "nrext64=1"]], ids=["v5", "v4", "nrext64"])


@pytest.fixture
def pieces(tmp_path):
    """A tree with a file of 40 blocks, blocks for nodes, and a directory of several blocks."""
    top = tmp_path / "tree"
    (top / "dir").mkdir(parents=True)
    (top / "file").write_bytes(random.Random(4).randbytes(40 * K))
    (top / "nodes").write_bytes(b"n" * 16 * K)
    (top / "spare").write_bytes(b"s" * 64 * K)
    for n in range(300):
        (top / "dir" / f"a-name-of-some-length-{n:04}").touch()
    return top


def scatter(img, path):
    """Shuffles the blocks of a file; the extents, one for each block, that lead to them."""
    home = xfs.blocks(img, path)
    data = [image.peek(img, xfs.byte_of(img, b), K) for b in home]
    order = list(range(len(home)))
    random.Random(5).shuffle(order)
    for place, n in enumerate(order):
        image.poke(img, xfs.byte_of(img, home[place]), data[n])
    where = {n: home[place] for place, n in enumerate(order)}
    return [xfs.extent(n, where[n], 1) for n in range(len(home))]


@BOTH
@pytest.mark.parametrize("depth", range(1, 10))
def test_trees_of_every_legal_depth(img, pieces, options, depth):
    xfs.mkfs(img, *options, tree=pieces, size="32m")
    xfs.put_tree(img, "/file", xfs.blocks(img, "/nodes"), scatter(img, "/file"), depth)
    done = image.partless("cat", img, "/file", program=image.ASAN)
    assert done.stdout == (pieces / "file").read_bytes()


def test_a_tenth_level_is_refused(img, pieces):
    xfs.mkfs(img, *V5, tree=pieces, size="32m")
    xfs.put_tree(img, "/file", xfs.blocks(img, "/nodes"), scatter(img, "/file"), 10)
    assert "its level is wrong" in image.says("cat", img, "/file", code=2)


@BOTH
def test_holes_and_extents_never_written_are_zeros(img, pieces, options):
    xfs.mkfs(img, *options, tree=pieces, size="32m")
    first, data = xfs.blocks(img, "/file")[0], (pieces / "file").read_bytes()
    xfs.put_extents(img, "/file", [xfs.extent(1, first + 1, 2), xfs.extent(5, first + 5, 3, True),
                                   xfs.extent(8, first + 8, 4), xfs.extent(30, first + 30, 1)])
    want = bytearray(40 * K)
    for begin, end in ((1, 3), (8, 12), (30, 31)):
        want[begin * K:end * K] = data[begin * K:end * K]
    assert image.partless("cat", img, "/file", program=image.ASAN).stdout == want
    xfs.put_extents(img, "/file", [])
    assert image.partless("cat", img, "/file", program=image.ASAN).stdout == bytes(40 * K)


@BOTH
def test_extents_past_the_end_of_a_file_are_not_shown(img, pieces, options):
    xfs.mkfs(img, *options, tree=pieces, size="32m")
    xfs.put_inode(img, "/file", 56, "Q", 1030)
    assert image.partless("cat", img, "/file").stdout == (pieces / "file").read_bytes()[:1030]


def test_a_file_of_more_than_4_gib(img, pieces):
    xfs.mkfs(img, *V5, tree=pieces, size="32m")
    first, data = xfs.blocks(img, "/file")[0], (pieces / "file").read_bytes()
    far = 4 * K * K
    xfs.put_extents(img, "/file", [xfs.extent(0, first, 1), xfs.extent(far, first + 1, 39)])
    size = (far + 39) * K
    xfs.put_inode(img, "/file", 56, "Q", size)
    assert image.ls(img, "/")[b"file"] == ("file", size, None)
    with subprocess.Popen([image.PLAIN, "cat", img, "/file"], stdout=subprocess.PIPE) as cat:
        left, last = size, b""
        while chunk := cat.stdout.read(1 << 20):
            left, last = left - len(chunk), (last + chunk)[-39 * K - 1:]
        assert left == 0 and last == b"\0" + data[K:]
        assert cat.wait(image.TIMEOUT) == 0


@pytest.mark.parametrize("options", [[*V5, "-n", "size=4096"], [*V4, "-n", "size=4096"], V5], ids=["v5", "v4", "1k"])
def test_directories_whose_blocks_lie_apart(img, pieces, options):
    xfs.mkfs(img, *options, tree=pieces, size="32m")
    names = set(image.ls(img, "/dir"))
    assert len(names) == 300
    runs = xfs.data_runs(img, "/dir")
    spare, records = iter(xfs.blocks(img, "/spare")[::2]), []
    for at, block, count in runs:
        for n in range(count):
            where = next(spare)
            image.poke(img, xfs.byte_of(img, where), image.peek(img, xfs.byte_of(img, block + n), K))
            records.append(xfs.extent(at + n, where, 1))
    # What lies behind 32 GiB, the index, is not needed.
    xfs.put_tree(img, "/dir", xfs.blocks(img, "/nodes"), records, 1)
    assert set(image.ls(img, "/dir", program=image.ASAN)) == names
    image.partless("cat", img, "/dir/a-name-of-some-length-0299", program=image.ASAN)


def test_a_directory_with_a_hole(img, pieces):
    xfs.mkfs(img, tree=pieces, size="32m")
    runs = [(at + n, block + n) for at, block, count in xfs.data_runs(img, "/dir") for n in range(count)]
    names = set(image.ls(img, "/dir"))
    xfs.put_tree(img, "/dir", xfs.blocks(img, "/nodes"), [xfs.extent(at, b, 1) for at, b in runs if at not in (1, 3)], 1)
    left = set(image.ls(img, "/dir", program=image.ASAN))
    assert left < names and len(names) - len(left) > 50


def put_symlink(img, path, target, places):
    """Writes TARGET, of version 5, into the extents PLACES: (first block, blocks)."""
    at, records, text = 0, [], target
    for block, count in places:
        size = count * K
        held, text = text[:size - 56], text[size - 56:]
        begin = xfs.byte_of(img, block)
        head = struct.pack(">4sIII16sQQQ", b"XSLM", len(target) - len(text) - len(held), len(held), 0,
                           image.peek(img, 32, 16), xfs.number_of(img, path), begin // 512, 0)
        image.poke(img, begin, (head + held).ljust(size, b"\0"))
        xfs.seal(img, begin, size, 12)
        records.append(xfs.extent(at, block, count))
        at += count
    xfs.put_inode(img, path, 56, "Q", len(target))
    xfs.put_extents(img, path, records)


@pytest.mark.parametrize("length", [1, 400, 968, 969, 1000, 1023, 1024])
@pytest.mark.parametrize("apart", [False, True])
def test_symlinks_in_blocks(img, pieces, length, apart):
    (pieces / "link").symlink_to("x")
    xfs.mkfs(img, *V5, tree=pieces, size="32m")
    target = (b"./" * 512 + b"file")[-length:] if length > 4 else b"."
    spare, several = xfs.blocks(img, "/spare"), length > 968
    put_symlink(img, "/link", target, [(spare[0], 1), (spare[9], 1)][:1 + several] if apart
                else [(spare[0], 1 + several)])
    assert image.ls(img, "/", program=image.ASAN)[b"link"] == ("link", length, target)
    if length > 4 and length % 2 == 0:
        assert image.partless("cat", img, "/link").stdout == (pieces / "file").read_bytes()


@pytest.mark.parametrize("length", [700, 1024])
def test_symlinks_in_blocks_of_version_4(img, pieces, length):
    (pieces / "link").symlink_to("x")
    xfs.mkfs(img, *V4, tree=pieces, size="32m")
    target = (b"./" * 512 + b"file")[-length:]
    spare = xfs.blocks(img, "/spare")[0]
    image.poke(img, xfs.byte_of(img, spare), target)
    xfs.put_inode(img, "/link", 56, "Q", length)
    xfs.put_extents(img, "/link", [xfs.extent(0, spare, 1)])
    assert image.ls(img, "/", program=image.ASAN)[b"link"] == ("link", length, target)
    assert image.partless("cat", img, "/link").stdout == (pieces / "file").read_bytes()


@pytest.mark.parametrize("version,bigtime", [(4, 0), (5, 0), (5, 1)])
def test_times_are_read(img, tmp_path, version, bigtime):
    """GRUB's `test` compares them."""
    top = tmp_path / "times"
    (top / "boot" / "grub").mkdir(parents=True)
    for name in ("a", "b"):
        (top / name).write_text("x")
    (top / "vmlinuz").write_bytes(b"x" * 5000)
    (top / "boot/grub/grub.cfg").write_text("if test /a -nt /b; then set title=newer; else set title=older; fi\n"
                                            "menuentry $title { linux /vmlinuz }\n")
    options = [f"bigtime={bigtime},inobtcount={bigtime}"] if version == 5 else ["crc=0"]
    xfs.mkfs(img, "-m", *options, tree=top, size="32m")
    for first, second, word in ((1700000000, 1699999999, "newer"), (1600000000, 1700000000, "older")):
        for path, seconds in (("/a", first), ("/b", second)):
            raw = struct.pack(">Q", (seconds + (1 << 31)) * 10**9 + 5) if bigtime else struct.pack(">II", seconds, 5)
            xfs.put_inode(img, path, 40, "8s", raw)
        assert f'"{word}"' in image.partless("entries", "--json", img).stdout.decode()


def test_directories_of_each_form_are_met(tree, img):
    """The matrix has them all: in the inode, in one block, in several."""
    xfs.mkfs(img, tree=tree)
    told = {path: xfs.db(img, f"path {path}", "p core.format core.size") for path in ("/small-2", "/some", "/many")}
    assert "(local)" in told["/small-2"] and "(extents)" in told["/some"] and "(local)" not in told["/many"]
    assert "core.size = 4096\n" in told["/some"] and "core.size = 4096\n" not in told["/many"]
