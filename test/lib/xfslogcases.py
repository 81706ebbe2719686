"""What a log of XFS may say, and what Linux makes of each: the state that counts.

CASES has them by name. A host test compares the reading with what is said here; a boot test asks the kernel. NEWER has
what only the kernel is asked: it does not replay what is newer on the disk. No disk of an honest machine differs for
that, as what is newer is in the log, too."""

import struct

import image
import xfs
from fastcommit import GONE
from xfslog import (BROOT, CORE, DIR_BLOCK, EXTENTS, LINK, LOCAL, SUPER, TREE, buffer, cancel, icreate, moves,
                    root_of_tree, transaction)
from xfslogdisk import (BASE, BLOCK, CLUSTER, DIR_SIZE, ISIZE, NEW, WRONG, changed, directory_block, letters,
                        link_block, named, new_file, of_version_4, wrong_entry)

CASES, NEWER = {}, {}
case, newer = named(CASES), named(NEWER)


# What a transaction changes.

@case
def nothing_but_mkfs_s_log(d):
    d.expect({})


@case
def a_new_name_in_a_short_directory(d):
    d.log.commit(*new_file(d))
    d.expect(NEW)


@case
def a_name_is_gone(d):
    d.log.commit(d.short("/boot", {"menu": 0}))
    d.expect({"/boot/menu": GONE})


@case
def an_inode_with_another_size(d):
    d.log.commit(d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5000)))
    d.expect({"/boot/big": BASE["/boot/big"][:5000]})


@case
def an_inode_with_other_extents(d):
    number, at = d.number("/boot/big"), d.blocks(letters("XYZ"))
    extents = xfs.extent(0, at, 1) + xfs.extent(1, at + 2, 1) + xfs.extent(5, at + 1, 1, unwritten=True)
    d.log.commit(d.inode(number, d.raw("/boot/big", size=6 * BLOCK, extents=3, used=3), extents, CORE | EXTENTS))
    d.expect({"/boot/big": letters("XZ") + bytes(4 * BLOCK)})


@case
@of_version_4
def an_inode_of_version_2_with_another_size(d):
    d.log.commit(d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5000)))
    d.expect({"/boot/big": BASE["/boot/big"][:5000]})


@case
def a_short_symlink_gets_longer(d):
    target = b"boot/../boot/./other"
    d.log.commit(d.inode(d.number("/link"), d.raw("/link", size=len(target)), target, CORE | LOCAL))
    d.expect({"/link": ("link", target.decode())})


@case
def a_symlink_whose_length_is_no_multiple_of_4(d):
    target = b"boot/other"
    d.log.commit(d.inode(d.number("/link"), d.raw("/link", size=len(target)), target, CORE | LOCAL))
    d.expect({"/link": ("link", target.decode())})


@case
def a_symlink_gets_a_block(d):
    number, at, target = d.number("/link"), d.blocks(b"\xee" * BLOCK), b"t" * 600
    begin = xfs.byte_of(d.base, at)
    raw = d.raw("/link", size=600, format=2, extents=1, used=1)
    d.log.commit(buffer(begin, link_block(d.uuid, number, begin, target), LINK),
                 d.inode(number, raw, xfs.extent(0, at, 1), CORE | EXTENTS))
    d.expect({"/link": ("link", target.decode())})


def leaf(d, records):
    """A new leaf of the tree of /pieces: its block, and its item."""
    at, number = d.blocks(b"\xee" * BLOCK), d.number("/pieces")
    begin = xfs.byte_of(d.base, at)
    head = struct.pack(">4sHHQQQQ16sQII", b"BMA3", 0, len(records), 2**64 - 1, 2**64 - 1, begin // 512, 0, d.uuid,
                       number, 0, 0)
    return at, buffer(begin, (head + b"".join(records)).ljust(BLOCK, b"\0"), TREE)


