"""One fault on an XFS disk, one sentence that names it; and never a crash, as the sanitizers watch.

Each row is what breaks a sound image, the command that meets it, and what must be said.
"""

import random
import shutil
import struct

import pytest

import image
import xfs

K = 1024
DIR = 4096  # bytes of a directory block


def build(img, options, top):
    for name in ("dir", "one", "short"):
        (top / name).mkdir(parents=True)
    (top / "file").write_bytes(random.Random(1).randbytes(40 * K))
    (top / "plain").write_bytes(b"p" * 8 * K)
    (top / "nodes").write_bytes(b"n" * 4 * K)
    (top / "spare").write_bytes(b"s" * 16 * K)
    (top / "link").symlink_to("plain")
    (top / "long").symlink_to("l" * 100)
    for folder, count in (("dir", 300), ("one", 30), ("short", 3)):
        for n in range(count):
            (top / folder / f"a-name-of-some-length-{n:04}").touch()
    xfs.mkfs(img, *options, tree=top, size="32m")
    first = xfs.blocks(img, "/file")[0]
    xfs.put_tree(img, "/file", xfs.blocks(img, "/nodes"), [xfs.extent(n, first + n, 1) for n in range(40)], 1)
    if xfs.is_v5(img):
        put_link(img, 0, 300)


