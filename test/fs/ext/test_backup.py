"""A damaged superblock: a copy is used, and said; but never one that something else has replaced."""

import random
import re
import struct

import pytest

import image

K = 1024
DATA = random.Random(9).randbytes(70 * K)

SHAPES = {
    # options, size, the block that the copy in use lies in, the block size
    "1k": (["-b", "1024"], "40M", 8193, 1024),
    "1k-group-3": (["-b", "1024"], "40M", 3 * 8192 + 1, 1024),
    "1k-group-5": (["-b", "1024"], "60M", 5 * 8192 + 1, 1024),
    "2k": (["-b", "2048"], "70M", 16384, 2048),
    "4k": (["-b", "4096"], "300M", 32768, 4096),
    "4k-group-3": (["-b", "4096"], "600M", 3 * 32768, 4096),
    "8k": (["-b", "8192"], "600M", 65528, 8192),
    "64k": (["-b", "65536"], "40G", 65528, 65536),
    "bigalloc": (["-b", "4096", "-O", "bigalloc", "-C", "65536"], "3G", 32768 * 16, 4096),
    "sparse_super2": (["-b", "1024", "-O", "sparse_super2,^resize_inode", "-E", "num_backup_sb=2"],
                      "40M", 4 * 8192 + 1, 1024),
    "meta_bg": (["-b", "1024", "-O", "meta_bg,^resize_inode"], "40M", 8193, 1024),
    "uninit_bg": (["-b", "1024", "-O", "^metadata_csum,uninit_bg"], "40M", 8193, 1024),
    "no checksums": (["-b", "1024", "-O", "^metadata_csum"], "40M", 8193, 1024),
}


def copies(path):
    text = image.run("dumpe2fs", path).stdout.decode()
    return [int(n) for n in re.findall(r"Backup superblock at (\d+)", text)]


@pytest.fixture(params=SHAPES)
def shaped(request, img, tmp_path):
    """An image with /file, only the wanted copy of the superblock left, and that copy's place."""
    options, size, block, block_size = SHAPES[request.param]
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "file").write_bytes(DATA)
    image.mke2fs(img, size, "-t", "ext4", "-N", "1000", "-E", "lazy_itable_init=1", *options,
                 tree=tree)
    assert block in copies(img)
    for other in copies(img):
        if other != block:
            image.poke(img, other * block_size, bytes(K))
    return img, block, block_size


def assert_the_copy_is_used(path, block, size):
    done = image.partless("cat", path, "/file", program=image.ASAN)
    text = done.stderr.decode()
    assert done.stdout == DATA
    assert text.count(f"the copy at block {block} is used: repair it with "
                      f"'e2fsck -b {block} -B {size} DEVICE'") == 1
    image.e2fsck(path, "-y", "-b", str(block), "-B", str(size))
    done = image.partless("cat", path, "/file", program=image.ASAN)
    assert done.stdout == DATA and done.stderr == b""


def test_impossible_numbers_give_way_to_the_copy(shaped):
    image.poke(shaped[0], 1024 + 0x58, struct.pack("<H", 77))
    assert_the_copy_is_used(*shaped)


def test_a_wrong_checksum_gives_way_to_the_copy(img, tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "file").write_bytes(DATA)
    image.mke2fs(img, "20M", "-t", "ext4", "-b", "1024", tree=tree)
    image.flip(img, 1024 + 0x3fc)
    text = image.partless("cat", img, "/file").stderr.decode()
    assert "its checksum is wrong" in text
    assert_the_copy_is_used(img, 8193, 1024)


@pytest.mark.parametrize("size", [1024, 4096])
def test_a_superblock_of_zeros_gives_way_to_the_copy(img, tmp_path, size):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "file").write_bytes(DATA)
    image.mke2fs(img, "300M", "-t", "ext4", "-b", str(size), tree=tree)
    image.poke(img, 1024, bytes(K))
    assert_the_copy_is_used(img, copies_at(size), size)


