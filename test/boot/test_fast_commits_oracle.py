"""Linux itself replays fast commits: what it makes of a disk is what `partless` read there before."""

import os
import random
import signal
import time

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

CHURN = b"""
n=1
while [ -e /dev/vda$n ]; do
    mkdir /mnt$n
    mount -t ext4 -o rw,commit=COMMIT /dev/vda$n /mnt$n
    n=$((n + 1))
done
exec /churn SEED /mnt*
"""


@pytest.fixture(scope="module")
def tree(root, build):
    return guest.base_tree(root, build)


def replay(directory, tree, disk, count):
    return killed.replay(directory, tree, "ext4", [disk], [f"/dev/vda{n + 1}" for n in range(count)])


@pytest.mark.trial
def test_linux_makes_of_fast_commits_what_the_host_tests_say(tree, tmp_path):
    bases = {kind: fastcommit.make_base(tmp_path / kind, kind) for kind in KINDS}
    names = [*CASES, *REFUSED]
    disks = [fastcases.make_case(name, tmp_path / name, bases.get) for name in names]
    whole = killed.join(tmp_path / "whole", [disk.path for disk in disks], PART_MIB)
    found = replay(tmp_path, tree, whole, len(disks))
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
    program = directory / "churn"
    image.run("cc", "-static", "-O1", "-Wall", "-o", program, image.ROOT / "test/boot/churn.c")
    base = fastcommit.make_base(directory / "base")
    disk = killed.join(directory / "churned", [base] * count, PART_MIB)
    init = CHURN.replace(b"SEED", str(seed).encode()).replace(b"COMMIT", rng.choice([b"5", b"60", b"60"]))
    running = killed.machine(directory, tree, init, [disk], [guest.newc("churn", program.read_bytes(), 0o100755)])
    try:
        running.expect(f"guest: steps={rng.randrange(2, 40) * 200}\n")
        time.sleep(rng.random() * 2)
        os.kill(running.serial.pid, signal.SIGKILL)
    finally:
        print(running.stop()[-2000:])
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
@pytest.mark.parametrize("seed", range(3))
def test_linux_replays_what_partless_reads(tree, tmp_path, seed):
    count = 20
    disk = churned(tree, tmp_path, seed, count)
    journal = jbd2.Journal(tmp_path / "base", fast=256)
    ours = [fastcommit.read(f"{disk}#{n + 1}", image.PLAIN) for n in range(count)]
    older = [without_fast_commits(disk, n, journal.where[journal.end + 1]) for n in range(count)]
    linux = replay(tmp_path, tree, disk, count)
    for n in range(count):
        assert linux[n] is not None, n
        assert_agree(ours[n], linux[n])
    assert sum(ours[n] != older[n] for n in range(count)) > count // 2