def put_sibling(item, at, sibling):
    """Has the leaf of ITEM name another one, to its left (8) or right (16)."""
    item[1] = item[1][:at] + struct.pack(">Q", sibling) + item[1][at + 8:]


def pieces(d, forkoff=0, room=None):
    """The log gives /pieces two leaves, with the last blocks first."""
    first = xfs.blocks(d.base, "/pieces")[0]
    records = [xfs.extent(n, first + 51 - n, 1) for n in range(52)]
    (one, left), (two, right) = leaf(d, records[:20]), leaf(d, records[20:])
    put_sibling(left, 16, two)
    put_sibling(right, 8, one)
    raw = d.raw("/pieces", used=54, forkoff=forkoff)
    root = root_of_tree(1, [(0, one), (20, two)], room=room)
    d.log.commit(left, right, d.inode(d.number("/pieces"), raw, root, CORE | BROOT))
    d.expect({"/pieces": letters(("ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 2)[::-1])})


@case
def a_tree_of_extents_with_another_root(d):
    pieces(d)


@case
def a_tree_of_extents_beside_attributes(d):
    pieces(d, forkoff=24)


@case
def a_leaf_of_extents(d):
    first = xfs.blocks(d.base, "/pieces")[0]
    begin = xfs.byte_of(d.base, xfs.blocks(d.base, "/leaf")[0])
    block = bytearray(image.peek(d.path, begin, BLOCK))
    block[72 + 16 * 3:72 + 16 * 4] = xfs.extent(3, first + 51, 1)
    block[8:24] = b"\xff" * 16
    d.log.commit(buffer(begin, bytes(block), TREE, [0, 1]))
    want = bytearray(BASE["/pieces"])
    want[3 * BLOCK:4 * BLOCK] = letters("Z")
    d.expect({"/pieces": bytes(want)})


@case
def a_directory_gets_a_block(d):
    number, new = d.number("/boot"), d.new_inode()
    at = d.blocks(b"\xee" * DIR_SIZE)
    begin = xfs.byte_of(d.base, at)
    block = directory_block(d.uuid, number, begin, d.number("/"), d.entries("/boot", {"new": new}))
    raw = d.raw("/boot", size=DIR_SIZE, format=2, extents=1, used=DIR_SIZE // BLOCK)
    d.log.commit(d.file(new, b"new\n"), buffer(begin, block, DIR_BLOCK),
                 d.inode(number, raw, xfs.extent(0, at, DIR_SIZE // BLOCK), CORE | EXTENTS))
    d.expect(NEW)


@case
def a_chunk_of_a_directory(d):
    begin, block, at = wrong_entry(d)
    d.log.commit(buffer(begin, block, DIR_BLOCK, range(at // 128, (at + 7) // 128 + 1)))
    d.expect(WRONG)


@case
def chunks_far_from_each_other(d):
    begin, block, at = wrong_entry(d)
    d.log.commit(buffer(begin, block, DIR_BLOCK, sorted({0, *range(at // 128, (at + 7) // 128 + 1), 20, 30, 31})))
    d.expect(WRONG)


@case
def chunks_in_two_regions(d):
    begin, block, _ = wrong_entry(d)
    d.log.commit(buffer(begin, block, DIR_BLOCK, cut=128))
    d.expect(WRONG)


@case
def a_region_that_is_longer_than_its_run(d):
    begin, block, _ = wrong_entry(d)
    item = buffer(begin, block, DIR_BLOCK)
    item[1] += bytes(256)
    d.log.commit(item)
    d.expect(WRONG)


@case
def new_inodes(d):
    """Where the log makes inodes, the disk has anything."""
    at = d.blocks(b"\xee" * 32 * BLOCK, align=32)
    number = at * 2 + 5
    raw = changed(d.raw("/boot/menu"), number=number)
    d.log.commit(icreate(0, at, 64, ISIZE, 32), d.file(number, b"new\n", raw), d.short("/boot", {"new": number}))
    d.expect(NEW)


@case
def new_inodes_in_cancelled_buffers(d):
    """There may be a file's data by now."""
    data = letters("abcdefghijklmnopqrstuvwxyzABCDEF")
    at = d.blocks(data, align=32)
    begin, number = xfs.byte_of(d.base, at), d.new_inode()
    raw = d.raw("/boot/menu", number=number, size=len(data), used=32)
    d.log.commit(icreate(0, at, 64, ISIZE, 32))
    d.log.commit(cancel(begin, CLUSTER), cancel(begin + CLUSTER, CLUSTER))
    d.log.commit(d.inode(number, raw, xfs.extent(0, at, 32), CORE | EXTENTS), d.short("/boot", {"new": number}))
    d.expect({"/boot/new": data})


@case
def new_inodes_where_inodes_were(d):
    """An old inode there is newer than the log by its own account."""
    at = d.blocks(b"".join(d.raw("/boot/big", number=0, lsn=1 << 40) for n in range(64)), align=32)
    number = at * 2 + 5
    raw = changed(d.raw("/boot/menu"), number=number)
    d.log.commit(icreate(0, at, 64, ISIZE, 32), d.file(number, b"new\n", raw), d.short("/boot", {"new": number}))
    d.expect(NEW)


@case
def a_larger_file_system(d):
    groups, size = 2, 44 << 20
    with open(d.path, "r+b") as f:
        f.truncate(size)
    block = bytearray(image.peek(d.path, 0, 512))
    struct.pack_into(">Q", block, 8, size // BLOCK)
    end = (groups - 1) << block[124] | (size - (24 << 20)) // BLOCK - 1
    image.poke(d.path, size - BLOCK, letters("E"))
    number = d.new_inode()
    raw = d.raw("/boot/menu", number=number, size=BLOCK, extents=1, used=1)
    d.log.commit(buffer(0, bytes(block), SUPER))
    d.log.commit(d.inode(number, raw, xfs.extent(0, end, 1), CORE | EXTENTS), d.short("/boot", {"new": number}))
    d.expect({"/boot/new": letters("E")})


# One after the other.

@case
def an_inode_that_is_as_new_on_the_disk(d):
    xfs.put_inode(d.path, "/boot/big", 112, "Q", 1 << 32 | 2)
    d.log.commit(d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5000)))
    d.expect({"/boot/big": BASE["/boot/big"][:5000]})


@case
def the_later_transaction_wins(d):
    number = d.number("/boot/big")
    for size in (100, 7000, 5000):
        d.log.commit(d.inode(number, d.raw("/boot/big", size=size)))
    d.expect({"/boot/big": BASE["/boot/big"][:5000]})


# Cancels.

@case
def a_cancelled_buffer(d):
    begin, block, _ = wrong_entry(d)
    d.log.commit(buffer(begin, block, DIR_BLOCK))
    d.log.commit(cancel(begin, DIR_SIZE), *new_file(d))
    d.expect(NEW)


@case
def a_buffer_that_is_used_again(d):
    begin, block, _ = wrong_entry(d)
    old = image.peek(d.path, begin, DIR_SIZE)
    d.log.commit(buffer(begin, old.replace(b"name-007", b"name-xxx"), DIR_BLOCK))
    d.log.commit(cancel(begin, DIR_SIZE))
    d.log.commit(buffer(begin, block, DIR_BLOCK))
    d.expect(WRONG)


@case
def a_buffer_that_is_cancelled_twice(d):
    begin, block, _ = wrong_entry(d)
    d.log.commit(buffer(begin, block, DIR_BLOCK))
    d.log.commit(cancel(begin, DIR_SIZE))
    d.log.commit(buffer(begin, block, DIR_BLOCK))
    d.log.commit(cancel(begin, DIR_SIZE))
    d.expect({})


@case
def a_cancel_of_another_length(d):
    begin, block, _ = wrong_entry(d)
    d.log.commit(buffer(begin, block, DIR_BLOCK))
    d.log.commit(cancel(begin, BLOCK))
    d.expect(WRONG)


@case
def a_cancel_without_its_commit(d):
    begin, block, _ = wrong_entry(d)
    d.log.commit(buffer(begin, block, DIR_BLOCK))
    d.log.commit(cancel(begin, DIR_SIZE), commit=False)
    d.expect(WRONG)


@case
def a_cancel_before_the_buffer_of_its_transaction(d):
    """Linux takes the cancels of a transaction last."""
    begin, block, _ = wrong_entry(d)
    d.log.commit(cancel(begin, DIR_SIZE), buffer(begin, block, DIR_BLOCK))
    d.expect({})


@case
def an_inode_in_a_cancelled_buffer(d):
    number = d.number("/boot/big")
    cluster = d.place(number) // CLUSTER * CLUSTER
    d.log.commit(d.inode(number, d.raw("/boot/big", size=5000)))
    d.log.commit(cancel(cluster, CLUSTER))
    d.log.commit(d.inode(d.number("/boot/menu"), d.raw("/boot/menu", size=5)))
    d.expect({"/boot/menu": BASE["/boot/menu"][:5]})


# What is not about names and contents.

@case
def intents(d):
    """Space is freed."""
    begun = [struct.pack("<HHIQQI4x", 0x1236, 1, 1, 5, 20000, 1)]
    done = [struct.pack("<HHIQQI4x", 0x1237, 1, 1, 5, 20000, 1)]
    d.log.commit(begun, done, *new_file(d))
    d.expect(NEW)


@case
def moves_that_are_done(d):
    """There are more of them than are ever open at once."""
    for n in range(40):
        begun, done = moves(n + 1, d.number("/boot/big"))
        d.log.commit(begun)
        d.log.commit(done)
    d.log.commit(*new_file(d))
    d.expect(NEW)


@case
def unlinked_inodes(d):
    """Linux takes nothing but the lists of what has no name from such a buffer."""
    number = d.number("/boot/big")
    cluster = d.place(number) // CLUSTER * CLUSTER
    data = bytearray(image.peek(d.path, cluster, CLUSTER))
    at = d.place(number) - cluster
    data[at + 56:at + 64] = struct.pack(">Q", 77)
    d.log.commit(buffer(cluster, bytes(data), 1 | 8 << 11, range(at // 128, at // 128 + 4)), *new_file(d))
    d.expect(NEW)


# What is newer on the disk.

@newer
def an_inode_that_is_newer_on_the_disk(d):
    number = d.number("/boot/big")
    xfs.put_inode(d.path, "/boot/big", 112, "Q", 1 << 32 | 4)
    d.log.commit(d.inode(number, d.raw("/boot/big", size=5000)))
    d.log.commit(*new_file(d))
    d.expect(NEW)


@newer
@of_version_4
def an_inode_of_version_2_that_is_newer_on_the_disk(d):
    xfs.put_inode(d.path, "/boot/big", 30, "H", 9)
    d.log.commit(d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5000, flushes=8)))
    d.expect({})


@newer
def a_directory_that_is_newer_on_the_disk(d):
    begin, block, _ = wrong_entry(d)
    image.poke(d.path, begin + 16, struct.pack(">Q", 1 << 32 | 2))
    xfs.seal(d.path, begin, DIR_SIZE, 4)
    d.log.commit(buffer(begin, block, DIR_BLOCK))
    d.log.commit(*new_file(d))
    d.expect(NEW)


@newer
def the_transaction_is_as_new_as_its_first_record(d):
    xfs.put_inode(d.path, "/boot/big", 112, "Q", 1 << 32 | 3)
    ops = transaction(d.inode(d.number("/boot/big"), d.raw("/boot/big", size=5000)), tid=9)
    d.log.record(ops[:3])
    d.log.record(ops[3:])
    d.expect({})
