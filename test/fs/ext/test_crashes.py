"""Disks whose machine lost writes, or tore them, are read as Linux 6.12 replayed their journals. They are kept from a run
of test/boot/test_torn_writes.py."""

import pathlib

import pytest

import kept

KEPT = pathlib.Path(__file__).with_name("crashes")


@pytest.mark.parametrize("name", kept.names(KEPT))
def test_a_kept_disk_is_read_as_linux_replayed_its_journal(img, name):
    kept.assert_read(KEPT, name, img)


def test_eight_disks_are_kept():
    assert len(kept.names(KEPT)) == 8
