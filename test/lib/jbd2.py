"""Writes a journal by hand, block by block, with whatever features and faults a test wants.

The layout is that of Documentation/filesystems/ext4/journal.rst. No code is shared with the reader."""

import re
import struct

import image

MAGIC = b"\xc0\x3b\x39\x98"
DESCRIPTOR, COMMIT, SUPER_V1, SUPER_V2, REVOKE = 1, 2, 3, 4, 5
ESCAPE, SAME_UUID, LAST_TAG = 1, 2, 8
COMPAT_CHECKSUM = 1
HAS_REVOKE, WIDE, ASYNC, CSUM_V2, CSUM_V3, FAST = 1, 2, 4, 8, 16, 32
NEEDS_RECOVERY = 4


def table(polynomial, reflected):
    words = []
    for n in range(256):
        n = n if reflected else n << 24
        for _ in range(8):
            if reflected:
                n = n >> 1 ^ (polynomial if n & 1 else 0)
            else:
                n = (n << 1 ^ (polynomial if n >> 31 else 0)) & 0xffffffff
        words.append(n)
    return words


CRC32C = table(0x82f63b78, True)
CRC32_BE = table(0x04c11db7, False)


def crc32c(data, crc=0xffffffff):
    for byte in data:
        crc = crc >> 8 ^ CRC32C[(crc ^ byte) & 0xff]
    return crc


def crc32_be(data, crc=0xffffffff):
    for byte in data:
        crc = (crc << 8 & 0xffffffff) ^ CRC32_BE[crc >> 24 ^ byte]
    return crc


def seal_super(raw, recover=True):
    """A file system's superblock, marked as in use, with its checksum."""
    raw = bytearray(raw)
    incompat, ro_compat = struct.unpack_from("<II", raw, 0x60)
    if recover:
        struct.pack_into("<I", raw, 0x60, incompat | NEEDS_RECOVERY)
    if ro_compat & 0x400:
        struct.pack_into("<I", raw, 0x3fc, crc32c(raw[:0x3fc]))
    return bytes(raw)


class Block:
    """A block of the journal: its kind, its transaction, where in the journal it is, and its bytes."""

    def __init__(self, kind, tid, at, data):
        self.kind, self.tid, self.at, self.data = kind, tid, at, bytearray(data)


