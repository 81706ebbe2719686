"""One fault on the disk, one sentence that names it."""

import random
import re
import struct
import subprocess

import pytest

import image

K = 1024


@pytest.fixture
def disk(img, tmp_path):
    """1 KiB blocks, checksums, a fragmented file with an extent block, an indexed directory."""
    tree = tmp_path / "tree"
    (tree / "dir").mkdir(parents=True)
    for n in range(1000):
        (tree / "dir" / f"a-name-of-some-length-{n}").touch()
    (tree / "file").write_bytes(random.Random(1).randbytes(200 * K))
    (tree / "link").symlink_to("l" * 100)
    image.mke2fs(img, "16M", "-t", "ext4", "-b", "1024", "-N", "1200", tree=tree)
    image.e2fsck(img, "-y", "-D")
    image.debugfs(img, *(f"punch /file {n} {n}" for n in range(1, 199, 2)))
    return img


def says(disk, *what):
    return image.says(*what[:1], disk, *what[1:], code=2)


def extent_block(disk):
    return int(re.search(r"\(ETB0\):(\d+)", image.debugfs(disk, "stat /file"))[1])


def test_the_fixture_is_sound(disk):
    image.partless("cat", disk, "/file", program=image.ASAN)
    assert len(image.ls(disk, "/dir", image.ASAN)) == 1000


def test_wrong_checksum_of_the_superblock(disk):
    image.flip(disk, 1024 + 0x78)
    image.poke(disk, 8193 * K, bytes(K))  # else its copy would be used
    assert "the superblock is damaged: its checksum is wrong" in says(disk, "ls", "/")


def test_wrong_checksum_of_a_group_descriptor(disk):
    image.flip(disk, 2 * K + 0x0c)
    assert "the descriptor of group 0 has a wrong checksum" in says(disk, "ls", "/")


def test_wrong_checksum_of_a_group_descriptor_of_uninit_bg(img):
    image.mke2fs(img, "16M", "-t", "ext4", "-b", "1024", "-O", "^metadata_csum,uninit_bg")
    image.flip(img, 2 * K + 0x0c)
    assert "the descriptor of group 0 has a wrong checksum" in says(img, "ls", "/")


def test_wrong_checksum_of_an_inode(disk):
    at = image.inode_offset(disk, "/file", K)
    number = int(image.debugfs(disk, "imap /file").split("Inode ")[1].split()[0])
    image.flip(disk, at + 0x10)
    assert f"inode {number} has a wrong checksum" in says(disk, "cat", "/file")


def test_a_damaged_inode_costs_only_its_line(disk):
    image.flip(disk, image.inode_offset(disk, "/file", K) + 0x10)
    done = image.partless("ls", disk, "/", program=image.ASAN, ok=(2,))
    lines = [line.split(None, 2) for line in done.stdout.splitlines()]
    assert [b"?", b"?", b"file"] in lines and any(line[2] == b"dir" for line in lines)


def test_wrong_checksum_of_an_extent_block(disk):
    block = extent_block(disk)
    image.flip(disk, block * K + 12)
    assert f"its extent tree is damaged at block {block}: its checksum is wrong" in says(
        disk, "cat", "/file")


@pytest.mark.parametrize("which", [0, 1, -1], ids=["hash-root", "leaf", "last"])
def test_wrong_checksum_of_a_directory_block(disk, which):
    blocks = image.blocks(disk, "/dir")
    image.flip(disk, blocks[which] * K + 40)
    at = which % len(blocks)
    assert f"block {at} of it is damaged: its checksum is wrong" in says(disk, "ls", "/dir")


def test_a_lost_directory_tail(disk):
    image.poke(disk, image.blocks(disk, "/dir")[1] * K + K - 5, b"\0")
    assert "its checksum is wrong" in says(disk, "ls", "/dir")


def test_a_truncated_image(disk):
    with open(disk, "r+b") as f:
        f.truncate(9 << 20)
    text = says(disk, "ls", "/")
    assert "has 16777216 bytes and the disk only 9437184" in text and "cut short" in text


# Without checksums, so that the reader's own checks must see the fault.

@pytest.fixture
def bare(img, tmp_path):
    tree = tmp_path / "tree"
    (tree / "dir").mkdir(parents=True)
    (tree / "dir" / "name").touch()
    (tree / "file").write_bytes(b"f" * 20 * K)
    (tree / "link").symlink_to("l" * 100)
    image.mke2fs(img, "4M", "-t", "ext4", "-b", "1024", "-O", "^metadata_csum,^has_journal",
                 tree=tree)
    return img


