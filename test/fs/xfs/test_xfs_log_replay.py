"""The log of XFS is replayed in memory, as Linux does it on the disk (test/boot asks Linux about the same cases)."""

import pytest

import image
import xfslogdisk
from xfslogcases import CASES
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
