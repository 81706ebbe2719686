"""The log of XFS is replayed in memory, as Linux does it on the disk (test/boot asks Linux about the same cases)."""

import pytest

import image
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
