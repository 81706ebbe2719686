"""The disks that are cut from a log of writes: what was flushed is there, and of the rest what is to be."""

import random
import struct

import pytest

import image
import logwrites
from logwrites import DISCARD, FLUSH, FUA, SECTOR, Entry

# Sector, letters of the sectors that are written there, and flags.
WRITES = [(0, "aaaa", 0), (4, "bbbb", 0), (0, "", FLUSH), (2, "cccc", 0), (8, "dd", FUA), (0, "e", 0),
          (6, "..", DISCARD), (0, "", FLUSH), (9, "f", 0)]


@pytest.fixture
def log(tmp_path):
    out = struct.pack("<QQQI", logwrites.MAGIC, 1, len(WRITES), SECTOR).ljust(SECTOR, b"\0")
    for sector, letters, flags in WRITES:
        out += struct.pack("<QQQQ", sector, len(letters), flags, 0).ljust(SECTOR, b"\0")
        out += b"" if flags & DISCARD else b"".join(letter.encode() * SECTOR for letter in letters)
    (tmp_path / "log").write_bytes(out)
    return tmp_path / "log"


@pytest.fixture
def base(tmp_path):
    (tmp_path / "base").write_bytes(b"-" * 12 * SECTOR)
    return tmp_path / "base"


def shown(disk):
    """A letter for each sector; each holds but one."""
    data = disk.read_bytes()
    sectors = [data[at:at + SECTOR] for at in range(0, len(data), SECTOR)]
    assert all(sector == sector[:1] * SECTOR for sector in sectors)
    return "".join(chr(sector[0] or ord(".")) for sector in sectors)


def lost(_):
    return 0, 0


@pytest.mark.parametrize("point, fate, want", [
    (0, logwrites.whole, "------------"),
    (2, logwrites.whole, "aaaabbbb----"),
    (2, lost, "------------"),
    (2, lambda entry: (0, 1), "a---b-------"),
    (2, lambda entry: (2, 2), "--aa--bb----"),
    (3, lost, "aaaabbbb----"),
    (4, lambda entry: (0, 3), "aacccbbb----"),
    (6, lost, "aaaabbbbdd--"),
    (6, logwrites.whole, "eaccccbbdd--"),
    (7, lambda entry: (1, 1) if entry.flags & DISCARD else (0, 0), "aaaabbb.dd--"),
    (8, lost, "eacccc..dd--"),
    (9, logwrites.whole, "eacccc..df--")])
def test_what_was_flushed_is_there_and_the_rest_as_fate_has_it(base, log, tmp_path, point, fate, want):
    assert shown(logwrites.cut(base, log, point, fate, tmp_path / "disk")) == want
    assert shown(base) == "-" * 12


def test_chance_keeps_loses_and_tears():
    fate = logwrites.chance(random.Random(1), 0.3, 0.5)
    ends = {(first, count) for count in (1, 2, 3) for first in (0, 4 - count)}
    assert {fate(Entry(8, 4, 0, 512)) for _ in range(300)} == {(0, 0), (0, 4)} | ends
    assert {fate(Entry(8, 1, 0, 512)) for _ in range(300)} == {(0, 0), (0, 1)}


def test_sectors_that_hold_together_are_not_torn():
    fate = logwrites.chance(random.Random(1), 0, 1, lambda entry: 4)
    assert {fate(Entry(8, 8, 0, 512)) for _ in range(100)} == {(0, 4), (4, 4)}
    assert fate(Entry(8, 4, 0, 512)) == (0, 4)


def test_the_last_write_is_torn(base, log, tmp_path):
    point, fate, _ = logwrites.torn_last(random.Random(2), logwrites.read(log))
    assert point in (1, 2, 4, 5, 7)
    torn = {1: "a-----------", 2: "aaaab-------", 4: "aacabbbb----", 5: "aaccccbbdd--", 7: "eaccccb.dd--"}
    assert shown(logwrites.cut(base, log, point, fate, tmp_path / "disk")) == torn[point]


def test_crashes_are_of_many_kinds(base, log, tmp_path):
    rng, disks = random.Random(1), set()
    for _ in range(100):
        assert "of 9 writes and flushes" in logwrites.crash(rng, base, log, tmp_path / "disk")
        disks.add(shown(tmp_path / "disk"))
    assert len(disks) > 20 and {"aaaabbbb----", "eacccc..dd--"} <= disks


def test_the_log_of_a_drive_is_new(tmp_path):
    disk, log = tmp_path / "disk", tmp_path / "log"
    log.write_bytes(b"of an earlier machine")
    words = logwrites.drives([(disk, log)])
    assert f"file.filename={disk},log.driver=file,log.filename={log}," in words[1]
    assert words[3] == "virtio-blk-pci,drive=d0"
    assert image.peek(log, 0, 1) == b""
