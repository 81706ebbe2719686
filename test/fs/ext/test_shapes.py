"""Files whose blocks lie in every way that they can: scattered, deep, never written, far away."""

import random
import struct
import subprocess
import tempfile
from pathlib import Path

import pytest

import bigdir
import image

K = 1024


def write_back(tmp_path, img, data, path):
    source = tmp_path / "source"
    source.write_bytes(data)
    image.debugfs(img, f"write {source} {path}")


def scattered(img, tmp_path, options, files, data):
    """/frag, written into the gaps that every second of `files` small files left."""
    tree = tmp_path / "tree"
    tree.mkdir()
    for n in range(files):
        (tree / f"f{n}").write_bytes(b"x" * 700)
    image.mke2fs(img, "13M", *options, "-N", str(files + 100), tree=tree)
    image.debugfs(img, *(f"rm /f{n}" for n in range(0, files, 2)))
    # What is free behind the small files would be taken last.
    write_back(tmp_path, img, data, "/frag")


@pytest.mark.parametrize("options", [
    ["-t", "ext4", "-b", "1024", "-m", "0"],
    ["-t", "ext2", "-b", "1024", "-m", "0"],
], ids=["extents", "indirect"])
def test_a_file_in_thousands_of_pieces(img, tmp_path, options):
    data = random.Random(2).randbytes(3700 * K + 17)
    scattered(img, tmp_path, options, 8000, data)
    pieces = image.blocks(img, "/frag")
    assert sum(b - a != 1 for a, b in zip(pieces, pieces[1:])) > 1500
    for program in (image.PLAIN, image.ASAN):
        assert image.partless("cat", img, "/frag", program=program).stdout == data


def test_unwritten_extents_read_as_zeros(img, tmp_path):
    image.mke2fs(img, "16M", "-t", "ext4", "-b", "1024")
    data = bytearray(random.Random(3).randbytes(8000 * K))
    write_back(tmp_path, img, data, "/stale")
    image.debugfs(img, "rm /stale")
    kept = data[:300 * K]
    write_back(tmp_path, img, kept, "/file")
    image.debugfs(img, *(f"punch /file {n} {n + 2}" for n in range(10, 290, 5)),
                  "fallocate /file 100 160", "fallocate /file 250 400")
    for n in range(10, 290, 5):
        kept[n * K:(n + 3) * K] = bytes(3 * K)
    assert "[u]" in image.debugfs(img, "ex /file") or "Uninit" in image.debugfs(img, "ex /file")
    got = image.partless("cat", img, "/file").stdout
    assert got[:len(kept)] == kept
    assert got[len(kept):] == bytes(len(got) - len(kept))


def test_blocks_past_the_end_of_a_file_are_not_shown(img, tmp_path):
    image.mke2fs(img, "4M", "-t", "ext4", "-b", "1024")
    write_back(tmp_path, img, b"k" * 5000, "/file")
    image.debugfs(img, "sif /file size 1030")
    assert image.partless("cat", img, "/file").stdout == b"k" * 1030


def extent_header(entries, room, depth):
    return struct.pack("<HHHHI", 0xf30a, entries, room, depth, 0)


def plant_deep_tree(img, nodes, data_blocks, depth):
    """Replaces the tree of /file by one of `depth`, every node above the leaf with one child."""
    room = (K - 12) // 12
    leaf = extent_header(len(data_blocks), room, 0)
    for n, block in enumerate(data_blocks):
        leaf += struct.pack("<IHHI", n, 1, 0, block)
    image.poke(img, nodes[0] * K, leaf.ljust(K, b"\0"))
    for level in range(1, depth):
        node = extent_header(1, room, level) + struct.pack("<IIHH", 0, nodes[level - 1], 0, 0)
        image.poke(img, nodes[level] * K, node.ljust(K, b"\0"))
    root = extent_header(1, 4, depth) + struct.pack("<IIHH", 0, nodes[depth - 1], 0, 0)
    image.poke(img, image.inode_offset(img, "/file", K) + 0x28, root)


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_extents_of_every_legal_depth(img, tmp_path, depth):
    image.mke2fs(img, "4M", "-t", "ext4", "-b", "1024", "-O", "^metadata_csum")
    data = random.Random(4).randbytes(40 * K)
    write_back(tmp_path, img, data, "/file")
    write_back(tmp_path, img, b"n" * 8 * K, "/nodes")
    order = list(range(40))
    random.Random(5).shuffle(order)
    home = image.blocks(img, "/file")
    for place, n in enumerate(order):
        image.poke(img, home[place] * K, data[n * K:(n + 1) * K])
    where = {n: home[place] for place, n in enumerate(order)}
    plant_deep_tree(img, image.blocks(img, "/nodes"), [where[n] for n in range(40)], depth)
    assert image.partless("cat", img, "/file", program=image.ASAN).stdout == data


def test_a_sixth_level_of_extents_is_refused(img, tmp_path):
    image.mke2fs(img, "4M", "-t", "ext4", "-b", "1024", "-O", "^metadata_csum")
    write_back(tmp_path, img, b"d" * 3 * K, "/file")
    write_back(tmp_path, img, b"n" * 8 * K, "/nodes")
    plant_deep_tree(img, image.blocks(img, "/nodes"), image.blocks(img, "/file"), 6)
    assert "its depth is wrong" in image.says("cat", img, "/file", code=2)