def copies_at(size):
    return 8193 if size == 1024 else 32768


def test_descriptors_are_read_behind_the_copy(img, tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "file").write_bytes(DATA)
    image.mke2fs(img, "20M", "-t", "ext4", "-b", "1024", tree=tree)
    image.poke(img, 0, b"\x5a" * 3 * K)
    assert_the_copy_is_used(img, 8193, 1024)


def test_damaged_descriptors_under_a_sound_superblock_are_told(img):
    image.mke2fs(img, "20M", "-t", "ext4", "-b", "1024")
    image.poke(img, 2 * K, b"\x5a" * K)
    assert "the descriptor of group 0 has a wrong checksum" in image.says("ls", img, "/", code=2)


@pytest.fixture
def stale(img):
    """What an earlier file system left behind: everything but its first blocks."""
    image.mke2fs(img, "20M", "-t", "ext4", "-b", "1024")
    image.poke(img, 1024, bytes(K))
    image.partless("ls", img, "/")
    return img


@pytest.mark.parametrize("at,data,word", [
    (0, b"XFSB", "cannot open its file system (XFS)"),
    (0x200, b"LABELONE", "LVM"),
    (0, b"LUKS\xba\xbe\0\2", "LUKS"),
    (0x1fe, b"\x55\xaa", "MBR"),
    (0x200, b"EFI PART", "GPT"),
    (0x10040, b"_BHRfS_M", "btrfs"),
])
def test_a_disk_that_is_something_else_now_is_not_opened(stale, at, data, word):
    image.poke(stale, at, data)
    assert word in image.says("ls", stale, "/", code=2)


def test_a_damaged_superblock_under_another_signature_stays_shut(stale):
    image.mke2fs(stale, "20M", "-t", "ext4", "-b", "1024")
    image.flip(stale, 1024 + 0x78)
    image.poke(stale, 0x200, b"LABELONE")
    text = image.says("ls", stale, "/", code=2)
    assert "its checksum is wrong" in text
    assert "no copy of the superblock is used: the disk also holds a physical volume of LVM" in text


def test_a_copy_without_its_root_directory_is_not_used(stale):
    image.mke2fs(stale, "20M", "-t", "ext4", "-b", "1024")
    root = image.inode_offset(stale, "/", K)
    image.poke(stale, 1024, bytes(K))
    image.poke(stale, root, bytes(128))
    assert "holds nothing" in image.says("ls", stale, "/", code=2)


@pytest.mark.parametrize("at,form,value", [
    (0x5a, "<H", 3),       # another group's
    (0x20, "<I", 4096),    # groups of another size
    (0x38, "<H", 0),       # no magic number
    (0x04, "<I", 1 << 30), # larger than the disk
])
def test_a_copy_that_does_not_fit_its_place_is_not_used(img, at, form, value):
    image.mke2fs(img, "20M", "-t", "ext4", "-b", "1024", "-O", "^metadata_csum")
    image.poke(img, 1024, bytes(K))
    image.poke(img, 8193 * K + at, struct.pack(form, value))
    if at == 0x20:
        image.poke(img, 8193 * K + 0x24, struct.pack(form, value))
    assert "holds nothing" in image.says("ls", img, "/", code=2)


def test_the_journal_is_read_by_the_copy_as_well(img, tmp_path):
    """A copy was written before the file system was in use and does not say needs_recovery."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "file").write_bytes(DATA)
    image.mke2fs(img, "20M", "-t", "ext4", "-b", "1024", tree=tree)
    block = image.blocks(img, "/file")[3]
    new = tmp_path / "new"
    new.write_bytes(b"N" * K)
    image.debugfs(img, "jo", f"jw -b {block} {new}", "jc")
    want = DATA[:3 * K] + b"N" * K + DATA[4 * K:]
    assert image.partless("cat", img, "/file").stdout == want
    image.poke(img, 1024 + 0x58, struct.pack("<H", 77))
    assert image.partless("cat", img, "/file", program=image.ASAN).stdout == want
