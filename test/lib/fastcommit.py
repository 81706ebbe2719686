"""File systems with fast commits that are made by hand, record by record, and what is expected of each."""

import os
import shutil
import struct
import tempfile
from pathlib import Path

import image
import jbd2

DIR, GONE, UNREADABLE = "dir", None, "?"
REG_MODE, DIR_MODE, LINK_MODE = 0o100644, 0o40755, 0o120777
EXTENTS, INLINE, CASEFOLD = 0x80000, 0x10000000, 0x40000000
ROOT = 2
BLOCK = 1024


def letters(text):
    """A block of each letter."""
    return b"".join(c.encode() * BLOCK for c in text)


BASE = {
    "/boot": DIR, "/boot/menu": b"the old menu\n", "/boot/big": letters("abcdefghijklmnopqrstuvwxyz"),
    "/boot/holes": letters("ab") + bytes(6 * BLOCK) + letters("cd"), "/boot/empty": b"",
    "/dir": DIR, "/dir/one": b"one\n", "/dir/two": b"two\n", "/sub": DIR, "/sub/empty": DIR,
    "/many": DIR, **{f"/many/a-rather-long-name-{n:03}": b"" for n in range(150)},
}


# Options of mke2fs, and commands of debugfs that come last.
KINDS = {
    "plain": ([], []),
    "inline": (["-O", "inline_data"], []),
    "casefold": (["-O", "casefold"], ["mkdir /fold", f"sif /fold flags {EXTENTS | CASEFOLD}",
                                      "ln /dir/one /fold/Disk", "sif /dir/one links_count 2"]),
}


def make_base(path, kind="plain"):
    """Makes the image PATH, 16 MiB, with BASE in it; its /many is indexed."""
    options, commands = KINDS[kind]
    with tempfile.TemporaryDirectory(prefix="partless-test-") as tree:
        for name, content in BASE.items():
            target = Path(tree, name[1:])
            if content is DIR:
                target.mkdir(parents=True)
            else:
                target.write_bytes(content)
        image.mke2fs(path, "16M", "-t", "ext4", "-b", str(BLOCK), "-I", "256", "-N", "1024", "-O", "fast_commit",
                     "-J", "size=2,fast_commit_size=256", *options, tree=tree)
    image.debugfs(path, *(f"punch /boot/holes {n} {n}" for n in range(2, 8)))
    image.e2fsck(path, "-y", "-D")
    if commands:
        image.debugfs(path, *commands)
    return path


def add(inode, at, block, count, unwritten=False):
    """ADD_RANGE: COUNT blocks of the file from block AT on lie at BLOCK."""
    return 1, struct.pack("<IIHHI", inode, at, count + 32768 * unwritten, block >> 32, block & 0xffffffff)


def remove(inode, at, count):
    """DEL_RANGE."""
    return 2, struct.pack("<III", inode, at, count)


def named(tag, parent, inode, name):
    return tag, struct.pack("<II", parent, inode) + os.fsencode(name)


def creat(parent, inode, name):
    return named(3, parent, inode, name)


def link(parent, inode, name):
    return named(4, parent, inode, name)


def unlink(parent, inode, name):
    return named(5, parent, inode, name)


def write_inode(number, raw):
    """INODE."""
    return 6, struct.pack("<I", number) + bytes(raw)


def raw_inode(mode=REG_MODE, size=0, *, links=1, flags=EXTENTS, generation=77, i_block=b"", extra=32):
    """An inode as Linux writes it into a record: 128 bytes, and EXTRA ones."""
    raw = bytearray(128 + extra)
    struct.pack_into("<HHI", raw, 0, mode, 0, size & 0xffffffff)
    struct.pack_into("<IIII", raw, 8, 1700000001, 1700000002, 1700000003, 0)
    struct.pack_into("<HHII", raw, 24, 0, links, 0, flags)
    raw[40:40 + len(i_block)] = i_block
    struct.pack_into("<I", raw, 100, generation)
    struct.pack_into("<I", raw, 108, size >> 32)
    if extra:
        struct.pack_into("<H", raw, 128, extra)
    return raw


class Expected:
    """What is to be read: `want`, as read() gives it; and what is to be said."""

    def __init__(self, base):
        self.want, self.says = dict(base), ""

    def expect(self, changes, says=""):
        self.says = says
        for path, content in changes.items():
            if content is GONE:
                del self.want[path]
            else:
                self.want[path] = content


class Disk(Expected):
    """A copy of BASE at PATH with an empty log of one transaction, to which fast commits are added. WANT is BASE with
    the changes that are expected; SAYS is what the report says, if anything."""

    def __init__(self, base, path, fast=256):
        shutil.copy(base, path)
        self.path = path
        self.journal = jbd2.Journal(path, csum=3, wide=True, fast=fast)
        block = bytearray(image.peek(path, BLOCK, BLOCK))
        self.journal.transaction([(1, jbd2.seal_super(block))])
        super().__init__(BASE)
        self.next_block, self.next_inode = 12000, 600

    def number(self, path):
        return image.inode_number(self.path, path)

    def raw(self, path):
        """The inode of PATH as a record of Linux would hold it, to be changed."""
        return bytearray(image.peek(self.path, image.inode_offset(self.path, path, BLOCK), 160))

    def blocks(self, content):
        """Writes CONTENT to free blocks; returns the first."""
        at = self.next_block
        image.poke(self.path, at * BLOCK, content)
        self.next_block += -(-len(content) // BLOCK)
        return at

    def inode(self):
        """The number of a free inode."""
        self.next_inode += 1
        return self.next_inode

    def new_file(self, parent, name, content, number=None, **options):
        """The records that make a file."""
        number = number or self.inode()
        count = -(-len(content) // BLOCK)
        records = [write_inode(number, raw_inode(size=len(content), **options))]
        if count:
            records.append(add(number, 0, self.blocks(content), count))
        return [*records, creat(parent, number, name)]

    def new_dir(self, parent, name, number):
        return [write_inode(number, raw_inode(DIR_MODE, BLOCK, links=2)), creat(parent, number, name)]

    def sized(self, path, size):
        """INODE: the file PATH with another size."""
        raw = self.raw(path)
        struct.pack_into("<I", raw, 4, size)
        return write_inode(self.number(path), raw)

    def commit(self, *records, **options):
        self.journal.fast_commit(records, head=self.journal.fast_used == 0, **options)


def read(path, program=image.ASAN):
    """What `partless` reads: {path: DIR, or a file's bytes, or ("link", target), or UNREADABLE}."""
    found, folders = {}, [b""]
    while folders:
        folder = folders.pop()
        for line in image.partless("ls", path, folder + b"/", program=program, ok=(0, 1, 2)).stdout.splitlines():
            kind, size, rest = line.split(None, 2)
            name, _, target = rest.partition(b" -> ")
            full = folder + b"/" + image.unescape(name)
            if kind == b"dir":
                found[os.fsdecode(full)] = DIR
                folders.append(full)
            elif kind == b"file":
                found[os.fsdecode(full)] = b"" if size == b"0" else image.partless(
                    "cat", path, full, program=program).stdout
            else:
                found[os.fsdecode(full)] = ("link", os.fsdecode(image.unescape(target))) if kind == b"link" else UNREADABLE
    return {p: content for p, content in found.items() if not p.startswith("/lost+found")}
