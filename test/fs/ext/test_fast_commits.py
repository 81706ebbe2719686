"""Fast commits are replayed in memory, as Linux does it on the disk (test/boot asks Linux about the same cases)."""

import time

import pytest

import fastcases
import fastcommit
import image
from fastcases import CASES, REFUSED, UNUSED
from fastcommit import BASE, BLOCK, ROOT, add, letters, link, raw_inode, write_inode


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    made = {}

    def get(kind):
        if kind not in made:
            made[kind] = fastcommit.make_base(tmp_path_factory.mktemp("fast") / kind, kind)
        return made[kind]

    return get


def said(path, program=image.ASAN):
    return image.partless("ls", path, "/", program=program, ok=(0, 2)).stderr.decode()


@pytest.mark.parametrize("name", [*CASES, *REFUSED])
def test_fast_commits_are_replayed(base, img, name):
    disk = fastcases.make_case(name, img, base)
    text = said(img)
    assert disk.says in text if disk.says else text == ""
    assert fastcommit.read(img, image.PLAIN) == disk.want


# What no kernel writes.

def hostile(base, img, *records):
    disk = fastcommit.Disk(base("plain"), img)
    disk.commit(*disk.new_file(ROOT, "new", b"new\n"), *records)
    disk.journal.write()
    return disk


def assert_unused(disk, why):
    text = said(disk.path)
    assert UNUSED in text and why in text
    assert fastcommit.read(disk.path) == BASE


@pytest.mark.parametrize("name", ["a/b", "/", "a\0b", "\0"])
def test_a_name_that_no_file_can_have(base, img, name):
    disk = hostile(base, img, link(ROOT, 600, name))
    assert_unused(disk, "has a name that holds '/' or a zero byte")


@pytest.mark.parametrize("block, count", [(0, 1), (1, 1), (16384, 1), (16383, 2), ((1 << 48) - 1, 1)])
def test_blocks_outside_the_file_system(base, img, block, count):
    menu = image.inode_number(base("plain"), "/boot/menu")
    assert_unused(hostile(base, img, add(menu, 0, block, count)), "gives a file blocks that are not there")


def test_a_name_in_a_file(base, img):
    menu = image.inode_number(base("plain"), "/boot/menu")
    assert_unused(hostile(base, img, link(menu, menu, "new")), "puts a name into a file")


LENGTHS = {  # of records: what a reader that believes them reads too much of
    "add": (1, bytes(15)), "remove": (2, bytes(13)), "name": (4, bytes(8)), "long-name": (5, b"n" * (8 + 256)),
    "inode": (6, bytes(4 + 127)), "large-inode": (6, bytes(4 + 257)), "head": (9, bytes(9)), "tail": (8, bytes(7)),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_a_record_of_the_wrong_length(base, img, name):
    disk = hostile(base, img, LENGTHS[name])
    assert fastcases.DAMAGED in said(img)
    assert fastcommit.read(disk.path) == BASE


def test_a_record_that_crosses_its_block(base, img):
    disk = hostile(base, img)
    disk.journal.of("fast", disk.journal.tid).data[12 + 2:12 + 4] = b"\xff\xff"
    disk.journal.write()
    assert fastcases.DAMAGED in said(img)


def test_inodes_that_lie(base, img):
    for options in ({"extra": 128}, {"flags": 0x10080000}, {"mode": 0}, {"size": 1 << 63}):
        raw = raw_inode(**options)
        if "extra" in options:
            raw[128:130] = b"\xfe\xff"
        assert_unused(hostile(base, img, write_inode(600, raw)), "makes an inode that cannot be")


def test_very_many_ranges_end_in_time(base, img):
    """One file in 12,000 pieces, all of which lie over its first block, so that none ends the search for the rest."""
    disk = fastcommit.Disk(base("plain"), img)
    number, at = disk.number("/boot/big"), disk.blocks(letters("Z"))
    disk.commit(*(add(number, 30 + n % 8, at, 1) for n in range(12000)), add(number, 2, at, 1))
    assert disk.journal.fast_used > 230
    disk.journal.write()
    begun = time.monotonic()
    found = image.partless("cat", img, "/boot/big", program=image.PLAIN).stdout
    assert found == letters("abZdefghijklmnopqrstuvwxyz")
    assert time.monotonic() - begun < 10
    assert len(found) == 26 * BLOCK
