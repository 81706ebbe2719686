"""Writes a log of XFS by hand, record by record, with whatever shape and faults a test wants.

No code is shared with the reader. A log is records; a record is operations, which carry the regions of transactions;
a transaction is items, and an item is regions: its own description, then what it puts on the disk."""

import struct

import image
import xfs
from jbd2 import crc32c

SECTOR = 512
PART = 32 << 10  # bytes of a body for each block of its header
WORDS = 64  # of a body that a block of its header keeps
START, COMMIT, CONTINUE, WAS_CONT, END, UNMOUNT = 1, 2, 4, 8, 16, 32
TRANSACTION, LOG = 0x69, 0xaa
MAGIC = 0xfeedbabe
CANCEL = 2
TREE, AGI, LINK, DIR_BLOCK, DIR_DATA, SUPER = (kind << 11 for kind in (4, 7, 9, 10, 11, 18))  # kinds of buffers
CORE, LOCAL, EXTENTS, BROOT = 1, 2, 4, 8  # what is logged of an inode
CHUNK = 128  # bytes of a buffer for each bit of its map


# Items: lists of regions.

def buffer(begin, data, kind, chunks=None, cut=None):
    """The buffer DATA at byte BEGIN of the disk, or those CHUNKS of it. CUT ends its first region earlier."""
    count = len(data) // CHUNK
    chunks = range(count) if chunks is None else chunks
    bits, regions = sum(1 << n for n in chunks), []
    for n in chunks:
        piece = data[n * CHUNK:(n + 1) * CHUNK]
        if n - 1 in chunks:
            regions[-1] += piece
        else:
            regions.append(piece)
    if cut:
        regions[:1] = [regions[0][:cut], regions[0][cut:]]
    return described_buffer(begin // SECTOR, len(data) // SECTOR, kind, bits, *regions)


def described_buffer(sector, length, flags, bits, *regions, words=None, count=None):
    """A buffer of LENGTH sectors whose map is BITS, of WORDS words; COUNT is how many regions it says to have."""
    words = -(-length * SECTOR // CHUNK // 32) if words is None else words
    bitmap = bits.to_bytes(4 * max(words, -(-bits.bit_length() // 32)), "little")
    return [struct.pack("<HHHHqI", 0x123c, 1 + len(regions) if count is None else count, flags, length, sector, words)
            + bitmap, *regions]


def cancel(begin, size):
    return described_buffer(begin // SECTOR, size // SECTOR, CANCEL, 0)


def host_core(raw):
    """The core of an inode in the host's order: here, little-endian."""
    fields = [(0, 2), (2, 2), (8, 4), (12, 4), (16, 4), (20, 2), (22, 2), (30, 2), (56, 8), (64, 8), (72, 4), (76, 4),
              (80, 2), (84, 4), (88, 2), (90, 2), (92, 4), (96, 4)]
    flags2 = 0
    times = [32, 40, 48]
    if raw[4] == 3:
        fields += [(100, 4), (104, 8), (112, 8), (120, 8), (128, 4), (152, 8)]
        times.append(144)
        flags2, = struct.unpack_from(">Q", raw, 120)
    if flags2 & 16:
        fields.remove((30, 2))
        fields.append((24, 8))
    for at in times:
        fields += [(at, 8)] if flags2 & 8 else [(at, 4), (at + 4, 4)]
    core = bytearray(raw[:176 if raw[4] == 3 else 96])
    for at, size in fields:
        core[at:at + size] = core[at:at + size][::-1]
    return bytes(core)


def inode(number, at, cluster, raw, fork=b"", fields=CORE, core=None):
    """The inode RAW, as the disk has it, at byte AT; its buffer is CLUSTER: byte, size. FORK is its new data fork."""
    begin, size = cluster
    regions = [host_core(raw) if core is None else core] + ([fork] if fields & ~CORE else [])
    return [struct.pack("<HHIHHIQ16xqII", 0x123b, 1 + len(regions), fields, 0, len(fork), 0, number, begin // SECTOR,
                        size // SECTOR, at - begin), *regions]


def icreate(group, block, count, isize, blocks, generation=7):
    return [struct.pack("<HH", 0x123f, 1) + struct.pack(">IIIIII", group, block, count, isize, blocks, generation)]


def moves(number, owner):
    """The intent NUMBER to change the extents of the inode OWNER, and that it is done."""
    begun = struct.pack("<HHIQQQQII", 0x1244, 1, 1, number, owner, 20000, 0, 1, 1)
    return [begun], [struct.pack("<HHIQ", 0x1245, 1, 0, number)]


def exchanges(number, one, two):
    """The intent NUMBER to exchange the contents of two inodes, and that it is done."""
    begun = struct.pack("<HHIQQQIIQQQQQQ", 0x1248, 1, 0, number, one, two, *[0] * 8)
    return [begun], [struct.pack("<HHIQ", 0x1249, 1, 0, number)]


def root_of_tree(level, records, head=72, room=None):
    """A root of a tree of extents as the log has it: like a block of a tree, with room for what it holds."""
    room = len(records) if room is None else room
    keys = b"".join(struct.pack(">Q", key) for key, _ in records).ljust(8 * room, b"\0")
    children = b"".join(struct.pack(">Q", child) for _, child in records).ljust(8 * room, b"\0")
    magic = b"BMA3" if head == 72 else b"BMAP"
    return struct.pack(">4sHH", magic, level, len(records)).ljust(head, b"\xff") + keys + children


# Transactions: lists of operations.

def pad(region):
    return region + bytes(-len(region) % 4)


def transaction(*items, tid=1, count=None, commit=True, magic=0x5452414e):
    """The operations of a transaction; COUNT is how many items it says to have."""
    header = struct.pack("<IIII", magic, 40, tid, len(items) if count is None else count)
    ops = [(tid, START, b""), (tid, 0, header)]
    ops += [(tid, 0, pad(region)) for item in items for region in item]
    return ops + ([(tid, COMMIT, b"")] if commit else [])


def split(op, *at):
    """An operation in parts, each for a record of its own, cut at the bytes AT."""
    tid, _, data = op
    parts = [data[a:b] for a, b in zip((0, *at), (*at, len(data)))]
    last = len(parts) - 1
    return [(tid, (CONTINUE if n < last else END) | (WAS_CONT if n else 0), part) for n, part in enumerate(parts)]


def operation(tid, flags, data, client=TRANSACTION, length=None):
    return struct.pack(">IIBBH", tid, len(data) if length is None else length, client, flags, 0) + data


# Records.

class Record:
    """A record with OPS, each what operation() takes. A test may change its fields before the log is written."""

    def __init__(self, log, ops):
        self.body = b"".join(operation(*op) for op in ops)
        self.length = -(-len(self.body) // SECTOR) * SECTOR
        self.count, self.size, self.version = len(ops), log.size, log.version
        self.cycle, self.at, self.tail = log.cycle, log.head, log.tail
        self.fmt, self.uuid, self.previous = 1, log.uuid, log.previous
        self.crc = None  # what is not its checksum
        self.changes = {}  # {byte of its header: what is there}, under its checksum
        self.dropped = ()  # numbers of its blocks that never came to the disk
        self.heads = None  # how many blocks of header it has, if its size is a lie

    def headers(self):
        return self.heads or (max(1, -(-self.size // PART)) if self.version == 2 else 1)

    def blocks(self, log_blocks):
        """[(where in the log, 512 bytes)]"""
        body = bytearray(self.body.ljust(self.length, b"\0"))
        heads = [bytearray(SECTOR) for _ in range(self.headers())]
        for n in range(len(body) // SECTOR):
            head, word = divmod(n, WORDS)
            at = (4 if head else 44) + 4 * word
            if head < len(heads):
                heads[head][at:at + 4] = body[n * SECTOR:n * SECTOR + 4]
            body[n * SECTOR:n * SECTOR + 4] = self.stamp(len(heads) + n, log_blocks)
        for n, head in enumerate(heads[1:], 1):
            head[:4] = self.stamp(n, log_blocks)
        struct.pack_into(">IIIIQQIII", heads[0], 0, MAGIC, self.cycle, self.version, self.length,
                         self.cycle << 32 | self.at, self.tail, 0, self.previous, self.count)
        struct.pack_into(">I16sI", heads[0], 300, self.fmt, self.uuid, self.size if self.version == 2 else 0)
        for at, data in self.changes.items():
            heads[0][at:at + len(data)] = data
        crc = crc32c(bytes(heads[0][:328]))
        for head in heads[1:-(-self.length // PART)]:
            crc = crc32c(bytes(head[:260]), crc)
        crc = crc32c(bytes(body), crc) ^ 0xffffffff
        struct.pack_into("<I", heads[0], 32, crc if self.crc is None else self.crc)
        raw = b"".join(map(bytes, heads)) + bytes(body)
        return [((self.at + n) % log_blocks, raw[n * SECTOR:(n + 1) * SECTOR]) for n in range(len(raw) // SECTOR)
                if n not in self.dropped]

    def stamp(self, n, log_blocks):
        """The cycle in which block N of the record is written: behind the log's end, it is the next one."""
        return struct.pack(">I", self.cycle + (self.at + n >= log_blocks))


class Log:
    """The log of the image PATH. It goes on behind the record that mkfs.xfs wrote, or begins in another CYCLE at block
    AT, as if all before had been written back. SIZE is how large the body of a record may be."""

    def __init__(self, path, *, cycle=1, at=None, size=PART, version=2):
        self.path, self.size, self.version = path, size, version
        self.begin = xfs.byte_of(path, xfs.super_field(path, 48, "Q"))
        self.blocks = xfs.super_field(path, 96, "I") * xfs.super_field(path, 4, "I") // SECTOR
        self.uuid = image.peek(path, 32, 16)
        self.cycle, self.first = cycle, at
        self.head = 2 if at is None else at % self.blocks
        self.tail = self.cycle << 32 | self.head
        self.records, self.previous = [], 0

    def record(self, ops):
        """Adds a record of OPS at the head."""
        record = Record(self, ops)
        self.records.append(record)
        self.previous = self.head
        self.head += record.headers() + record.length // SECTOR
        if self.head >= self.blocks:
            self.head -= self.blocks
            self.cycle += 1
        return record

    def commit(self, *items, **options):
        """Adds a record that is a whole transaction."""
        return self.record(transaction(*items, tid=len(self.records) + 1, **options))

    def unmount(self):
        return self.record([(1, UNMOUNT, struct.pack("<HHI", 0x556e, 0, 0), LOG)])

    def write(self):
        """Puts it into the image."""
        if self.first is not None:
            blank = [struct.pack(">I", self.records[0].cycle - (n >= self.first)).ljust(SECTOR, b"\0")
                     for n in range(self.blocks)]
            image.poke(self.path, self.begin, b"".join(blank))
        for record in self.records:
            for at, block in record.blocks(self.blocks):
                image.poke(self.path, self.begin + at * SECTOR, block)
