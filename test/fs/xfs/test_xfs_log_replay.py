"""The log of XFS is replayed in memory, as Linux does it on the disk (test/boot asks Linux about the same cases)."""

import struct

import pytest

import image
import xfs
import xfslog
import xfslogdisk
from xfslogcases import CASES
from xfslogdisk import BASE
from xfsloglies import LIES
from xfslogshapes import REFUSED, SHAPES

EVERY = {**CASES, **SHAPES, **REFUSED}


@pytest.fixture(scope="module")
def bases(tmp_path_factory):
    return xfslogdisk.make_bases(tmp_path_factory.mktemp("log"))


def said(path, program=image.ASAN):
    return image.partless("ls", path, "/", program=program, ok=(0, 2)).stderr.decode()


@pytest.mark.parametrize("name", EVERY)
def test_the_log_is_replayed(bases, img, name):
    disk = xfslogdisk.make_case(EVERY[name], img, bases)
    text = said(img)
    assert disk.says in text if disk.says else text == ""
    assert xfslogdisk.read(img, image.PLAIN) == disk.want


@pytest.mark.parametrize("name", LIES)
def test_what_no_kernel_writes(bases, img, name):
    disk = xfslogdisk.make_case(LIES[name], img, bases)
    assert disk.says in said(img)
    assert xfslogdisk.read(img) == disk.want


UNFINISHED = {
    "moves": lambda d: xfslog.moves(77, d.number("/boot/big")),
    "exchanges": lambda d: xfslog.exchanges(77, d.number("/boot/other"), d.number("/boot/big")),
    "exchanges-the-other-way": lambda d: xfslog.exchanges(77, d.number("/boot/big"), d.number("/boot/other")),
}


@pytest.mark.parametrize("name", UNFINISHED)
@pytest.mark.parametrize("done", [False, True])
def test_what_linux_has_to_end_is_not_read(bases, img, name, done):
    """The blocks of a file lie half in another one."""
    disk = xfslogdisk.Disk(bases[5], img)
    steps = UNFINISHED[name](disk)
    disk.log.commit(*steps[:1 + done], *xfslogdisk.new_file(disk))
    disk.log.write()
    assert image.partless("cat", img, "/boot/new", program=image.ASAN).stdout == b"new\n"
    assert image.partless("cat", img, "/boot/menu", program=image.ASAN).stdout == BASE["/boot/menu"]
    if done:
        assert image.partless("cat", img, "/boot/big", program=image.ASAN).stdout == BASE["/boot/big"]
    else:
        assert "Linux ends that when it mounts" in image.says("cat", img, "/boot/big", code=2)


# The file that has the block, the file whose bytes are used for it, its size, where its CRC and its LSN are, its kind.
BLOCKS = {"directory": ("/dir", "/dir", xfslogdisk.DIR_SIZE, 4, 16, xfslog.DIR_BLOCK),
          "tree": ("/pieces", "/leaf", xfslogdisk.BLOCK, 64, 32, xfslog.TREE)}


@pytest.mark.parametrize("newer", [False, True], ids=["older", "newer"])
@pytest.mark.parametrize("torn", [False, True], ids=["whole", "torn"])
@pytest.mark.parametrize("kind", BLOCKS)
def test_a_block_that_was_written_in_part_is_damaged(bases, img, kind, torn, newer):
    """Its first sector has the number of a change, and the others do not have that change: Linux, which looks at the
    number, takes the change for made, finds the wrong checksum and does not mount the disk."""
    path, where, size, crc_at, lsn_at, buffer_kind = BLOCKS[kind]
    disk = xfslogdisk.Disk(bases[5], img)
    begin = xfs.byte_of(bases[5], xfs.blocks(bases[5], where)[0])
    disk.log.commit(xfslog.buffer(begin, image.peek(img, begin, size), buffer_kind))
    record = disk.log.records[0]
    lsn = record.cycle << 32 | record.at
    image.poke(img, begin + lsn_at, struct.pack(">Q", lsn if newer else lsn - 1))
    xfs.seal(img, begin, size, crc_at)
    if torn:
        image.poke(img, begin + size - 512, b"torn")
    disk.log.write()
    command = "ls" if kind == "directory" else "cat"
    said = image.partless(command, img, path, program=image.ASAN, ok=(0, 2)).stderr.decode()
    assert ("is damaged" in said) == ("it was written only in part" in said) == (torn and newer), said
