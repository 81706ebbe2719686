"""How a log of XFS may be written, and what Linux makes of each.

SHAPES has the cases that count. REFUSED has those with which Linux mounts nothing: then the state without the log is
read, and that is told."""

import struct

import image
import xfs
import xfslog
from xfslog import DIR_BLOCK, buffer, split, transaction
from xfslogdisk import BASE, BLOCK, CLUSTER, DIR_SIZE, NEW, UNUSED, WRONG, named, new_file, of_version_4, wrong_entry

SHAPES, REFUSED = {}, {}
case, refused = named(SHAPES), named(REFUSED)


# How a transaction lies in the log.

@case
def no_commit(d):
    d.log.commit(d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5000)), commit=False)
    d.expect({})


@case
def a_commit_in_a_later_record(d):
    ops = transaction(*new_file(d), tid=9)
    d.log.record(ops[:3])
    d.log.record(ops[3:-1])
    d.log.record(ops[-1:])
    d.expect(NEW)


@case
def two_transactions_at_once(d):
    one = transaction(*new_file(d), tid=8)
    two = transaction(d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5000)), tid=9)
    mixed = [op for pair in zip(one, two) for op in pair] + one[len(two):] + two[len(one):]
    d.log.record(mixed[:7])
    d.log.record(mixed[7:])
    d.expect({**NEW, "/boot/big": BASE["/boot/big"][:5000]})


@case
def the_one_that_commits_last_wins(d):
    number = d.number("/boot/big")
    one = transaction(d.inode(number, d.raw("/boot/big", size=100)), tid=8)
    two = transaction(d.inode(number, d.raw("/boot/big", size=5000)), tid=9)
    d.log.record(two[:-1] + one)
    d.log.record(two[-1:])
    d.expect({"/boot/big": BASE["/boot/big"][:5000]})


@case
def a_number_of_a_transaction_that_is_used_again(d):
    d.log.record(transaction(d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5000)), tid=7))
    d.log.record(transaction(*new_file(d), tid=7))
    d.expect({**NEW, "/boot/big": BASE["/boot/big"][:5000]})


@case
def the_end_of_a_transaction_from_before_the_tail(d):
    d.log.record(transaction(d.short("/boot", {"menu": 0}), tid=5)[2:])
    d.log.commit(*new_file(d))
    d.expect(NEW)


def in_parts(d, which, *at):
    """A transaction whose operation WHICH is cut at the bytes AT."""
    begin, block, _ = wrong_entry(d)
    ops = transaction(buffer(begin, block, DIR_BLOCK), tid=3)
    parts = split(ops[which], *at)
    ops[which:which + 1] = parts
    start = which if which >= 0 else len(ops) - 1
    d.log.record(ops[:start + 1])
    for n in range(start + 1, start + len(parts) - 1):
        d.log.record(ops[n:n + 1])
    d.log.record(ops[start + len(parts) - 1:])
    d.expect(WRONG)


@case
def an_operation_without_data(d):
    ops = transaction(*new_file(d))
    d.log.record([*ops[:-1], (1, 0, b""), ops[-1]])
    d.expect(NEW)


@case
def more_items_than_the_transaction_says(d):
    d.log.commit(*new_file(d), count=1)
    d.expect(NEW)


@case
def fewer_items_than_the_transaction_says(d):
    d.log.commit(*new_file(d), count=0xffffffff)
    d.expect(NEW)


@case
def a_region_in_two_records(d):
    in_parts(d, 3, 1000)


@case
def a_region_in_three_records(d):
    in_parts(d, 3, 400, 404)


@case
def a_transaction_s_head_in_two_records(d):
    in_parts(d, 1, 8)


@case
def a_buffer_s_description_in_two_records(d):
    in_parts(d, 2, 24)


def unchanged_directory(d):
    begin, _, _ = wrong_entry(d)
    return buffer(begin, image.peek(d.path, begin, DIR_SIZE), DIR_BLOCK)


@case
def a_record_of_many_kilobytes(d):
    d.begin_log(size=256 << 10)
    begin, block, _ = wrong_entry(d)
    d.log.commit(*[unchanged_directory(d)] * 20, buffer(begin, block, DIR_BLOCK), *new_file(d))
    assert d.log.records[0].length > 64 << 10
    d.expect({**NEW, **WRONG})


