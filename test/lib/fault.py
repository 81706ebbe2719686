"""What the scripts in faults/ share: two sound disks, and functions that break them."""

import random
import re
import struct
import tempfile
from pathlib import Path

import image

K = 1024
ROOT_INODE = 2
JOURNAL_INODE = 8


def checked(img):
    """Makes IMG with checksums and 1 KiB blocks: /file has 100 extents in an extent block, /dir a hash tree."""
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name)
        (tree / "dir").mkdir()
        for n in range(100):
            (tree / "dir" / f"a-name-of-some-length-{n}").touch()
        (tree / "file").write_bytes(random.Random(1).randbytes(200 * K))
        (tree / "link").symlink_to("l" * 100)
        image.mke2fs(img, "4M", "-t", "ext4", "-b", "1024", "-N", "200", "-O", "^has_journal", tree=tree)
    image.e2fsck(img, "-y", "-D")
    image.debugfs(img, *(f"punch /file {n} {n}" for n in range(1, 199, 2)))


def bare(img, kind="ext4", features="^metadata_csum,^has_journal", size="4M"):
    """Makes IMG without checksums, so that only the reader's other checks can find a fault."""
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name)
        (tree / "dir").mkdir()
        (tree / "dir" / "name").touch()
        (tree / "file").write_bytes(b"f" * 20 * K)
        (tree / "link").symlink_to("l" * 100)
        image.mke2fs(img, size, "-t", kind, "-b", "1024", "-O", features, tree=tree)


def inode(img, path):
    """The byte of IMG at which the inode of PATH begins."""
    return image.inode_offset(img, path, K)


def block(img, path, n=0):
    """The number of the disk block that holds block N of a file."""
    return image.blocks(img, path)[n]


def extent_block(img, path="/file"):
    return int(re.search(r"\(ETB0\):(\d+)", image.debugfs(img, f"stat {path}"))[1])


def put(img, at, form, *values):
    image.poke(img, at, struct.pack("<" + form, *values))


def put_super(img, at, form, *values):
    put(img, 1024 + at, form, *values)


def put_size(img, path, size):
    put(img, inode(img, path) + 4, "I", size & 0xffffffff)
    put(img, inode(img, path) + 0x6c, "I", size >> 32)


def add_incompat(img, bits):
    put_super(img, 0x60, "I", image.super_u32(img, 0x60) | bits)


def header(entries, room, depth, magic=0xf30a):
    return struct.pack("<HHHHI", magic, entries, room, depth, 0)


def extent(at, length, start):
    return struct.pack("<IHHI", at, length, start >> 32, start & 0xffffffff)


def index(at, leaf):
    return struct.pack("<IIHH", at, leaf & 0xffffffff, leaf >> 32, 0)


def put_root(img, path, *records, entries=None, room=4, depth=0, magic=0xf30a):
    """Writes the root of a file's extent tree."""
    count = len(records) if entries is None else entries
    image.poke(img, inode(img, path) + 0x28,
               (header(count, room, depth, magic) + b"".join(records)).ljust(60, b"\0"))


def put_node(img, where, *records, room=84, depth=0):
    """Writes a block of an extent tree."""
    image.poke(img, where * K, (header(len(records), room, depth) + b"".join(records)).ljust(K, b"\0"))


def put_record(img, at, form, value):
    """Writes VALUE to byte AT of the record of /dir/name, and puts another record behind that one."""
    where = block(img, "/dir") * K
    record = where + image.peek(img, where, K).index(b"name") - 8
    put(img, record + 4, "H", 12)
    put(img, record + 12, "IHBB", 0, where + K - record - 12, 0, 0)
    put(img, record + at, form, value)


class Journal:
    """The journal, without checksums, of a file system that was not unmounted; written block by block."""

    def __init__(self, img, features="^metadata_csum"):
        bare(img, features=features, size="8M")
        self.img, self.next, self.tid = img, 1, 1
        self.blocks = [b for b in image.blocks(img, f"<{JOURNAL_INODE}>") if b]
        self.super(0x18, 1)
        self.super(0x1c, 1)
        add_incompat(img, 4)

    def super(self, at, value):
        image.poke(self.img, self.blocks[0] * K + at, struct.pack(">I", value))

    def put(self, data):
        image.poke(self.img, self.blocks[self.next] * K, data.ljust(K, b"\0"))
        self.next += 1

    def head(self, kind):
        return struct.pack(">III", 0xc03b3998, kind, self.tid)

    def descriptor(self, *homes, last=True):
        tags = [struct.pack(">IHH", home, 0, 2) for home in homes]
        if last:
            tags[-1] = struct.pack(">IHH", homes[-1], 0, 2 | 8)
        self.put(self.head(1) + b"".join(tags))

    def revoke(self, count, *homes):
        self.put(self.head(5) + struct.pack(f">I{len(homes)}I", count, *homes))

    def commit(self):
        self.put(self.head(2))
        self.tid += 1