def test_a_file_of_more_than_4_gib(img, tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    size = (4 << 30) + 12345
    with open(tree / "far", "wb") as f:
        f.seek(4 << 30)
        f.write(random.Random(6).randbytes(12345))
    image.mke2fs(img, "64M", "-t", "ext4", tree=tree)
    assert image.ls(img, "/far")[b"/far"] == ("file", size, None)
    with subprocess.Popen([image.PLAIN, "cat", img, "/far"], stdout=subprocess.PIPE) as cat:
        left, last = size, b""
        while chunk := cat.stdout.read(1 << 20):
            left, last = left - len(chunk), (last + chunk)[-12346:]
        assert left == 0 and last == b"\0" + random.Random(6).randbytes(12345)
        assert cat.wait(image.TIMEOUT) == 0


def test_blocks_past_2_to_the_32(img):
    image.mke2fs(img, "5T", "-t", "ext4", "-b", "1024", "-N", "10000", "-E",
                 "lazy_itable_init=1,num_backup_sb=0", "-O",
                 "^has_journal,^resize_inode,^metadata_csum,sparse_super2,meta_bg,bigalloc",
                 "-C", "65536")
    image.debugfs(img, "write /dev/null file", "sif /file size 3000", "mkdir /dir")
    block = (1 << 32) + 12345
    data = random.Random(7).randbytes(3000)
    image.poke(img, block * K, data)
    image.poke(img, image.inode_offset(img, "/file", K) + 0x28, extent_header(1, 4, 0)
               + struct.pack("<IHHI", 0, 3, block >> 32, block & 0xffffffff))
    assert image.partless("cat", img, "/file", program=image.ASAN).stdout == data
    assert image.ls(img, "/")[b"dir"][0] == "dir"


def test_forty_symlinks_are_followed_and_not_one_more(tree, img):
    image.mke2fs(img, "96M", "-t", "ext4", "-N", "8192", tree=tree)
    want = (tree / "sizes" / "size-100").read_bytes()
    assert image.partless("cat", img, "/links/chain/39").stdout == want
    for path in ("/links/chain/40", "/links/chain/circle"):
        assert "more than 40 symlinks" in image.says("cat", img, path, code=2)


@pytest.mark.parametrize("path", [
    "/links/abs-dir/size-100", "//sizes///size-100", "/links/../sizes/./size-100",
    "/../../sizes/size-100", "/links/dir/../sizes/size-100", "/links/abs-dir//../sizes/size-100/",
])
def test_paths_lead_where_linux_goes(tree, shared, path):
    want = (tree / "sizes" / "size-100").read_bytes()
    assert image.partless("cat", shared, path).stdout == want


@pytest.mark.parametrize("path,sentence", [
    ("/nope", "/nope on DISK is not there"),
    ("/nope/x/y", "'nope' is missing on the way"),
    ("/links/dangling", "is not there"),
    ("/sizes/size-1/x", "would lie in a file, not a directory"),
    ("/sizes", "/sizes on DISK is a directory, not a regular file"),
    ("/" + "x" * 256, "is not there"),
])
def test_what_is_not_there_is_said_so(shared, path, sentence):
    assert sentence.replace("DISK", str(shared)) in image.says("cat", shared, path, code=1)


@pytest.mark.parametrize("path", ["sizes", ""])
def test_a_path_that_begins_elsewhere_is_refused(shared, path):
    assert f"the path '{path}' does not begin with '/'" in image.says("ls", shared, path, code=2)


def test_a_path_that_is_too_long_is_refused(shared):
    assert "is too long" in image.says("cat", shared, "/" + "./" * 2100, code=2)


@pytest.fixture(scope="module")
def shared(tree, tmp_path_factory):
    path = tmp_path_factory.mktemp("shared") / "image"
    image.mke2fs(path, "96M", "-t", "ext4", "-N", "8192", tree=tree)
    yield path
    path.unlink()


def test_a_symlink_of_4095_bytes(img, tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "file").write_text("reached\n")
    target = "./" * 2045 + "/file"
    assert len(target) == 4095
    (tree / "link").symlink_to(target)
    image.mke2fs(img, "8M", "-t", "ext4", tree=tree)
    image.assert_same(img, tree)
    assert image.partless("cat", img, "/link", program=image.ASAN).stdout == b"reached\n"


def test_a_plain_file_lists_itself(shared):
    assert image.ls(shared, "/sizes/size-100") == {b"/sizes/size-100": ("file", 100, None)}


def test_names_are_escaped(shared):
    text = image.partless("ls", shared, "/names").stdout
    assert rb" esc\033[2J" in text and rb" new\012line" in text and rb" back\\slash" in text
    assert rb" x\ ->\ y" in text and "Grüße,\\ 世界\\ 🐧".encode() in text
    assert rb" c1\233m" in text and rb" c1\302\233" in text


def test_the_same_inside_a_casefolded_directory(img, tmp_path):
    image.mke2fs(img, "8M", "-t", "ext4", "-O", "casefold")
    image.debugfs(img, "mkdir /d")
    image.debugfs(img, "sif /d flags 0x40080000")
    for name in ("README", "readme", "Kernel"):
        write_back(tmp_path, img, name.encode(), f"/d/{name}")
    for asked, found in (("README", b"README"), ("readme", b"readme"), ("kERNEL", b"Kernel")):
        assert image.partless("cat", img, f"/d/{asked}").stdout == found
    image.says("cat", img, "/D", code=1)


def test_letters_beyond_ascii_are_folded(img, tmp_path):
    image.mke2fs(img, "8M", "-t", "ext4", "-O", "casefold")
    # debugfs takes names as bytes; every script on one line.
    names = ["Grüße-Äpfel", "Łódź-Žižka-Ÿ", "Ελλάς-ΏΡΑ", "Їжак-Ёлка-Ұ", "日本"]
    image.debugfs(img, "mkdir /d", "sif /d flags 0x40080000")
    for name in names:
        write_back(tmp_path, img, name.encode(), f"/d/{name}")
    for name in names[1:]:
        for asked in (name, name.upper(), name.lower()):
            assert image.partless("cat", img, f"/d/{asked}",
                                  program=image.ASAN).stdout == name.encode(), asked
    assert image.partless("cat", img, "/d/GRüßE-äPFEL").stdout == names[0].encode()
    for absent in ("GRÜSSE-ÄPFEL", "日", "日本人", "Lodz"):
        image.says("cat", img, f"/d/{absent}", code=1)
    image.says("cat", img, b"/d/\xff\xfe", code=1)


def test_every_letter_is_folded_as_unicode_says(img):
    letters = [chr(c) for low, high in ((0xc0, 0x17f), (0x386, 0x3ab), (0x3c2, 0x3c2), (0x400, 0x52f))
               for c in range(low, high + 1)]
    letters = [c for c in letters if len(c.casefold()) == 1 and c.casefold() != c]
    assert len(letters) > 250
    image.mke2fs(img, "8M", "-t", "ext4", "-O", "casefold", "-N", "600")
    image.debugfs(img, "mkdir /d", "sif /d flags 0x40080000", "write /dev/null f",
                  *(f"ln /f /d/{folded}" for folded in {c.casefold() for c in letters}))
    for c in letters:
        image.partless("cat", img, f"/d/{c}")


def test_more_links_than_a_directory_can_count(img):
    """dir_nlink: with more than 65,000 subdirectories the count of links is 1, for "unknown"."""
    names = bigdir.numbered(65001, 12)
    bigdir.make(img, "64M", names, "-t", "ext4", "-N", "64")
    image.debugfs(img, "sif /d links_count 1")
    assert image.partless("ls", img, "/d").stdout.count(b"\n") == 65001
    for name in (names[0], names[-1]):
        assert image.partless("cat", img, b"/d/" + name).stdout == bigdir.CONTENT


def test_a_file_system_of_more_than_16_tib():
    """Only tmpfs has files so large; clusters keep the metadata small."""
    home = Path("/dev/shm")
    if not home.is_dir():
        pytest.skip("there is no /dev/shm, and other file systems cannot hold a file of 17 TiB")
    with tempfile.TemporaryDirectory(prefix="partless-test-", dir=home) as top:
        img, block = Path(top) / "image", 17 << 40 >> 12
        block -= 4096
        image.mke2fs(img, "17T", "-t", "ext4", "-b", "4096", "-N", "20000", "-C", "65536", "-O",
                     "bigalloc,sparse_super2,^resize_inode,^metadata_csum", "-J", "size=4", "-E",
                     "lazy_itable_init=1,lazy_journal_init=1,num_backup_sb=0,packed_meta_blocks=1")
        image.debugfs(img, "write /dev/null file", "sif /file size 9000", "mkdir /dir")
        data = random.Random(8).randbytes(9000)
        image.poke(img, block * 4096, data)
        image.poke(img, image.inode_offset(img, "/file", 4096) + 0x28, extent_header(1, 4, 0)
                   + struct.pack("<IHHI", 0, 3, block >> 32, block & 0xffffffff))
        assert block > 1 << 32
        assert image.partless("cat", img, "/file", program=image.ASAN).stdout == data
        assert image.ls(img, "/")[b"dir"][0] == "dir"
        with open(img, "r+b") as f:
            f.truncate(17 << 40 >> 1)
        assert "the image was cut short" in image.says("ls", img, "/", code=2)


def test_an_encrypted_directory_is_refused_only_when_touched(img, tmp_path):
    image.mke2fs(img, "8M", "-t", "ext4", "-O", "encrypt")
    image.debugfs(img, "mkdir /secret", "sif /secret flags 0x80800")
    write_back(tmp_path, img, b"plain", "/file")
    assert image.partless("cat", img, "/file").stdout == b"plain"
    assert image.ls(img, "/")[b"secret"][0] == "dir"
    assert "is encrypted (feature 'encrypt')" in image.says("ls", img, "/secret", code=2)