@case
def a_small_record_with_a_large_head(d):
    d.begin_log(size=256 << 10)
    d.log.commit(*new_file(d))
    d.log.commit(d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5000)))
    d.expect({**NEW, "/boot/big": BASE["/boot/big"][:5000]})


def wrapped(d, before):
    """The log's end lies BEFORE blocks behind the beginning of a record of a directory."""
    d.begin_log(cycle=7, at=d.log.blocks - before - 2)
    d.log.commit(d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5000)))
    begin, block, _ = wrong_entry(d)
    d.log.commit(buffer(begin, block, DIR_BLOCK))
    d.log.commit(*new_file(d))
    d.expect({**NEW, "/boot/big": BASE["/boot/big"][:5000], "/dir/a-file": BASE["/boot/big"][:5000]})


@case
def a_record_that_ends_with_the_log(d):
    wrapped(d, 10)


@case
def a_record_over_the_end_of_the_log(d):
    wrapped(d, 5)


@case
def a_head_at_the_end_of_the_log(d):
    wrapped(d, 1)


@case
def a_large_head_over_the_end_of_the_log(d):
    d.begin_log(cycle=7, at=d.log.blocks - 3, size=256 << 10)
    begin, block, _ = wrong_entry(d)
    d.log.commit(buffer(begin, block, DIR_BLOCK))
    d.log.commit(*new_file(d))
    d.expect({**WRONG, **NEW})


@case
def a_log_in_its_middle(d):
    d.begin_log(cycle=7, at=3000)
    d.log.commit(*new_file(d))
    d.expect(NEW)


@case
def a_log_that_ends_with_its_last_record(d):
    """The head is where the log begins."""
    d.begin_log(cycle=7, at=d.log.blocks - 3)
    d.log.commit(*new_file(d))
    assert d.log.head == 0
    d.expect(NEW)


@case
def an_unmount_behind_it(d):
    """What is behind an unmount is in its place."""
    d.log.commit(*new_file(d))
    d.log.unmount()
    d.log.records[-1].tail = 1 << 32 | d.log.records[-1].at
    d.expect({})


@case
def changes_behind_an_unmount(d):
    d.log.commit(d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5000)))
    d.log.unmount()
    d.log.tail = 1 << 32 | d.log.head
    d.log.commit(*new_file(d))
    d.expect(NEW)


@case
def changes_before_the_tail(d):
    d.log.commit(d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5000)))
    d.log.tail = 1 << 32 | d.log.head
    d.log.commit(*new_file(d))
    d.expect(NEW)


# Records that were being written.

def sizes(d, count):
    """COUNT records; record N gives /boot/big N + 1 bytes."""
    for n in range(count):
        d.log.commit(d.inode(d.number("/boot/big"), d.raw("/boot/big", size=n + 1)))
    return d.log.records


def expect_size(d, size):
    d.expect({"/boot/big": BASE["/boot/big"][:size]})


@case
def the_last_record_has_a_wrong_checksum(d):
    sizes(d, 12)[-1].crc = 5
    expect_size(d, 11)


@case
def the_third_last_record_has_a_wrong_checksum(d):
    sizes(d, 12)[-3].crc = 5
    expect_size(d, 9)


@case
@of_version_4
def the_last_record_has_a_wrong_checksum_in_version_4(d):
    sizes(d, 12)[-1].crc = 5
    expect_size(d, 11)


@case
@of_version_4
def no_checksum_in_version_4(d):
    for record in sizes(d, 12):
        record.crc = 0
    expect_size(d, 12)


@case
def the_last_record_is_longer_than_its_size(d):
    """Linux takes it for one that was being written."""
    d.log.commit(*new_file(d))
    d.log.commit(*[d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5))] * 200)
    assert d.log.records[-1].length > d.log.size
    d.expect(NEW)