SUPER_FAULTS = {
    "block size": (0x18, "<I", 7, "7 cannot be the logarithm of the block size"),
    "block size 32": (0x18, "<I", 32, "32 cannot be the logarithm of the block size"),
    "blocks per group 0": (0x20, "<I", 0, "0 cannot be the number of blocks per group"),
    "blocks per group": (0x20, "<I", 8193, "8193 cannot be the number of blocks per group"),
    "inodes per group 0": (0x28, "<I", 0, "0 cannot be the number of inodes per group"),
    "inodes per group": (0x28, "<I", 1 << 31, "cannot be the number of inodes per group"),
    "inodes": (0x00, "<I", 0xffffffff, "4294967295 cannot be the number of inodes"),
    "inode size 0": (0x58, "<H", 0, "0 cannot be the size of an inode"),
    "inode size 130": (0x58, "<H", 130, "130 cannot be the size of an inode"),
    "inode size 2048": (0x58, "<H", 2048, "2048 cannot be the size of an inode"),
    "first inode": (0x54, "<I", 1, "1 cannot be the first inode"),
    "first data block": (0x14, "<I", 0, "0 cannot be the first data block"),
    "no blocks": (0x04, "<I", 0, "0 cannot be the number of blocks"),
    "desc size 1": (0xfe, "<H", 1, "1 cannot be the size of a group descriptor"),
    "desc size 32": (0xfe, "<H", 32, "32 cannot be the size of a group descriptor"),
    "desc size 96": (0xfe, "<H", 96, "96 cannot be the size of a group descriptor"),
    "desc size 2048": (0xfe, "<H", 2048, "2048 cannot be the size of a group descriptor"),
    "huge": (0x150, "<I", 0xffffffff, "cannot be the number of blocks"),
    "large": (0x150, "<I", 1, "cut short"),
}


@pytest.mark.parametrize("fault", SUPER_FAULTS)
def test_a_superblock_that_contradicts_itself(bare, fault):
    at, form, value, sentence = SUPER_FAULTS[fault]
    image.poke(bare, 1024 + at, struct.pack(form, value))
    assert sentence in says(bare, "cat", "/file")


@pytest.mark.parametrize("bit,sentence", [
    (0x1, "the feature 'compression' is not supported"),
    (0x8, "is the external journal of a file system on another disk"),
    (0x1000, "the feature 'dirdata' is not supported"),
    (0x20, "the feature with bit 0x20 is not known"),
    (0x80000000, "the feature with bit 0x80000000 is not known"),
])
def test_a_feature_that_is_not_read_is_named(bare, bit, sentence):
    image.poke(bare, 1024 + 0x60, struct.pack("<I", image.super_u32(bare, 0x60) | bit))
    assert sentence in says(bare, "ls", "/")


def test_every_unread_feature_is_named(bare):
    image.poke(bare, 1024 + 0x60, struct.pack("<I", image.super_u32(bare, 0x60) | 0x1021))
    text = says(bare, "ls", "/")
    assert all(word in text for word in ("'compression'", "'dirdata'", "bit 0x20"))


def test_features_that_only_writers_must_know_are_no_hindrance(bare):
    image.poke(bare, 1024 + 0x64, struct.pack("<I", image.super_u32(bare, 0x64) | 0x80000000))
    assert image.partless("cat", bare, "/file").stdout == b"f" * 20 * K


def test_a_group_whose_inodes_lie_nowhere(bare):
    image.poke(bare, 2 * K + 8, struct.pack("<I", 0xfffffff0))
    assert "group 0 has its inodes at block 4294967280, outside the file system" in says(
        bare, "ls", "/")


def extent_root(entries, *, magic=0xf30a, count=None, room=4, depth=0):
    header = struct.pack("<HHHHI", magic, len(entries) if count is None else count, room, depth, 0)
    return (header + b"".join(entries)).ljust(60, b"\0")


def extent(at, length, block):
    return struct.pack("<IHHI", at, length, block >> 32, block & 0xffffffff)


ROOTS = {
    "no magic": (extent_root([extent(0, 20, 900)], magic=0), "it has no magic number"),
    "more than the root holds": (extent_root([], count=5, room=5), "more entries than room"),
    "more than eh_max": (extent_root([], count=4, room=3), "more entries than room"),
    "depth 65535": (extent_root([extent(0, 1, 900)], depth=65535), "its depth is wrong"),
    "empty index": (extent_root([], depth=1), "it leads nowhere"),
    "ee_len 0": (extent_root([extent(0, 0, 900)]), "an extent is empty"),
    "overlap": (extent_root([extent(0, 9, 900), extent(8, 9, 950)]), "overlap"),
    "unsorted": (extent_root([extent(9, 1, 900), extent(0, 1, 950)]), "not in order"),
    "outside": (extent_root([extent(0, 20, 4090)]), "outside the file system"),
    "far outside": (extent_root([extent(0, 20, 0xffffffffffff)]), "outside the file system"),
    "superblock": (extent_root([extent(0, 20, 0)]), "outside the file system"),
    "0x8000 blocks": (extent_root([extent(0, 0x8000, 900)]), "outside the file system"),
    "past 2^32": (extent_root([extent(0xfffffff0, 20, 900)]), "behind the largest file"),
}


