"""An XFS file system with a log that is made by hand, and what is expected of it."""

import os
import struct
import tempfile
from pathlib import Path

import fastcommit
import image
import xfs
import xfslog
from fastcommit import DIR, REG_MODE, Expected
from xfslog import CORE, EXTENTS, LOCAL

BLOCK = 1024
DIR_SIZE = 4096  # of a block of a directory
ISIZE = 512
CLUSTER = 16384  # bytes of a buffer of inodes; in version 4, half of it
ROOM = ISIZE - 176  # for what follows the core
SPARE = 128  # blocks of /spare, where cases put what they need


def letters(text):
    """A block of each letter."""
    return b"".join(c.encode() * BLOCK for c in text)


NAMES = [f"a-rather-long-name-{n:03}" for n in range(40)]
BASE = {
    "/boot": DIR, "/boot/menu": b"the old menu\n", "/boot/other": b"another file\n", "/boot/big": letters("abcdefgh"),
    "/dir": DIR, **{f"/dir/{name}": b"" for name in NAMES}, "/dir/a-file": b"in dir\n",
    "/link": ("link", "boot/menu"), "/pieces": letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 2),
}
TAKEN = {"/leaf": BLOCK, "/spare": SPARE * BLOCK}  # {path: size} of files whose blocks are used for something else


def make_base(path, *options):
    """Makes the image PATH with BASE in it, by OPTIONS of mkfs.xfs; its /pieces has a tree of extents, whose only leaf
    is /leaf."""
    with tempfile.TemporaryDirectory(prefix="partless-test-") as tree:
        for name, content in {**BASE, **{name: bytes(size) for name, size in TAKEN.items()}}.items():
            target = Path(tree, name[1:])
            if content is DIR:
                target.mkdir(parents=True)
            elif isinstance(content, tuple):
                target.symlink_to(content[1])
            else:
                target.write_bytes(content)
        xfs.mkfs(path, "-b", f"size={BLOCK}", "-n", f"size={DIR_SIZE}", "-i", f"size={ISIZE}", *options, tree=tree,
                 size="40m,agsize=24m")
    first = xfs.blocks(path, "/pieces")[0]
    leaf = xfs.blocks(path, "/leaf")[0]
    xfs.put_node(path, "/pieces", leaf, 0, [xfs.extent(n, first + n, 1) for n in range(52)])
    xfs.put_root(path, "/pieces", 1, [(0, leaf)], 52)
    xfs.put_inode(path, "/pieces", 64, "Q", 53)  # blocks, with that of the tree
    return path


def make_bases(folder):
    """{version: the image for its cases}"""
    return {5: make_base(folder / "base"), 4: make_base(folder / "base-4", "-m", "crc=0")}


def short_directory(parent, entries):
    """The fork of a directory that is short; ENTRIES are (name, number of the inode, type)."""
    fork, offset = bytearray(struct.pack(">BBI", len(entries), 0, parent)), 96
    for name, number, kind in entries:
        fork += struct.pack(">BH", len(name), offset) + name + struct.pack(">BI", kind, number)
        offset += length_of(name)
    return bytes(fork)