class Journal:
    """The journal of the image PATH, empty. CSUM is 0 or the version of the checksums; WIDE means 64bit; FAST is the
    number of blocks for fast commits; UUIDS says which tags of a descriptor have one: "first", "each", "none"."""

    def __init__(self, path, *, csum=0, wide=False, asynchronous=False, fast=0, start=None, tid=1,
                 uuids="first", version=SUPER_V2, revoke_feature=True):
        self.path, self.csum, self.wide, self.asynchronous = path, csum, wide, asynchronous
        self.fast, self.first_tid, self.tid, self.uuids = fast, tid, tid, uuids
        self.version, self.revoke_feature = version, revoke_feature
        self.size = 1024 << image.super_u32(path, 0x18)
        inode = image.super_u32(path, 0xe0)
        self.where = journal_blocks(path, inode)
        raw = self.read(0)
        assert raw[:4] == MAGIC
        self.maxlen, self.first = struct.unpack_from(">II", raw, 0x10)
        self.uuid = bytes(raw[0x30:0x40])
        self.seed = crc32c(self.uuid)
        self.end = self.maxlen - fast
        self.start = self.next = self.first if start is None else start % self.end
        self.time = 1700000000
        self.blocks, self.edits, self.fast_used = [], {}, 0

    def read(self, block):
        return image.peek(self.path, self.where[block] * self.size, self.size)

    def put(self, kind, data):
        assert len(data) == self.size
        self.blocks.append(Block(kind, self.tid, self.next, data))
        self.next += 1
        if self.next == self.end:
            self.next = self.first
        return self.blocks[-1]

    def header(self, kind):
        return struct.pack(">4sII", MAGIC, kind, self.tid)

    def tail(self, data):
        """DATA, a descriptor or revoke block, filled up and with its checksum."""
        data = bytearray(data.ljust(self.size, b"\0"))
        if self.csum >= 2:
            struct.pack_into(">I", data, self.size - 4, crc32c(data, self.seed))
        return data

    def tag(self, home, flags, stored):
        crc = 0
        if self.csum >= 2:
            crc = crc32c(stored, crc32c(struct.pack(">I", self.tid), self.seed))
        if self.csum == 3:
            return struct.pack(">IIII", home & 0xffffffff, flags, home >> 32, crc)
        tag = struct.pack(">IHH", home & 0xffffffff, crc & 0xffff, flags)
        if self.wide:
            tag += struct.pack(">I", home >> 32)
        return tag + (b"\0\0" if self.csum == 2 else b"")

    def describe(self, copies):
        """Writes one descriptor with as many COPIES as it has room for. Returns the others."""
        room = self.size - 12 - (4 if self.csum >= 2 else 0)
        tags, data = b"", []
        while copies:
            home, content = copies[0]
            same = self.uuids == "none" or (self.uuids == "first" and data)
            flags = SAME_UUID if same else 0
            stored = content
            if content[:4] == MAGIC:
                flags, stored = flags | ESCAPE, bytes(4) + content[4:]
            need = len(self.tag(home, flags, b"")) + (0 if same else 16)
            fits_another = len(tags) + 2 * need + 16 <= room
            if not fits_another or len(copies) == 1:
                flags |= LAST_TAG
            tags += self.tag(home, flags, stored) + (b"" if same else self.uuid)
            data.append(stored)
            copies = copies[1:]
            if flags & LAST_TAG:
                break
        block = self.put("descriptor", self.tail(self.header(DESCRIPTOR) + tags))
        self.crc = crc32_be(block.data, self.crc)
        for stored in data:
            self.put("data", stored)
            if self.csum == 1:
                self.crc = crc32_be(stored, self.crc)
        return copies

    def revoke(self, homes, count=None):
        form = ">Q" if self.wide else ">I"
        records = b"".join(struct.pack(form, home) for home in homes)
        used = 16 + len(records) if count is None else count
        return self.put("revoke", self.tail(self.header(REVOKE) + struct.pack(">I", used) + records))

    def commit(self, sum_of_v1=True):
        data = bytearray(self.header(COMMIT).ljust(self.size, b"\0"))
        struct.pack_into(">Q", data, 0x30, self.time)
        if self.csum == 1 and sum_of_v1:
            struct.pack_into(">BB2xI", data, 12, 1, 4, self.crc)
        elif self.csum >= 2:
            struct.pack_into(">I", data, 16, crc32c(data, self.seed))
        self.put("commit", data)

    def transaction(self, copies, revokes=(), commit=True, revoke_first=False, count=None,
                    sum_of_v1=True):
        """Writes COPIES, (home, bytes) pairs, and the numbers of the blocks to revoke."""
        self.crc = 0xffffffff
        self.time += 5
        if revoke_first and revokes:
            self.revoke(revokes, count)
        left = list(copies)
        while left:
            left = self.describe(left)
        if revokes and not revoke_first:
            self.revoke(revokes, count)
        if commit:
            self.commit(sum_of_v1)
        self.tid = (self.tid + 1) & 0xffffffff

    def fast_commit(self, records=((6, bytes(160)),), *, tid=None, features=0, head=True, tail=True, crc=None, blocks=1):
        """A fast commit behind those before it, BLOCKS long at least. Linux writes a HEAD only in the first one."""
        tid = self.tid if tid is None else tid
        out = bytearray()

        def put(tag, value):
            room = self.size - len(out) % self.size
            if len(value) + 4 != room and len(value) + 8 > room:
                out.extend(struct.pack("<HH", 7, room - 4) + bytes(room - 4))
            out.extend(struct.pack("<HH", tag, len(value)) + value)

        if head:
            put(9, struct.pack("<II", features, tid))
        for tag, value in records:
            put(tag, value)
        while len(out) // self.size < blocks - 1:
            put(7, bytes(self.size - len(out) % self.size - 4))
        if tail:
            put(8, struct.pack("<I", tid))
            out.extend(struct.pack("<I", crc32c(out, 0) if crc is None else crc))
            # The tail's length, to the end of the block, is summed too.
            filler = -len(out) % self.size
            struct.pack_into("<H", out, len(out) - 10, 8 + filler)
            if crc is None:
                struct.pack_into("<I", out, len(out) - 4, crc32c(out[:-4], 0))
        out.extend(bytes(-len(out) % self.size))
        for n in range(0, len(out), self.size):
            at = self.end + 1 + self.fast_used
            self.blocks.append(Block("fast", tid, at, out[n:n + self.size]))
            self.fast_used += 1

    def of(self, kind, tid, nth=0):
        """The NTH block of a KIND in transaction TID, for a test to change."""
        return [b for b in self.blocks if b.kind == kind and b.tid == tid][nth]

    def flip(self, kind, tid, nth=0, at=40):
        self.of(kind, tid, nth).data[at] ^= 0x10

    def super_block(self):
        incompat = (HAS_REVOKE * self.revoke_feature | WIDE * self.wide | ASYNC * self.asynchronous |
                    CSUM_V2 * (self.csum == 2) | CSUM_V3 * (self.csum == 3) | FAST * bool(self.fast))
        raw = bytearray(self.read(0)[:1024])
        struct.pack_into(">I", raw, 4, self.version)
        struct.pack_into(">II", raw, 0x18, self.first_tid, self.start)
        if self.version == SUPER_V2:
            struct.pack_into(">II", raw, 0x24, COMPAT_CHECKSUM * (self.csum == 1), incompat)
            raw[0x50] = 4 if self.csum >= 2 else 0
            struct.pack_into(">I", raw, 0x54, self.fast)
        for at, data in self.edits.items():
            raw[at:at + len(data)] = data
        struct.pack_into(">I", raw, 0xfc, 0)
        if self.csum >= 2:
            struct.pack_into(">I", raw, 0xfc, crc32c(raw))
        return raw

    def write(self, seal=True):
        """Writes the journal to the disk. With SEAL, marks the file system as not unmounted."""
        for block in self.blocks:
            image.poke(self.path, self.where[block.at] * self.size, block.data)
        image.poke(self.path, self.where[0] * self.size, self.super_block())
        if seal:
            image.poke(self.path, 1024, seal_super(image.peek(self.path, 1024, 1024)))


def journal_blocks(path, inode=8):
    """{block of the journal: block of the disk}, without the blocks of its extent tree."""
    text = image.debugfs(path, f"stat <{inode}>")
    runs = re.search(r"(?:BLOCKS|EXTENTS):\n(.*?)\n(?:TOTAL|$)", text + "\n", re.S)[1]
    where = {}
    for first, last, at in re.findall(r"\((\d+)(?:-(\d+))?\):(\d+)", runs.replace("\n", " ")):
        for n in range(int(first), int(last or first) + 1):
            where[n] = int(at) + n - int(first)
    return where
