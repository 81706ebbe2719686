"""Linux itself replays the log of XFS: what it makes of a disk is what `partless` read there before."""

import random
import shutil

import pytest

import fastcommit
import guest
import image
import killed
import xfs
import xfslogdisk
from xfslogcases import CASES, NEWER
from xfslogshapes import REFUSED, SHAPES

V4 = ["-m", "crc=0"]
ROWS = {  # options of mkfs.xfs and of mount
    "default": ([], ""),
    "block-1k": (["-b", "size=1024"], ""),
    "block-1k-dir-8k": (["-b", "size=1024", "-n", "size=8192", "-i", "size=512,nrext64=1"], ",logbsize=64k"),
    "dir-64k": (["-n", "size=65536"], ""),
    "stripe-32k": (["-l", "su=32k"], ""),
    "stripe-256k": (["-l", "su=256k"], ",logbsize=256k"),
    "records-16k": ([], ",logbsize=16k"),
    "records-256k": ([], ",logbsize=256k"),
    "sector-4k": (["-s", "size=4096"], ""),
    "inode-1024": (["-i", "size=1024,nrext64=1"], ""),
    "rmapbt": (["-m", "rmapbt=1,reflink=1"], ""),
    "as-in-2015": (["-m", "reflink=0,rmapbt=0,finobt=0,bigtime=0,inobtcount=0", "-i", "sparse=0"], ""),
    "groups-5": (["-d", "agcount=5"], ""),
    "ascii-ci": (["-n", "version=ci"], ""),
    "synchronous": ([], ",wsync"),
    "v4": (V4, ""),
    "v4-log-1": ([*V4, "-l", "version=1", "-b", "size=512", "-n", "ftype=0"], ""),
}
LONG, SHORT = (4000, 14000), (200, 1200)  # steps: the log wraps after some thousands
MACHINES = [  # steps, the kernel that writes, the one that is asked
    (LONG, "6.1", "6.1", ["default", "block-1k-dir-8k", "stripe-256k", "sector-4k", "v4", "as-in-2015"]),
    (LONG, "6.12", "6.12", ["block-1k", "dir-64k", "records-256k", "inode-1024", "v4-log-1", "synchronous"]),
    (LONG, "6.12", "6.1", ["rmapbt", "stripe-32k", "records-16k", "groups-5", "ascii-ci", "default"]),
    (SHORT, "6.1", "6.12", ["default", "stripe-256k", "records-256k", "block-1k", "rmapbt", "v4-log-1"]),
]


class Disks:
    """Made as ROWS says for NAMES, and changed at random, from SEED on, in a machine that is then killed. TREE has its
    kernel."""

    def __init__(self, tree, directory, names, seed):
        self.tree, self.directory, self.seed = tree, directory, seed
        self.rng = random.Random(seed)
        self.paths = [xfs.mkfs(directory / f"disk-{n}", *ROWS[name][0], size="96m") for n, name in enumerate(names)]
        self.mounts = [f"/dev/vd{chr(ord('a') + n)} {ROWS[name][1]}" for n, name in enumerate(names)]

    def churn(self, script, last):
        """Runs SCRIPT after churn has begun, and kills the machine when it says LAST."""
        begin = f"/churn -w {self.seed}1 /mnt* >/dev/null &\n"
        killed.kill(killed.churning(self.directory, self.tree, "xfs", self.mounts, begin + script,
                                    killed.drives(self.paths)), last, self.rng)

    def replayed(self, tree):
        """What Linux, that of TREE, makes of copies."""
        copies = [shutil.copy(path, path.with_name(path.name + ".copy")) for path in self.paths]
        return killed.replay(self.directory, tree, "xfs", copies, self.mounts, slot=96)


def difference(ours, linux):
    """The first few paths that are not the same."""
    paths = sorted(p for p in {*ours, *linux} if ours.get(p) != linux.get(p))
    return [(p, str(ours.get(p))[:40], str(linux.get(p))[:40]) for p in paths[:8]]


def assert_same(disks, tree):
    """Linux, that of TREE, and partless read the same on each of the disks."""
    ours = [fastcommit.read(path, image.PLAIN) for path in disks.paths]
    linux = disks.replayed(tree)
    assert all(len(found) > 20 for found in linux)
    wrong = {n: difference(mine, theirs) for n, (mine, theirs) in enumerate(zip(ours, linux)) if mine != theirs}
    assert not wrong


@pytest.mark.trial
@pytest.mark.parametrize("seed", range(len(MACHINES)))
def test_linux_replays_what_partless_reads(asked, tmp_path, seed):
    steps, writer, referee, names = MACHINES[seed]
    disks = Disks(asked(writer), tmp_path, names, seed)
    steps = disks.rng.randrange(*steps, 200)
    disks.churn("exec /churn -w SEED2 /mnt*".replace("SEED", str(seed)), f"guest: steps={steps}\n")
    assert all(xfs.log_state(path) == "DIRTY" for path in disks.paths)
    assert_same(disks, asked(referee))


# Files that are open and have no name are still so: the log has to free them, and the names are gone.
FROZEN = """
timeout 15 /churn -w SEED2 /mnt*
for top in /mnt*; do fsfreeze --freeze $top; done
echo "guest: frozen"
sleep 1000
"""

UNMOUNTED = """
timeout 15 /churn -w SEED2 /mnt*
kill $!
wait
umount /mnt*
echo "guest: unmounted"
sleep 1000
"""


@pytest.mark.trial
@pytest.mark.parametrize("kernel", guest.KERNELS)
@pytest.mark.parametrize("script, last, state", [(FROZEN, "guest: frozen", "DIRTY"),
                                                 (UNMOUNTED, "guest: unmounted", "CLEAN")], ids=["frozen", "unmounted"])
def test_a_machine_that_came_to_rest(asked, tmp_path, script, last, state, kernel):
    disks = Disks(asked(kernel), tmp_path, ["default", "block-1k-dir-8k", "stripe-256k", "v4"], 7)
    disks.churn(script.replace("SEED", "7"), last)
    assert {xfs.log_state(path) for path in disks.paths} == {state}
    assert_same(disks, asked(kernel))


@pytest.mark.trial
@pytest.mark.parametrize("kernel", guest.KERNELS)
def test_linux_makes_of_logs_what_the_host_tests_say(asked, tmp_path, kernel):
    bases = xfslogdisk.make_bases(tmp_path)
    every = {**CASES, **NEWER, **SHAPES, **REFUSED}
    names = list(every)
    disks = [xfslogdisk.make_case(every[name], tmp_path / name, bases) for name in names]
    whole = killed.join(tmp_path / "whole", [disk.path for disk in disks], 48)
    found = killed.replay(tmp_path, asked(kernel), "xfs", [whole], [f"/dev/vda{n + 1}" for n in range(len(names))])
    wrong = []
    for name, disk, linux in zip(names, disks, found):
        linux = linux and xfslogdisk.without_taken(linux)
        want = None if name in REFUSED else disk.want
        if linux != want:
            wrong.append((name, linux and difference(want or {}, linux)))
    assert not wrong
