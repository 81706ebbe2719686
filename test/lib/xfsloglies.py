"""Logs of XFS that no kernel writes: what is said in them cannot be.

Each has a new file as well, which must not be seen: nothing of such a log is used. Linux is not asked about them, as
some of them harm it."""

import struct

import xfs
import xfslog
from xfslog import BROOT, CORE, DIR_BLOCK, EXTENTS, described_buffer, icreate, root_of_tree, transaction
from xfslogdisk import CLUSTER, ISIZE, UNUSED, named, new_file

LIES = {}
lie = named(LIES)


def refuses(*items, **options):
    """A case of a transaction with ITEMS, each made by a function of the disk."""
    def make(d):
        d.log.commit(*new_file(d), *(item(d) for item in items), **options)
        d.expect({}, UNUSED)
    return make


def any_buffer(*regions, sector=None, length=8, flags=DIR_BLOCK, bits=1, **options):
    """A buffer over /dir, or with what else it says."""
    def item(d):
        begin = xfs.byte_of(d.base, xfs.blocks(d.base, "/dir")[0]) // 512
        return described_buffer(begin if sector is None else sector, length, flags, bits, *regions, **options)
    return item


def any_inode(at=None, cluster=None, raw=None, fork=b"", fields=CORE, core=None, number=None):
    """The inode of /boot/big, or with what else it says."""
    def item(d):
        own = d.place(d.number("/boot/big"))
        begin, size = cluster or (own // CLUSTER * CLUSTER, CLUSTER)
        return xfslog.inode(number or d.number("/boot/big"), own if at is None else begin + at, (begin, size),
                            d.raw("/boot/big", **raw or {}), fork, fields, core)
    return item


def raw_item(*regions):
    return lambda d: list(regions)


X = b"\xee" * 128
END = 40 << 20  # of the file system
LIES.update({
    "a-map-past-its-buffer": refuses(any_buffer(X, bits=1 << 32, words=2)),
    "a-map-far-past-its-buffer": refuses(any_buffer(X * 40, bits=(1 << 40) - 1, words=2)),
    "a-map-longer-than-its-region": refuses(raw_item(
        struct.pack("<HHHHqII", 0x123c, 2, DIR_BLOCK, 8, 224, 1000, 1), X)),
    "a-map-of-2-to-the-32-words": refuses(raw_item(
        struct.pack("<HHHHqII", 0x123c, 2, DIR_BLOCK, 8, 224, 0xffffffff, 1), X)),
    "a-buffer-of-no-length": refuses(any_buffer(X, length=0, words=1)),
    "a-buffer-behind-the-end": refuses(any_buffer(X, sector=END // 512)),
    "a-buffer-over-the-end": refuses(any_buffer(X, sector=END // 512 - 4)),
    "a-buffer-before-the-beginning": refuses(any_buffer(X, sector=-8)),
    "a-buffer-at-2-to-the-62": refuses(any_buffer(X, sector=1 << 62)),
    "a-buffer-without-its-data": refuses(any_buffer()),
    "a-buffer-with-less-data-than-its-map": refuses(any_buffer(X, bits=7)),
    "a-buffer-that-says-to-have-no-regions": refuses(any_buffer(X, count=0)),
    "a-buffer-that-says-to-have-65535-regions": refuses(any_buffer(X, count=65535)),
    "a-cancel-outside": refuses(any_buffer(sector=END // 512, flags=2, bits=0)),
    "an-item-of-2-bytes": refuses(raw_item(b"\x3c\x12")),
    "a-short-description-of-a-buffer": refuses(raw_item(struct.pack("<HHHH", 0x123c, 1, 0, 8))),
    "a-short-description-of-an-inode": refuses(raw_item(struct.pack("<HHI", 0x123b, 2, 1), bytes(176))),
    "a-short-description-of-new-inodes": refuses(raw_item(struct.pack("<HHI", 0x123f, 1, 0))),
    "an-inode-past-its-buffer": refuses(any_inode(at=CLUSTER)),
    "an-inode-far-past-its-buffer": refuses(any_inode(at=(1 << 31) - 512)),
    "an-inode-over-the-end-of-its-buffer": refuses(any_inode(at=CLUSTER - 256)),
    "an-inode-outside": refuses(any_inode(at=0, cluster=(END, CLUSTER))),
    "an-inode-in-a-buffer-of-no-length": refuses(any_inode(at=0, cluster=(65536, 0))),
    "an-inode-with-half-a-core": refuses(any_inode(core=b"NI" + bytes(94))),
    "an-inode-without-a-core": refuses(any_inode(core=b"")),
    "an-inode-whose-fork-is-too-long": refuses(any_inode(raw={"extents": 40}, fork=X * 5, fields=CORE | EXTENTS)),
    "an-inode-whose-fork-begins-behind-its-end": refuses(any_inode(
        raw={"forkoff": 255}, fork=X, fields=CORE | EXTENTS)),
    "a-root-that-is-too-long": refuses(any_inode(raw={"format": 3}, fork=root_of_tree(1, [(n, 99) for n in range(30)]),
                                                 fields=CORE | BROOT)),
    "a-root-with-more-records-than-room": refuses(any_inode(
        raw={"format": 3}, fork=struct.pack(">4sHH", b"BMA3", 1, 500).ljust(72 + 32, b"\0"), fields=CORE | BROOT)),
    "a-root-that-is-short": refuses(any_inode(raw={"format": 3}, fork=b"BMA3", fields=CORE | BROOT)),
    "new-inodes-outside": refuses(lambda d: icreate(0, 24575, 64, ISIZE, 32)),
    "new-inodes-in-a-group-that-is-not-there": refuses(lambda d: icreate(2, 128, 64, ISIZE, 32)),
    "new-inodes-in-group-2-to-the-32": refuses(lambda d: icreate(0xffffffff, 128, 64, ISIZE, 32)),
    "2-to-the-32-new-inodes": refuses(lambda d: icreate(0, 128, 0xffffffff, ISIZE, 32)),
    "new-inodes-in-2-to-the-32-blocks": refuses(lambda d: icreate(0, 128, 64, ISIZE, 0xffffffff)),
    "new-inodes-of-another-size": refuses(lambda d: icreate(0, 128, 64, 2048, 32)),
})


@lie
def a_record_longer_than_the_log(d):
    d.log.commit(*new_file(d)).changes = {12: b"\x7f\xff\xfe\x00"}
    d.expect({}, UNUSED)


@lie
def a_size_of_4_gib(d):
    d.log.size = 0xfffffe00
    d.log.records.append(xfslog.Record(d.log, transaction(*new_file(d))))
    d.log.records[-1].heads = 1
    d.expect({}, UNUSED)


@lie
def more_operations_than_the_record_has(d):
    d.log.commit(*new_file(d)).count = 0x7fffffff
    d.expect({}, UNUSED)


@lie
def a_tail_outside_of_the_log(d):
    d.log.commit(*new_file(d)).tail = 1 << 32 | d.log.blocks + 5
    d.expect({}, UNUSED)


@lie
def a_tail_where_no_record_is(d):
    d.log.commit(*new_file(d)).tail = 1 << 32 | 3
    d.expect({}, UNUSED)


@lie
def an_operation_whose_end_wraps(d):
    d.log.record(transaction(*new_file(d)))
    d.log.record([(9, 1, b""), (9, 0, b"TRAN" * 4, xfslog.TRANSACTION, 0xfffffff8)])
    d.expect({}, UNUSED)


@lie
def a_continuation_of_nothing(d):
    d.log.commit(*new_file(d))
    d.log.record([(9, 1, b""), (9, 0x18, b"TRAN" * 4), (9, 2, b"")])
    d.expect({}, UNUSED)