def put_link(img, offset, held, magic=b"XSLM", size=300):
    """Puts the target of /long into a block."""
    block = xfs.blocks(img, "/spare")[0]
    begin = xfs.byte_of(img, block)
    head = struct.pack(">4sIII16sQQQ", magic, offset, held, 0, image.peek(img, 32, 16), xfs.number_of(img, "/long"),
                       begin // 512, 0)
    image.poke(img, begin, (head + b"l" * 300).ljust(K, b"\0"))
    xfs.seal(img, begin, K, 12)
    xfs.put_inode(img, "/long", 56, "Q", size)
    xfs.put_extents(img, "/long", [xfs.extent(0, block, 1)])


@pytest.fixture(scope="session")
def sound(tmp_path_factory):
    """{version: a sound image}"""
    made = {}
    for version, options in ((5, []), (4, ["-m", "crc=0"])):
        folder = tmp_path_factory.mktemp(f"v{version}")
        made[version] = folder / "image"
        build(made[version], ["-b", "size=1024", *options], folder / "tree")
    return made


def sb(at, form, value):
    return lambda img: xfs.put_super(img, at, form, value)


def inode(path, at, form, *values):
    return lambda img: xfs.put_inode(img, path, at, form, *values)


def raw_inode(path, at):
    """Flips a bit, and leaves the checksum."""
    return lambda img: image.flip(img, xfs.inode_at(img, path) + at)


def extents(*make):
    """Gives /plain the extents that MAKE says, each by (file block, blocks from the first, count)."""
    def put(img):
        first = xfs.blocks(img, "/plain")[0]
        xfs.put_extents(img, "/plain", [xfs.extent(at, first + to, count) for at, to, count in make])
    return put


def extent_at(block, count):
    return lambda img: xfs.put_extents(img, "/plain", [xfs.extent(0, block(img), count)])


def ag(n, at):
    return lambda img: n << xfs.super_field(img, 124, "B") | at


def ag_end(img):
    return xfs.super_field(img, 84, "I") - 1


def root(level, count):
    return lambda img: xfs.put_inode(img, "/file", 176 if xfs.is_v5(img) else 100, "HH", level, count)


def node(at, form, *values, seal=True):
    """Changes the first leaf of /file."""
    def put(img):
        begin = xfs.byte_of(img, xfs.blocks(img, "/nodes")[0])
        image.poke(img, begin + at, struct.pack(">" + form, *values))
        if seal and xfs.is_v5(img):
            xfs.seal(img, begin, K, 64)
    return put


def loop(img):
    """A node whose child is itself."""
    nodes = xfs.blocks(img, "/nodes")
    xfs.put_node(img, "/file", nodes[2], 1, [(0, nodes[2])])
    xfs.put_root(img, "/file", 2, [(0, nodes[2])], 40)


def child_outside(img):
    xfs.put_root(img, "/file", 1, [(0, 1 << 40)], 40)


def block_of(img, path, n=0):
    """Where block N of a directory begins on the disk."""
    return xfs.byte_of(img, xfs.data_runs(img, path)[0][1]) + n * DIR


def directory(path, at, form, *values, seal=True):
    """Changes the first block of a directory; AT may be found by a function of the block."""
    def put(img):
        begin = block_of(img, path)
        where = at(image.peek(img, begin, DIR)) if callable(at) else at
        image.poke(img, begin + where, struct.pack(">" + form, *values))
        if seal and xfs.is_v5(img):
            xfs.seal(img, begin, DIR, 4)
    return put


def entry(n, more=0):
    """Where the record of the name with number N begins in a block, and MORE bytes on."""
    return lambda block: block.index(b"a-name-of-some-length-%04d" % n) - 9 + more


def free(img, form, at, *values):
    """Makes an unused record of the third name in /dir, and changes it."""
    begin = block_of(img, "/dir")
    block = image.peek(img, begin, DIR)
    where = entry(2)(block)
    length = entry(3)(block) - where
    image.poke(img, begin + where, struct.pack(">HH", 0xffff, length))
    image.poke(img, begin + where + length - 2, struct.pack(">H", where))
    if values:
        image.poke(img, begin + where + at, struct.pack(">" + form, *values))
    if xfs.is_v5(img):
        xfs.seal(img, begin, DIR, 4)


def unused(form, at, *values):
    return lambda img: free(img, form, at, *values)


def short(at, form, *values):
    """Changes the data fork of /short."""
    return lambda img: xfs.put_inode(img, "/short", at + (176 if xfs.is_v5(img) else 100), form, *values)


def link(*args, **kwargs):
    return lambda img: put_link(img, *args, **kwargs)


def link_block(at):
    return lambda img: image.flip(img, xfs.byte_of(img, xfs.blocks(img, "/spare")[0]) + at)


def part_of_a_block(img):
    runs = xfs.data_runs(img, "/dir")
    xfs.put_extents(img, "/dir", [xfs.extent(0, runs[0][1], 2)])


FILE, PLAIN, TOP = ("cat", "/file"), ("cat", "/plain"), ("ls", "/")
DIRECTORY, ONE, SHORT, LINK = ("ls", "/dir"), ("ls", "/one"), ("ls", "/short"), ("cat", "/long")
BLOCK, GROUP = "its size of a block is impossible", "its size of a group is impossible"
INODE, GROUPS = "its size of an inode is impossible", "its number of groups is impossible"
LENGTH, ORDER = "a record has an impossible length", "extents overlap or are not in order"
OUTSIDE = "an extent lies outside the file system"
LEVEL = "its level is wrong"
V5 = {
    "superblock-has-a-wrong-checksum": (lambda img: image.flip(img, 110), TOP, "its checksum is wrong"),
    "superblock-block-of-512-bytes": (sb(120, "B", 9), TOP, BLOCK),
    "superblock-feature-unknown": (sb(216, "I", 0x80000003), TOP, "features that are not known (bits 0x80000000)"),
    "superblock-needs-repair": (sb(216, "I", 0x13), TOP, "repair it with 'xfs_repair DEVICE'"),
    "inode-has-a-wrong-checksum": (raw_inode("/plain", 48), PLAIN, "its checksum is wrong"),
    "inode-of-another-file-system": (inode("/plain", 160, "Q", 5), PLAIN, "it belongs to another file system"),
    "inode-of-another-number": (inode("/plain", 152, "Q", 5), PLAIN, "it belongs to another inode"),
    "inode-of-version-2": (inode("/plain", 4, "B", 2), PLAIN, "its version is wrong"),
    "node-has-a-wrong-checksum": (node(100, "Q", 1, seal=False), FILE, "its checksum is wrong"),
    "node-of-another-file-system": (node(40, "Q", 1), FILE, "it belongs to another file system"),
    "node-of-another-inode": (node(56, "Q", 1), FILE, "it belongs to another inode"),
    "node-of-version-4": (node(0, "4s", b"BMAP"), FILE, "it has no magic number"),
    "directory-has-a-wrong-checksum": (directory("/dir", 100, "Q", 1, seal=False), DIRECTORY, "its checksum is wrong"),
    "directory-of-another-inode": (directory("/dir", 40, "Q", 1), DIRECTORY, "it belongs to another inode"),
    "directory-of-another-file-system": (directory("/one", 24, "Q", 1), ONE, "it belongs to another file system"),
    "directory-of-version-4": (directory("/one", 0, "4s", b"XD2B"), ONE, "it has no magic number"),
    "symlink-has-no-magic": (link(0, 300, magic=b"XSLN"), LINK, "it has no magic number"),
    "symlink-has-a-wrong-checksum": (link_block(200), LINK, "its checksum is wrong"),
    "symlink-begins-elsewhere": (link(7, 300), LINK, "it has an impossible length"),
    "symlink-holds-nothing": (link(0, 0), LINK, "it has an impossible length"),
    "symlink-holds-more-than-its-block": (link(0, 969, size=1000), LINK, "it has an impossible length"),
    "symlink-holds-more-than-its-size": (link(0, 301), LINK, "it has an impossible length"),
    "symlink-holds-4-gib": (link(0, 0xffffffff), LINK, "it has an impossible length"),
    "symlink-holds-less-than-its-size": (link(0, 299), LINK, "a part is missing"),
    "symlink-has-a-hole": (lambda img: xfs.put_extents(img, "/long", []), LINK, "a part is missing"),
}
V4 = {
    "feature-shared": (sb(100, "H", 0xb6b4), TOP, "it is of a kind that Linux does not read either"),
    "inode-of-version-3": (inode("/plain", 4, "B", 3), PLAIN, "its version is wrong"),
    "node-of-version-5": (node(0, "4s", b"BMA3"), FILE, "it has no magic number"),
    "directory-of-version-5": (directory("/one", 0, "4s", b"XDB3"), ONE, "it has no magic number"),
}
BOTH = {
    "version-3": (sb(100, "H", 0xb4a3), TOP, "it is of version 3"),
    "version-6": (sb(100, "H", 0xb4a6), TOP, "it is of version 6"),
    "directories-of-version-1": (lambda img: xfs.put_super(img, 100, "H", xfs.super_field(img, 100, "H") & ~0x2000), TOP,
                                 "it is of a kind that Linux does not read either"),
    "sector-of-0-bytes": (sb(102, "H", 0), TOP, "its size of a sector is impossible"),
    "sector-of-1-byte": (sb(121, "B", 0), TOP, "its size of a sector is impossible"),
    "sector-of-2-to-the-255": (sb(121, "B", 255), TOP, "its size of a sector is impossible"),
    "block-of-3000-bytes": (sb(4, "I", 3000), TOP, BLOCK),
    "block-of-128-kib": (sb(120, "B", 17), TOP, BLOCK),
    "block-of-2-to-the-255": (sb(120, "B", 255), TOP, BLOCK),
    "directory-block-of-128-kib": (sb(192, "B", 7), TOP, "its size of a block of a directory is impossible"),
    "directory-block-of-2-to-the-255": (sb(192, "B", 255), TOP, "its size of a block of a directory is impossible"),
    "blocks-overflow": (sb(8, "Q", 1 << 62), TOP, "its number of blocks is impossible"),
    "blocks-exceed-the-groups": (sb(8, "Q", 1 << 40), TOP, GROUPS),
    "blocks-are-none": (sb(8, "Q", 0), TOP, GROUPS),
    "group-of-no-blocks": (sb(84, "I", 0), TOP, GROUP),
    "group-of-2-to-the-32": (sb(84, "I", 0xffffffff), TOP, GROUP),
    "group-bits-are-0": (sb(124, "B", 0), TOP, GROUP),
    "group-bits-are-255": (sb(124, "B", 255), TOP, GROUP),
    "group-bits-are-one-more": (lambda img: xfs.put_super(img, 124, "B", xfs.super_field(img, 124, "B") + 1), TOP, GROUP),
    "groups-are-none": (sb(88, "I", 0), TOP, GROUPS),
    "groups-are-2-to-the-32": (sb(88, "I", 0xffffffff), TOP, GROUPS),
    "inode-of-300-bytes": (sb(104, "H", 300), TOP, INODE),
    "inode-of-4096-bytes": (sb(122, "B", 12), TOP, INODE),
    "inode-bits-are-255": (sb(122, "B", 255), TOP, INODE),
    "inodes-in-a-block-are-2-to-the-9": (sb(123, "B", 9), TOP, INODE),
    "mkfs-was-stopped": (sb(126, "B", 1), TOP, "mkfs.xfs was stopped"),
    "log-is-elsewhere": (sb(48, "Q", 0), TOP, "its log lies on another disk"),
    "root-is-inode-0": (sb(56, "Q", 0), TOP, "a directory names inode 0, which no file can have"),
    "root-lies-outside": (sb(56, "Q", 1 << 60), TOP, "which no file can have"),
    "root-is-nothing": (sb(56, "Q", 0x4000), TOP, "inode 16384 is damaged: it has no magic number"),
    "inode-has-no-magic": (inode("/plain", 0, "H", 0x4e49), PLAIN, "it has no magic number"),
    "inode-is-not-in-use": (inode("/plain", 2, "H", 0), PLAIN, "it has a name but is not in use"),
    "inode-size-is-2-to-the-63": (inode("/plain", 56, "Q", 1 << 63), PLAIN, "its size is impossible"),
    "inode-fork-ends-outside": (inode("/plain", 82, "B", 255), PLAIN, "its attributes begin behind its end"),
    "inode-format-local-of-a-file": (inode("/plain", 5, "B", 1), PLAIN, "its format is impossible"),
    "inode-format-device-of-a-file": (inode("/plain", 5, "B", 0), PLAIN, "its format is impossible"),
    "inode-format-unknown": (inode("/dir", 5, "B", 9), DIRECTORY, "its format is impossible"),
    "inode-has-more-extents-than-room": (inode("/plain", 76, "I", 1000), PLAIN, "it has more extents than room"),
    "inode-has-2-to-the-32-extents": (inode("/plain", 76, "I", 0xffffffff), PLAIN, "it has more extents than room"),
    "inode-fork-is-short": (inode("/plain", 82, "B", 1), PLAIN, "it has more extents than room"),
    "inode-is-on-the-realtime-device": (inode("/plain", 90, "H", 1), PLAIN, "on the realtime device, which is not read"),
    "symlink-of-1025-bytes": (inode("/link", 56, "Q", 1025), ("cat", "/link"), "its size is impossible"),
    "symlink-of-more-than-room": (inode("/link", 56, "Q", 1000), ("cat", "/link"), "it has more content than room"),
    "symlink-is-empty": (inode("/link", 56, "Q", 0), ("cat", "/link"), "is empty"),
    "extent-is-empty": (extents((0, 0, 0)), PLAIN, "an extent is empty"),
    "extents-overlap": (extents((0, 0, 4), (3, 4, 4)), PLAIN, ORDER),
    "extents-are-unsorted": (extents((4, 0, 4), (0, 4, 4)), PLAIN, ORDER),
    "extent-in-a-group-that-is-not-there": (extent_at(ag(1000, 20), 1), PLAIN, OUTSIDE),
    "extent-past-its-group": (extent_at(ag_end, 2), PLAIN, OUTSIDE),
    "extent-past-the-disk": (extent_at(ag(3, 0x1fffff), 1), PLAIN, OUTSIDE),
    "extent-holds-a-superblock": (extent_at(ag(0, 0), 1), PLAIN, OUTSIDE),
    "extent-of-2-million-blocks": (extent_at(ag(0, 20), 0x1fffff), PLAIN, OUTSIDE),
    "root-level-is-0": (root(0, 2), FILE, "the root of its extent tree is damaged: " + LEVEL),
    "root-level-is-10": (root(10, 2), FILE, LEVEL),
    "root-level-is-65535": (root(65535, 2), FILE, LEVEL),
    "root-has-no-records": (root(1, 0), FILE, "it leads nowhere"),
    "root-has-65535-records": (root(1, 65535), FILE, "it has more records than room"),
    "root-level-is-one-too-high": (root(2, 2), FILE, LEVEL),
    "root-in-a-short-fork": (inode("/file", 82, "B", 1), FILE, "it has more records than room"),
    "child-lies-outside": (child_outside, FILE, OUTSIDE),
    "node-is-its-own-child": (loop, FILE, LEVEL),
    "node-level-is-wrong": (node(4, "H", 1), FILE, LEVEL),
    "node-has-no-records": (node(6, "H", 0), FILE, "it leads nowhere"),
    "node-has-65535-records": (node(6, "H", 65535), FILE, "it has more records than room"),
    "node-has-no-magic": (node(0, "I", 0), FILE, "it has no magic number"),
    "directory-has-no-magic": (directory("/dir", 0, "I", 0), DIRECTORY, "it has no magic number"),
    "directory-record-is-empty": (unused("H", 2, 0), DIRECTORY, LENGTH),
    "directory-record-of-7-bytes": (unused("H", 2, 7), DIRECTORY, LENGTH),
    "directory-record-passes-the-block": (unused("H", 2, 0xfff8), DIRECTORY, LENGTH),
    "directory-record-has-another-tag": (unused("H", 2, 16), DIRECTORY, "a record has the tag of another"),
    "directory-name-passes-the-block": (directory("/dir", lambda b: b.rindex(b"a-name-of-some-length-") - 1, "B", 255),
                                        DIRECTORY, LENGTH),
    "directory-name-is-longer-than-its-record": (directory("/dir", entry(5, 8), "B", 60), DIRECTORY, "a record has"),
    "directory-name-is-empty": (directory("/dir", entry(5, 8), "B", 0), DIRECTORY, "a record has"),
    "directory-name-holds-a-slash": (directory("/dir", entry(5, 12), "c", b"/"), DIRECTORY, "a name is empty, or holds"),
    "directory-name-holds-a-nul": (directory("/one", entry(5, 12), "c", b"\0"), ONE, "a name is empty, or holds"),
    "directory-name-of-inode-0": (directory("/dir", entry(5), "Q", 0), DIRECTORY, "a name belongs to inode 0"),
    "directory-names-an-inode-outside": (directory("/one", entry(5), "Q", 1 << 50),
                                         ("cat", "/one/a-name-of-some-length-0005"), "which no file can have"),
    "directory-index-is-longer-than-the-block": (directory("/one", DIR - 8, "I", 510), ONE, "its index is longer"),
    "directory-index-of-4-gib": (directory("/one", DIR - 8, "I", 0xffffffff), ONE, "its index is longer"),
    "directory-size-is-2-to-the-40": (inode("/dir", 56, "Q", 1 << 40), DIRECTORY, "its size is 1099511627776 bytes"),
    "directory-block-has-a-hole": (part_of_a_block, DIRECTORY, "a part of block 0 is missing"),
    "short-directory-has-no-header": (inode("/short", 56, "Q", 3), SHORT, "it has no header"),
    "short-directory-is-larger-than-its-fork": (inode("/short", 56, "Q", 1000), SHORT, "it has more content than room"),
    "short-directory-counts-one-more": (short(0, "B", 4), SHORT, "a name crosses its end"),
    "short-directory-counts-one-less": (short(0, "B", 2), SHORT, "more follows its last name"),
    "short-directory-has-wide-numbers": (short(1, "B", 1), SHORT, "block 0 of it is damaged"),
    "short-directory-name-passes-its-end": (short(6, "B", 255), SHORT, "a name crosses its end"),
    "short-directory-name-is-empty": (short(6, "B", 0), SHORT, "a name is empty"),
    "short-directory-name-holds-a-slash": (short(9, "c", b"/"), SHORT, "a name is empty, or holds"),
    "short-directory-name-of-inode-0": (short(6 + 3 + 26 + 1, "I", 0), SHORT, "a name belongs to inode 0"),
}
ROWS = ([(5, name, row) for name, row in (V5 | BOTH).items()] + [(4, name, row) for name, row in (V4 | BOTH).items()])


@pytest.fixture
def broken(sound, img):
    def copy(version):
        xfs.address.cache_clear()
        shutil.copyfile(sound[version], img)
        return img
    return copy


@pytest.mark.parametrize("version,name,row", ROWS, ids=[f"v{version}-{name}" for version, name, _ in ROWS])
def test_a_fault_is_named(broken, version, name, row):
    assert name
    img = broken(version)
    put, asks, says = row
    put(img)
    code, _, text = image.ask(img, *asks)
    assert "Sanitizer" not in text and "runtime error" not in text, text
    assert code == 2 and says in text, text


@pytest.mark.parametrize("version", [4, 5])
def test_what_the_faults_begin_with_is_sound(broken, version):
    img = broken(version)
    for command, path in (FILE, PLAIN, TOP, DIRECTORY, ONE, SHORT, ("cat", "/link")):
        code, out, text = image.ask(img, command, path)
        assert code == 0 and out and text == ""
    code, _, text = image.ask(img, *LINK)
    assert code == 1 and "is not there" in text


def test_a_damaged_inode_costs_only_its_line(broken):
    img = broken(5)
    image.flip(img, xfs.inode_at(img, "/plain"))
    lines = image.partless("ls", img, "/", program=image.ASAN, ok=(2,)).stdout.splitlines()
    assert any(line.split()[::2] == [b"?", b"plain"] for line in lines)
    assert any(line.split()[0] == b"dir" for line in lines)


def test_an_unused_record_is_passed_over(broken):
    for version in (4, 5):
        img = broken(version)
        free(img, "", 0)
        names = image.ls(img, "/dir", program=image.ASAN)
        assert len(names) == 299 and b"a-name-of-some-length-0002" not in names


def test_a_realtime_file_costs_only_itself(broken):
    img = broken(5)
    xfs.put_inode(img, "/plain", 90, "H", 1)
    assert image.ls(img, "/")[b"plain"][0] == "file"
    assert image.partless("cat", img, "/spare").stdout
