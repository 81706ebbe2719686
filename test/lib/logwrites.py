"""Disks as they are when the power goes: cut from the log that QEMU's driver blklogwrites keeps of all writes.

The log has the format of device-mapper's log-writes (Documentation/admin-guide/device-mapper/log-writes.rst in Linux).
What was written before a flush is on the disk; of what follows each sector may be, or not."""

import random
import struct
from typing import NamedTuple

import image

MAGIC, VERSION = 0x6A736677736872, 1
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8
SECTOR = 512

# Shares of the writes that were not flushed: so many are lost, and of the others so many torn.
LOSSES = [(0, 0), (1, 0), (0.5, 0), (0, 0.5), (0, 1), (0.3, 0.5), (0.5, 1)]


class Entry(NamedTuple):
    """What was done: COUNT sectors were written from SECTOR of the disk on, with what lies at byte AT of the log."""

    sector: int
    count: int
    flags: int
    at: int


def drives(disks):
    """QEMU's arguments for DISKS, pairs of a disk and a new file for the log of what is written to it."""
    words = []
    for n, (disk, log) in enumerate(disks):
        log.write_bytes(b"")
        words += ["-blockdev", f"driver=blklogwrites,node-name=d{n},file.driver=file,file.filename={disk},"
                  f"log.driver=file,log.filename={log},log-sector-size={SECTOR}",
                  "-device", f"virtio-blk-pci,drive=d{n}"]
    return words


def read(log):
    """The entries of the file LOG."""
    entries = []
    with open(log, "rb") as f:
        magic, version, count, size = struct.unpack("<QQQI", f.read(28))
        assert (magic, version, size) == (MAGIC, VERSION, SECTOR)
        at = SECTOR
        for _ in range(count):
            f.seek(at)
            sector, sectors, flags, _ = struct.unpack("<QQQQ", f.read(32))
            assert not flags & MARK  # QEMU writes none
            entries.append(Entry(sector, sectors, flags, at + SECTOR))
            at += SECTOR * (1 + (0 if flags & DISCARD else sectors))
    return entries


def flushed(entries, point):
    """How many of the first POINT entries are on the disk, as a flush came after them."""
    return max((n + 1 for n in range(point) if entries[n].flags & FLUSH), default=0)


def whole(entry):
    """A fate for cut(): all of it."""
    return 0, entry.count


def one_sector(_):
    return 1


def chance(rng, lost, torn, unit=one_sector):
    """A fate for cut(): such a share of the writes is LOST, and of the others such a share TORN, where UNIT(entry)
    sectors hold together."""
    def fate(entry):
        if rng.random() < lost:
            return 0, 0
        if entry.count <= unit(entry) or rng.random() >= torn:
            return whole(entry)
        count = rng.randrange(unit(entry), entry.count, unit(entry))
        return rng.choice([0, entry.count - count]), count
    return fate


def cut(base, log, point, fate, path):
    """Makes PATH, the disk BASE when the power goes after the first POINT entries of LOG. FATE(entry) says what of one
    that was not flushed is on the disk: from which of its sectors on, and how many."""
    image.run("cp", "--sparse=always", base, path)
    entries = read(log)
    safe = flushed(entries, point)
    with open(log, "rb") as f, open(path, "r+b") as disk:
        for n, entry in enumerate(entries[:point]):
            first, count = whole(entry) if n < safe or entry.flags & FUA else fate(entry)
            f.seek(entry.at + first * SECTOR)
            disk.seek((entry.sector + first) * SECTOR)
            disk.write(bytes(count * SECTOR) if entry.flags & DISCARD else f.read(count * SECTOR))
    return path


def torn_last(rng, entries, unit=one_sector):
    """A point, and a fate for cut(): the last write is the only one that is torn, and only its first UNIT is there."""
    point = rng.choice([n + 1 for n, entry in enumerate(entries) if entry.count > unit(entry)])
    last = entries[point - 1]
    return point, lambda entry: (0, unit(entry)) if entry == last else whole(entry), "the last one torn"


def any_losses(rng, entries, unit=one_sector):
    """A point, and a fate for cut(). Each second time it is that of eight points with the most at stake."""
    tried = [rng.randint(1, len(entries)) for _ in range(rng.choice([1, 8]))]
    lost, torn = rng.choice(LOSSES)
    point = max(tried, key=lambda n: n - flushed(entries, n))
    return point, chance(random.Random(rng.random()), lost, torn, unit), f"lost {lost}, torn {torn}"


def crash(rng, base, log, path, unit=one_sector):
    """Makes PATH, the disk BASE when the power goes at a point of LOG and with losses as chance has it; UNIT(entry)
    sectors hold together. Returns words that say how it was made."""
    entries = read(log)
    point, fate, what = rng.choice([torn_last, any_losses, any_losses])(rng, entries, unit)
    cut(base, log, point, fate, path)
    return (f"{path.name} after {point} of {len(entries)} writes and flushes: {point - flushed(entries, point)} writes "
            f"not flushed, {what}")