@pytest.mark.parametrize("fault", ROOTS)
def test_an_extent_root_that_is_no_tree(bare, fault):
    root, sentence = ROOTS[fault]
    image.poke(bare, image.inode_offset(bare, "/file", K) + 0x28, root)
    text = says(bare, "cat", "/file")
    assert sentence in text and "cannot read /file" in text


def test_an_extent_index_that_points_at_itself(bare):
    node = image.blocks(bare, "/file")[0]
    index = struct.pack("<IIHH", 0, node, 0, 0)
    image.poke(bare, node * K, struct.pack("<HHHHI", 0xf30a, 1, 84, 1, 0) + index)
    image.poke(bare, image.inode_offset(bare, "/file", K) + 0x28, extent_root([index], depth=2))
    assert f"damaged at block {node}: its depth is wrong" in says(bare, "cat", "/file")


@pytest.mark.parametrize("size", [1 << 63, (1 << 64) - 1])
def test_a_size_that_no_file_has(bare, size):
    at = image.inode_offset(bare, "/file", K)
    image.poke(bare, at + 4, struct.pack("<I", size & 0xffffffff))
    image.poke(bare, at + 0x6c, struct.pack("<I", size >> 32))
    assert f"its size is {size}" in says(bare, "cat", "/file")


def test_a_huge_hole_is_listed_and_its_start_is_read(bare):
    at = image.inode_offset(bare, "/file", K)
    image.poke(bare, at + 0x6c, struct.pack("<I", 0x7fffffff))
    assert image.ls(bare, "/")[b"file"][1] == (0x7fffffff << 32) + 20 * K
    with subprocess.Popen([image.ASAN, "cat", bare, "/file"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as cat:
        assert cat.stdout.read(30 * K) == b"f" * 20 * K + bytes(10 * K)
        cat.stdout.close()
        assert cat.wait(image.TIMEOUT) != 0
        assert cat.stderr.read() == b""


def test_a_symlink_of_4_gib(bare):
    at = image.inode_offset(bare, "/link", K)
    image.poke(bare, at + 4, struct.pack("<I", 0xffffffff))
    assert "has 4294967295 bytes" in says(bare, "cat", "/link")


def test_an_empty_symlink(bare):
    at = image.inode_offset(bare, "/link", K)
    image.poke(bare, at + 4, struct.pack("<I", 0))
    assert "is empty" in says(bare, "cat", "/link")


def test_an_inode_with_an_impossible_extra_size(bare):
    at = image.inode_offset(bare, "/file", K)
    image.poke(bare, at + 0x80, struct.pack("<H", 130))
    assert "i_extra_isize is 130" in says(bare, "cat", "/file")


def test_a_name_without_an_inode(bare):
    at = image.inode_offset(bare, "/file", K)
    image.poke(bare, at, bytes(128))
    assert "has a name but is not in use" in says(bare, "cat", "/file")


RECORDS = {
    "rec_len 0": (4, "<H", 0, "a record has an impossible length"),
    "rec_len 1": (4, "<H", 1, "a record has an impossible length"),
    "rec_len 8": (4, "<H", 8, "a record has an impossible length"),
    "rec_len past the block": (4, "<H", 2000, "a record has an impossible length"),
    "name_len": (6, "<B", 255, "a name is longer than its record"),
    "name_len 0": (6, "<B", 0, "a name is empty"),
    "slash": (9, "<B", ord("/"), "a name is empty, or holds '/' or a zero byte"),
    "NUL": (9, "<B", 0, "a name is empty, or holds '/' or a zero byte"),
    "inode": (0, "<I", 0xffffffff, "a name belongs to an inode that does not exist"),
    "reserved inode": (0, "<I", 5, "belongs to inode 5, which no file has"),
}


@pytest.mark.parametrize("fault", RECORDS)
def test_a_damaged_directory_record(bare, fault):
    at, form, value, sentence = RECORDS[fault]
    block = image.blocks(bare, "/dir")[0] * K
    where = image.peek(bare, block, K).index(b"name") - 8
    # A record that must end before the block does, to have a limit of its own.
    image.poke(bare, block + where + 4, struct.pack("<H", 12))
    image.poke(bare, block + where + 12, struct.pack("<IHBB", 0, K - where - 12, 0, 0))
    image.poke(bare, block + where + at, struct.pack(form, value))
    assert sentence in says(bare, "ls", "/dir")


def test_a_directory_larger_than_the_disk(bare):
    image.poke(bare, image.inode_offset(bare, "/dir", K) + 4, struct.pack("<I", 0xfffffc00))
    assert "more than the disk has" in says(bare, "ls", "/dir")


def test_a_directory_with_a_hole_shows_what_is_there(bare):
    image.poke(bare, image.inode_offset(bare, "/dir", K) + 4, struct.pack("<I", 100 * K))
    assert list(image.ls(bare, "/dir", image.ASAN)) == [b"name"]


def test_a_directory_that_contains_itself(bare):
    number = int(image.debugfs(bare, "imap /dir").split("Inode ")[1].split()[0])
    block = image.blocks(bare, "/dir")[0] * K
    where = image.peek(bare, block, K).index(b"name") - 8
    image.poke(bare, block + where, struct.pack("<I", number))
    path = "/dir" + "/name" * 800
    assert list(image.ls(bare, path, image.ASAN)) == [b"name"]


def test_block_pointers_outside_the_file_system(img, tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "file").write_bytes(b"f" * 400 * K)
    for word, sentence in ((0, "has blocks from 4294967295 on, outside"),
                           (12, "has an indirect block at 4294967295, outside"),
                           (13, "has an indirect block at 4294967295, outside")):
        image.mke2fs(img, "4M", "-t", "ext2", "-b", "1024", tree=tree)
        at = image.inode_offset(img, "/file", K)
        image.poke(img, at + 0x28 + 4 * word, b"\xff" * 4)
        assert sentence in says(img, "cat", "/file")


# What is there when it is no file system of ours.

@pytest.mark.parametrize("at,data,sentence", [
    (0, b"", "nothing but zeros in its first 64 KiB"),
    (0, b"some text", "nothing that Partless knows"),
    (0, b"XFSB", "an XFS file system"),
    (0x10040, b"_BHRfS_M", "a btrfs file system"),
    (0, b"LUKS\xba\xbe\0\2", "an encrypted disk (LUKS)"),
    (0x200, b"LABELONE", "a physical volume of LVM"),
    (0xff6, b"SWAPSPACE2", "swap space"),
    (0x8001, b"CD001", "a CD-ROM (ISO 9660)"),
    (0, b"hsqs", "a squashfs file system"),
    (0, b"QFI\xfb", "qemu-img convert"),
    (0x200, b"EFI PART", "a GPT partition table"),
    (0x1fe, b"\x55\xaa", "an MBR partition table"),
])
def test_what_is_there_instead_is_named(img, at, data, sentence):
    with open(img, "wb") as f:
        f.truncate(1 << 20)
        f.seek(at)
        f.write(data)
    assert sentence in says(img, "ls", "/")


def test_images_that_are_hardly_there(img, tmp_path):
    img.touch()
    assert "is empty" in says(img, "ls", "/")
    img.write_bytes(b"x")
    assert "nothing that Partless knows" in says(img, "ls", "/")
    assert "No such file" in says(tmp_path / "absent", "ls", "/")
    assert "neither a file nor a block device" in says(tmp_path, "ls", "/")


def test_wrong_usage_is_exit_code_2(img):
    for args in ([], ["nonsense"], ["ls"], ["ls", img], ["cat", img, "/", "more"], ["--bogus"]):
        assert b"Usage" in image.partless(*args, program=image.ASAN, ok=(2,)).stderr or args
    assert image.partless("--version").stdout.startswith(b"partless ")
    for args in (["--help"], ["ls", "--help"], ["cat", "--help"]):
        assert b"Usage: partless" in image.partless(*args).stdout


def test_the_table_of_features_says_what_the_reader_does(bare):
    rows = re.findall(r"^\| `(\w+)` \| (0x[0-9a-f]+) \| (read|refused)",
                      (image.ROOT / "docs" / "filesystems.md").read_text(), re.M)
    assert len(rows) == 16
    before = image.super_u32(bare, 0x60)
    known = 0
    for name, bit, answer in rows:
        known |= int(bit, 16)
        image.poke(bare, 1024 + 0x60, struct.pack("<I", before | int(bit, 16)))
        done = image.partless("ls", bare, "/", ok=(0, 2))
        refused = b"the feature '" in done.stderr or b"external journal" in done.stderr
        assert refused == (answer == "refused"), name
    for bit in (1 << n for n in range(32) if not known & 1 << n):
        image.poke(bare, 1024 + 0x60, struct.pack("<I", before | bit))
        assert f"the feature with bit {bit:#x} is not known" in says(bare, "ls", "/")
