"""Linux mounts disks whose machine lost its power while writes were not flushed, and what it makes of them is what
`partless` read there before. Some of those writes are on the disk, some are lost, and some are torn."""

import random
import re
import shutil

import pytest

import fastcommit
import guest
import image
import kept
import killed
import logwrites
import xfs
from killed import assert_agree

SMALL = ["-t", "ext4", "-b", "1024", "-N", "512", "-J", "size=1"]
ROWS = {  # options of mke2fs or mkfs.xfs, and of mount
    "ext4": {
        "fast": ([*SMALL, "-O", "fast_commit", "-J", "size=2,fast_commit_size=256"], ""),
        "fast-4k": (["-t", "ext4", "-N", "512", "-O", "fast_commit", "-J", "size=5,fast_commit_size=1024"], ""),
        "ordered": (SMALL, ",commit=1"),
        "data-journal": (SMALL, ",data=journal"),
        "asynchronous": (SMALL, ",data=writeback,journal_async_commit"),
        "checksum-1": ([*SMALL, "-O", "^metadata_csum"], ",journal_checksum"),
    },
    "xfs": {
        "default": ([], ""),
        "block-1k": (["-b", "size=1024"], ""),
        "stripe-32k": (["-l", "su=32k"], ""),
        "rmapbt": (["-m", "rmapbt=1"], ""),
        "v4": (["-m", "crc=0"], ""),
    },
}
MIB = {"ext4": 16, "xfs": 32}
STEPS = {"ext4": 10000, "xfs": 7000}
CRASHES = 8  # of each row
MACHINES = [("ext4", "6.1", 0), ("ext4", "6.12", 0), ("xfs", "6.1", 2), ("xfs", "6.12", 2)]  # and a seed

# What is said of a disk that Linux does not mount before e2fsck has repaired it.
DAMAGED = re.compile(r"(transaction \d+ of|a fast commit in) the journal is damaged \((wrong checksum|a record has no "
                     r"sense)\): it and what follows is not used")


class Disks:
    """The disks of ROWS[kind] while a machine, its kernel WRITER, changes them at random from SEED on."""

    def __init__(self, directory, kind, writer, seed):
        self.directory, self.kind, self.rows, self.rng = directory, kind, ROWS[kind], random.Random(seed)
        pairs = [(shutil.copy(self.base(row), directory / f"{row}.disk"), self.log(row)) for row in self.rows]
        mounts = [f"/dev/vd{chr(ord('a') + n)} {options}" for n, (_, options) in enumerate(self.rows.values())]
        churn = f"exec /churn {'-w' if kind == 'xfs' else ''} {seed} /mnt*\n"
        running = killed.churning(directory, writer, kind, mounts, churn, logwrites.drives(pairs))
        try:
            running.expect(f"guest: steps={STEPS[kind]}\n")
            running.order(("quit", {}))
            running.ends()
        finally:
            print(running.stop()[-2000:])

    def base(self, row):
        """The disk before it was mounted, which is made if it is not there."""
        path, options = self.directory / f"{row}.base", self.rows[row][0]
        if path.exists():
            return path
        if self.kind == "xfs":
            return xfs.mkfs(path, *options, size=f"{MIB['xfs']}m")
        return image.mke2fs(path, f"{MIB['ext4']}M", *options)

    def log(self, row):
        return self.directory / f"{row}.log"

    def assert_logged(self):
        """The logs tell all that was written."""
        for row in self.rows:
            copy = logwrites.cut(self.base(row), self.log(row), len(logwrites.read(self.log(row))), logwrites.whole,
                                 self.directory / "copy")
            assert copy.read_bytes() == (self.directory / f"{row}.disk").read_bytes(), row

    def unit(self, row):
        """How many sectors of a write hold together. A torn block, but for those of its log, XFS does not mend: it has
        the number of a change that it does not hold, so that Linux does not make the change again."""
        if self.kind == "ext4":
            return logwrites.one_sector
        base = self.base(row)
        begin = xfs.byte_of(base, xfs.super_field(base, 48, "Q")) // logwrites.SECTOR
        end = begin + xfs.super_field(base, 96, "I") * xfs.super_field(base, 4, "I") // logwrites.SECTOR
        return lambda entry: 1 if begin <= entry.sector < end else 8

    def crashes(self, count):
        """COUNT disks of each row, and for each of them what tells how it was made."""
        made = {}
        for row in self.rows:
            unit = self.unit(row)
            for n in range(count):
                path = self.directory / f"{row}-{n}"
                made[path] = logwrites.crash(self.rng, self.base(row), self.log(row), path, unit)
        return made

    def replayed(self, tree, paths):
        """What Linux, that of TREE, makes of copies."""
        disk = killed.join(self.directory / "joined", paths, MIB[self.kind])
        mounts = [f"/dev/vda{n + 1}" for n in range(len(paths))]
        return killed.replay(self.directory, tree, self.kind, [disk], mounts, slot=MIB[self.kind])


def said(path):
    return image.partless("ls", path, "/").stderr.decode()


def assert_as_linux(path, linux):
    """LINUX has for each of guest.KERNELS what it made of the disk PATH, None if it does not mount it. A commit block
    of which the first sector alone was written counts for 6.12, and for partless; 6.1 then mounts nothing."""
    if linux["6.12"] is None:
        assert linux["6.1"] is None and DAMAGED.search(said(path))
        return
    ours = fastcommit.read(path, image.PLAIN)
    for tree in linux.values():
        if tree is not None:
            assert_agree(ours, tree)
    assert said(path) == ""


def keep(path, found, name):
    """Keeps the disk PATH as NAME, with what Linux 6.12 FOUND there, for the test of test/fs/ext/."""
    kept.keep(image.ROOT / "test/fs/ext/crashes", name, path, *killed.manifest(found))


@pytest.mark.trial
@pytest.mark.parametrize("kind, writer, seed", MACHINES)
def test_linux_makes_of_lost_and_torn_writes_what_partless_reads(asked, tmp_path, kind, writer, seed):
    disks = Disks(tmp_path, kind, asked(writer), seed)
    disks.assert_logged()
    made = disks.crashes(CRASHES)
    linux = {kernel: disks.replayed(asked(kernel), list(made)) for kernel in guest.KERNELS}
    wrong, mounted = [], 0
    for n, path in enumerate(made):
        found = {kernel: trees[n] for kernel, trees in linux.items()}
        mounted += all(tree is not None for tree in found.values())
        try:
            assert_as_linux(path, found)
        except AssertionError as fault:
            wrong.append((made[path], fault))
    assert not wrong
    assert mounted > len(made) // 2