@case
def a_tail_that_was_written_over(d):
    """The last record that is whole was written when the tail was still where the torn one lies now."""
    d.begin_log(cycle=7, at=3000, size=256 << 10)
    d.log.commit(d.inode(d.number("/boot/menu"), d.raw("/boot/menu", size=5)))
    unchanged, new = [unchanged_directory(d)] * 28, new_file(d)
    while d.log.cycle == 7 or d.log.head < 2500:
        d.log.commit(*unchanged, d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5000)))
    while d.log.head < 2990:
        d.log.commit(*new)
    d.log.tail = 7 << 32 | d.log.records[4].at
    d.log.commit(*unchanged).crc = 5
    assert 3000 < d.log.head < 3600
    d.expect({**NEW, "/boot/big": BASE["/boot/big"][:5000]})


@case
def the_last_record_lacks_its_end(d):
    d.begin_log(cycle=7, at=100)
    sizes(d, 11)
    d.log.commit(*new_file(d))
    assert d.log.records[-1].length == 1024
    d.log.records[-1].dropped = (2,)
    expect_size(d, 11)


@case
def the_last_record_lacks_its_beginning(d):
    d.begin_log(cycle=7, at=100)
    sizes(d, 12)[-1].dropped = (0,)
    expect_size(d, 11)


@case
def a_record_is_missing(d):
    d.begin_log(cycle=7, at=100)
    sizes(d, 12)[-3].dropped = (0, 1, 2)
    expect_size(d, 9)


@case
def a_record_is_missing_in_the_first_cycle(d):
    sizes(d, 12)[-3].dropped = (0, 1, 2)
    expect_size(d, 9)


# Linux mounts nothing of what follows.

@refused
def no_checksum(d):
    """Linux counts such a record when it looks for the head, but does not replay it."""
    for record in sizes(d, 12):
        record.crc = 0
    d.expect({}, UNUSED)


@refused
def an_old_record_with_a_wrong_checksum(d):
    sizes(d, 14)[1].crc = 5
    d.expect({}, UNUSED)


@refused
@of_version_4
def an_old_record_with_a_wrong_checksum_in_version_4(d):
    sizes(d, 14)[1].crc = 5
    d.expect({}, UNUSED)


@refused
def a_log_of_another_machine(d):
    d.log.commit(*new_file(d)).fmt = 2
    d.expect({}, UNUSED)


@refused
def a_log_of_another_file_system(d):
    d.log.commit(*new_file(d)).uuid = bytes(range(16))
    d.expect({}, UNUSED)


@refused
def an_unknown_item(d):
    d.log.commit(*new_file(d), [struct.pack("<HH4x", 0x1290, 1)])
    d.expect({}, UNUSED)


@refused
def an_old_record_longer_than_its_size(d):
    d.log.commit(*new_file(d))
    d.log.commit(*[d.inode(d.number("/boot/big"), d.raw("/boot/big"))] * 200)
    sizes(d, 12)
    d.expect({}, UNUSED)


@refused
def an_inode_without_its_magic(d):
    core = bytearray(xfslog.host_core(d.raw("/boot/menu")))
    core[:2] = b"XX"
    d.log.commit(*new_file(d), d.inode(d.number("/boot/menu"), d.raw("/boot/menu"), core=bytes(core)))
    d.expect({}, UNUSED)


@refused
def a_transaction_without_its_magic(d):
    d.log.commit(*new_file(d))
    d.log.commit(magic=0x55555555)
    d.expect({}, UNUSED)


@refused
def a_transaction_that_starts_twice(d):
    ops = transaction(*new_file(d))
    d.log.record(ops)
    d.log.record([ops[0], ops[0]])
    d.expect({}, UNUSED)


@refused
def an_operation_with_unknown_flags(d):
    ops = transaction(*new_file(d))
    d.log.record(ops)
    d.log.record([ops[0], (1, 0x40, b"")])
    d.expect({}, UNUSED)


@refused
def an_operation_of_an_unknown_client(d):
    ops = transaction(*new_file(d))
    d.log.record(ops)
    d.log.record([(*ops[0], 0x33)])
    d.expect({}, UNUSED)


@refused
def an_operation_past_its_record(d):
    ops = transaction(*new_file(d))
    d.log.record(ops)
    d.log.record([(9, 1, b""), (9, 0, b"TRAN" * 4, xfslog.TRANSACTION, 5000)])
    d.expect({}, UNUSED)