def length_of(name):
    """The bytes of an entry in a block."""
    return -(-(12 + len(name)) // 8) * 8


def hash_of(name):
    value = 0
    for byte in name:
        value = byte ^ (value << 7 | value >> 25) & 0xffffffff
    return value


def directory_block(uuid, owner, begin, parent, entries):
    """A directory of one block, at byte BEGIN of the disk."""
    entries = [(b".", owner, 2), (b"..", parent, 2), *entries]
    body, index, size = bytearray(), [], DIR_SIZE
    for name, number, kind in entries:
        at = 64 + len(body)
        index.append((hash_of(name), at // 8))
        body += (struct.pack(">QB", number, len(name)) + name + bytes([kind])).ljust(length_of(name) - 2, b"\0")
        body += struct.pack(">H", at)
    end = size - 8 - 8 * len(index)
    at = 64 + len(body)
    free = struct.pack(">HH", 0xffff, end - at).ljust(end - at - 2, b"\0") + struct.pack(">H", at)
    head = struct.pack(">4sIQQ16sQ", b"XDB3", 0, begin // 512, 0, uuid, owner) + struct.pack(
        ">HH8xI", at, end - at, 0)
    tail = b"".join(struct.pack(">II", *one) for one in sorted(index)) + struct.pack(">II", len(index), 0)
    return head + bytes(body) + free + tail


def link_block(uuid, owner, begin, target):
    """The block of a long symlink's target."""
    return (struct.pack(">4sIII16sQQQ", b"XSLM", 0, len(target), 0, uuid, owner, begin // 512, 0)
            + target).ljust(BLOCK, b"\0")


class Disk(Expected):
    """A copy of BASE that a case changes by its log; WANT and SAYS are what is expected of it."""

    def __init__(self, base, path):
        image.run("cp", "--sparse=always", base, path)
        self.base, self.path = base, path
        super().__init__(BASE)
        self.uuid = image.peek(path, 32, 16)
        self.log = xfslog.Log(path)
        self.spare = xfs.blocks(base, "/spare")
        self.used = 0
        self.cluster = CLUSTER if xfs.is_v5(base) else CLUSTER // 2
        self.free = self.number("/spare") + 1  # mkfs.xfs makes 64 inodes at once, and /spare is the last file

    def begin_log(self, **options):
        """Has another log than the one behind mkfs.xfs's record."""
        self.log = xfslog.Log(self.path, **options)

    def number(self, path):
        return xfs.number_of(self.base, path)

    def raw(self, path, **changes):
        """The inode of PATH with CHANGES: {field: value}."""
        return changed(image.peek(self.base, xfs.inode_at(self.base, path), ISIZE), **changes)

    def place(self, number):
        """The byte where the inode NUMBER lies."""
        return xfs.byte_of(self.base, number // 2) + number % 2 * ISIZE

    def inode(self, number, raw, fork=b"", fields=CORE, **options):
        """The item of an inode."""
        at = self.place(number)
        return xfslog.inode(number, at, (at // self.cluster * self.cluster, self.cluster), raw, fork, fields, **options)

    def new_inode(self):
        """An inode that mkfs.xfs made and nobody uses."""
        self.free += 1
        return self.free - 1

    def blocks(self, data=b"", count=None, align=1):
        """Blocks of /spare, filled with DATA: the first of them."""
        count = count or -(-len(data) // BLOCK)
        while self.spare[self.used] % align:
            self.used += 1
        first = self.spare[self.used]
        assert self.spare[self.used + count - 1] == first + count - 1
        self.used += count
        image.poke(self.path, xfs.byte_of(self.path, first), data.ljust(count * BLOCK, b"\0"))
        return first

    # Items of whole files.

    def file(self, number, data, raw=None):
        """The item of a file with DATA, which is on the disk."""
        raw = self.raw("/boot/menu", number=number) if raw is None else raw
        count = -(-len(data) // BLOCK)
        extents = xfs.extent(0, self.blocks(data), count) if data else b""
        raw = changed(raw, mode=REG_MODE, size=len(data), extents=bool(data), format=2, used=count)
        return self.inode(number, raw, extents, CORE | EXTENTS if data else CORE)

    def entries(self, path, more):
        """What short_directory() takes, of a directory that is short, and MORE names: {name: number}."""
        names = [p for p in BASE if os.path.dirname(p) == path]
        have = [(os.path.basename(p).encode(), self.number(p), 2 if BASE[p] is DIR else 1) for p in names]
        return [e for e in have if e[0].decode() not in more] + [(n.encode(), i, 1) for n, i in more.items() if i]

    def short(self, path, more):
        """The item of a short directory with MORE names, or others: {name: number, or 0 to take it away}."""
        fork = short_directory(self.number(os.path.dirname(path)), self.entries(path, more))
        return self.inode(self.number(path), self.raw(path, size=len(fork)), fork, CORE | LOCAL)



FIELDS = {"mode": (2, "H"), "format": (5, "B"), "links": (16, "I"), "size": (56, "Q"), "used": (64, "Q"),
          "extents": (76, "I"), "forkoff": (82, "B"), "flushes": (30, "H"), "lsn": (112, "Q"), "number": (152, "Q")}


def changed(raw, **changes):
    """The inode RAW with other fields."""
    raw = bytearray(raw)
    for name, value in changes.items():
        at, form = FIELDS[name]
        struct.pack_into(">" + form, raw, at, value)
    return bytes(raw)




def read(path, program=image.ASAN):
    """What `partless` reads, but for the files whose blocks are used for something else."""
    return without_taken(fastcommit.read(path, program))


def without_taken(tree):
    return {path: content for path, content in tree.items() if path not in TAKEN}


# What cases have in common.

UNUSED = "was not unmounted, and its log cannot be used: files may be older than they should be"


def named(table):
    def add(make):
        table[make.__name__.replace("_", "-")] = make
        return make
    return add


def of_version_4(make):
    make.version = 4
    return make


def make_case(make, path, bases):
    """The Disk of a case that MAKE makes, written to PATH. BASES are what make_bases() made."""
    disk = Disk(bases[getattr(make, "version", 5)], path)
    make(disk)
    disk.log.write()
    return disk


def new_file(d):
    """The items of a new file."""
    number = d.new_inode()
    return [d.file(number, b"new\n"), d.short("/boot", {"new": number})]


NEW = {"/boot/new": b"new\n"}


def wrong_entry(d, begin=None):
    """The block of /dir, whose entry a-file leads to the inode of /boot/big."""
    begin = xfs.byte_of(d.base, xfs.blocks(d.base, "/dir")[0]) if begin is None else begin
    block = bytearray(image.peek(d.path, begin, DIR_SIZE))
    at = block.index(b"a-file") - 9
    block[at:at + 8] = struct.pack(">Q", d.number("/boot/big"))
    return begin, bytes(block), at


WRONG = {"/dir/a-file": BASE["/boot/big"]}
