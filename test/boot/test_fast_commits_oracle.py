"""Linux itself replays fast commits: what it makes of a disk is what `partless` read there before."""

import random

import pytest

import fastcases
import fastcommit
import guest
import image
import jbd2
import killed
from fastcases import CASES, REFUSED
from fastcommit import BLOCK, KINDS
from killed import assert_agree

PART_MIB = 16


def parts(count, options=""):
    return [f"/dev/vda{n + 1} {options}" for n in range(count)]


@pytest.mark.trial
@pytest.mark.parametrize("kernel", guest.KERNELS)
def test_linux_makes_of_fast_commits_what_the_host_tests_say(asked, tmp_path, kernel):
    bases = {kind: fastcommit.make_base(tmp_path / kind, kind) for kind in KINDS}
    names = [*CASES, *REFUSED]
    disks = [fastcases.make_case(name, tmp_path / name, bases.get) for name in names]
    whole = killed.join(tmp_path / "whole", [disk.path for disk in disks], PART_MIB)
    found = killed.replay(tmp_path, asked(kernel), "ext4", [whole], parts(len(disks)))
    wrong = []
    for name, disk, linux in zip(names, disks, found):
        try:
            if name in REFUSED:
                assert linux is None
            else:
                assert_agree(disk.want, linux)
        except (AssertionError, AttributeError) as fault:
            wrong.append((name, fault))
    assert not wrong


def churned(tree, directory, seed, count):
    """A disk with COUNT file systems that was killed while they were changed."""
    rng = random.Random(seed)
    base = fastcommit.make_base(directory / "base")
    disk = killed.join(directory / "churned", [base] * count, PART_MIB)
    mounts = parts(count, ",commit=" + rng.choice(["5", "60", "60"]))
    running = killed.churning(directory, tree, "ext4", mounts, f"exec /churn {seed} /mnt*", killed.drives([disk]))
    killed.kill(running, f"guest: steps={rng.randrange(2, 40) * 200}\n", rng)
    return disk


def without_fast_commits(disk, n, block):
    """Reads file system N of DISK as if its area for fast commits, from BLOCK on, were empty."""
    at = ((1 + n * PART_MIB) << 20) + block * BLOCK
    kept = image.peek(disk, at, BLOCK)
    image.poke(disk, at, bytes(BLOCK))
    found = fastcommit.read(f"{disk}#{n + 1}", image.PLAIN)
    image.poke(disk, at, kept)
    return found


@pytest.mark.trial
@pytest.mark.parametrize("seed, writer, referee", [(0, "6.1", "6.1"), (1, "6.12", "6.12"), (2, "6.1", "6.12"),
                                                   (4, "6.12", "6.1")])
def test_linux_replays_what_partless_reads(asked, tmp_path, seed, writer, referee):
    count = 20
    disk = churned(asked(writer), tmp_path, seed, count)
    journal = jbd2.Journal(tmp_path / "base", fast=256)
    ours = [fastcommit.read(f"{disk}#{n + 1}", image.PLAIN) for n in range(count)]
    older = [without_fast_commits(disk, n, journal.where[journal.end + 1]) for n in range(count)]
    linux = killed.replay(tmp_path, asked(referee), "ext4", [disk], parts(count))
    for n in range(count):
        assert linux[n] is not None, n
        assert_agree(ours[n], linux[n])
    assert sum(ours[n] != older[n] for n in range(count)) > count // 2
