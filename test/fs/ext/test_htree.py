"""Names in indexed directories: every shape of tree that e2fsck makes, and trees that lie."""

import re
import struct

import pytest

import bigdir
import image

K = 1024


def find(path, name, program=image.PLAIN):
    """True when the name is there, asked for as the loader does."""
    done = image.partless("cat", path, b"/d/" + name, program=program, ok=(0, 1))
    assert done.stdout == (bigdir.CONTENT if done.returncode == 0 else b""), done.stderr
    assert done.returncode == 0 or b"is not there" in done.stderr
    return done.returncode == 0


def dump(path):
    return image.debugfs(path, "htree_dump /d")


def levels(path):
    return int(re.search(r"Indirect levels: (\d+)", dump(path))[1]) + 1


def some(names, count):
    return names[::max(1, len(names) // count)] + [names[-1]]


@pytest.mark.parametrize("unsigned", [False, True])
@pytest.mark.parametrize("kind", ["legacy", "half_md4", "tea"])
def test_every_hash_with_bytes_that_have_a_sign(img, kind, unsigned):
    names = [b"\xffname\x80%04d\xc3\xa9" % n for n in range(2000)]
    bigdir.make(img, "16M", names, "-t", "ext4", "-N", "64", block_size=K, settings=[
        f"ssv def_hash_version {kind}", f"ssv flags {2 if unsigned else 1}"])
    assert levels(img) == 1
    for name in some(names, 40):
        assert find(img, name, image.ASAN)
    assert not find(img, b"\xffname")


def test_two_levels(img):
    names = bigdir.numbered(3000, 100)
    bigdir.make(img, "16M", names, "-t", "ext4", "-N", "64", block_size=K)
    assert levels(img) == 2
    assert all(find(img, name, image.ASAN) for name in some(names, 60))
    assert not find(img, b"%0100d" % 3000)


def test_three_levels_need_large_dir(img):
    names = bigdir.numbered(48000, 250)
    bigdir.make(img, "64M", names, "-t", "ext4", "-N", "64", "-O", "large_dir", block_size=K)
    assert levels(img) == 3
    assert all(find(img, name, image.ASAN) for name in some(names, 60))
    assert not find(img, b"%0250d" % 48000)
    # Without the feature Linux does not use such a tree, and finds the names all the same.
    image.debugfs(img, "feature -large_dir")
    assert not image.super_u32(img, 0x60) & 0x4000
    assert find(img, names[123], image.ASAN)


@pytest.mark.parametrize("size,length", [(2048, 60), (4096, 120), (65536, 200)])
def test_blocks_of_every_size(img, size, length):
    names = bigdir.numbered(6000, length)
    bigdir.make(img, "96M", names, "-t", "ext4", "-N", "64", block_size=size)
    assert all(find(img, name, image.ASAN) for name in some(names, 40))
    assert not find(img, b"no")


def colliding(count):
    """Pairs with one hash: 31 bytes are filled up with their number, so that a name of 32 which has
    that number in its place is the same to the hash."""
    pairs = []
    for n in range(count):
        stem = b"%0220d" % n
        pairs += [stem + b"xyz", stem + bytes([31]) + b"xyz"]
    return pairs


def test_names_with_one_hash_go_on_in_the_next_block(img):
    names = colliding(150) + [b"%0223d" % n for n in range(10 ** 9, 10 ** 9 + 75)]
    bigdir.make(img, "16M", names, "-t", "ext4", "-N", "64", block_size=K)
    assert re.search(r"Entry #\d+: Hash 0x[0-9a-f]{7}[13579bdf], ", dump(img)), "no pair is divided"
    assert all(find(img, name) for name in names)
    assert not find(img, b"%0220d" % 5 + bytes([31]) + b"xyZ")


def test_the_parent_of_an_indexed_directory(img):
    bigdir.make(img, "16M", bigdir.numbered(500, 50), "-t", "ext4", block_size=K)
    assert image.partless("cat", img, "/d/../f", program=image.ASAN).stdout == bigdir.CONTENT
    assert image.partless("cat", img, "/d/./../d/../f").stdout == bigdir.CONTENT


def test_a_folded_name_is_found_by_its_hash(img):
    names = [b"Name-%0100d" % n for n in range(1000)]
    bigdir.make(img, "16M", names, "-t", "ext4", "-O", "casefold", "-N", "64", block_size=K,
                settings=["sif /d flags 0x40080000"])
    assert levels(img) == 2
    for name in some(names, 30):
        assert find(img, name) and find(img, name.upper()) and find(img, name.lower(), image.ASAN)
    assert not find(img, b"name") and not find(img, "näme".encode())


# Trees that lie. Without checksums, so that only the tree's own rules can tell.

@pytest.fixture
def bare(img):
    bigdir.make(img, "16M", bigdir.numbered(3000, 100), "-t", "ext4", "-N", "64", "-O",
                "^metadata_csum", block_size=K)
    assert levels(img) == 2
    return img


ROOT_FAULTS = {
    "unknown hash": (0x1c, "<B", 3),
    "siphash": (0x1c, "<B", 6),
    "unused flags": (0x1f, "<B", 1),
    "info length": (0x1d, "<B", 16),
    "three levels": (0x1e, "<B", 2),
    "255 levels": (0x1e, "<B", 255),
    "limit": (0x20, "<H", 125),
    "no limit": (0x20, "<H", 0),
    "no records": (0x22, "<H", 0),
    "more than the limit": (0x22, "<H", 0xffff),
    "itself": (0x24, "<I", 0),
    "a leaf as node": (0x24, "<I", 1),
}


@pytest.mark.parametrize("fault", ROOT_FAULTS)
def test_a_tree_that_linux_does_not_use_hides_no_name(bare, fault):
    at, form, value = ROOT_FAULTS[fault]
    image.poke(bare, image.blocks(bare, "/d")[0] * K + at, struct.pack(form, value))
    assert all(find(bare, name, image.ASAN) for name in some(bigdir.numbered(3000, 100), 5))
    assert not find(bare, b"none", image.ASAN)


def test_an_index_block_that_names_itself_hides_no_name(bare):
    blocks = image.blocks(bare, "/d")
    first = struct.unpack("<I", image.peek(bare, blocks[0] * K + 0x24, 4))[0]
    for n in range(4):
        node = struct.unpack("<I", image.peek(bare, blocks[0] * K + 0x24 + 8 * n, 4))[0]
        image.poke(bare, blocks[node] * K + 0x0c, struct.pack("<I", first))
    for name in some(bigdir.numbered(3000, 100), 20):
        image.partless("cat", bare, b"/d/" + name, program=image.ASAN, ok=(0, 1, 2))


def test_hashes_that_never_end_are_followed_once_round(bare):
    """Every record says that the names of one hash go on in its block."""
    blocks = image.blocks(bare, "/d")
    hashed = image.debugfs(bare, "dx_hash -h half_md4 -s "
                           + re.search(r"Hash Seed: +(\S+)", image.debugfs(bare, "stats"))[1] + " no")
    one = int(re.search(r"is 0x([0-9a-f]+)", hashed)[1], 16) | 1
    for block in blocks:
        data = bytearray(image.peek(bare, block * K, K))
        at = 0x20 if block == blocks[0] else 8
        if at == 8 and data[:6] != struct.pack("<IH", 0, K):
            continue
        count = struct.unpack_from("<H", data, at + 2)[0]
        for n in range(1, count):
            struct.pack_into("<I", data, at + 8 * n, one)
        image.poke(bare, block * K, data)
    assert not find(bare, b"no", image.ASAN)


def test_a_block_that_is_not_there_is_told(bare):
    root = image.blocks(bare, "/d")[0] * K
    for block, n in ((0x0fffffff, 0x0fffffff), (0xf0ffffff, 0x00ffffff)):
        for record in range(4):
            image.poke(bare, root + 0x24 + 8 * record, struct.pack("<I", block))
        assert f"its index names block {n}, which is not there" in image.says(
            "cat", bare, "/d/x", code=2)


@pytest.mark.parametrize("which", ["root", "node", "leaf"])
def test_a_wrong_checksum_on_the_way_is_told(img, which):
    bigdir.make(img, "16M", bigdir.numbered(3000, 100), "-t", "ext4", "-N", "64", block_size=K)
    blocks = image.blocks(img, "/d")
    root = image.peek(img, blocks[0] * K, K)
    nodes = [struct.unpack_from("<I", root, 0x24 + 8 * n)[0] for n in
             range(struct.unpack_from("<H", root, 0x22)[0])]
    wrong = {"root": [0], "node": nodes, "leaf": set(range(1, len(blocks))) - set(nodes)}[which]
    for at in wrong:
        image.flip(img, blocks[at] * K + 0x30)
    text = image.says("cat", img, b"/d/" + bigdir.numbered(3000, 100)[7], code=2)
    assert re.search(r"block \d+ of it is damaged: its checksum is wrong", text)
