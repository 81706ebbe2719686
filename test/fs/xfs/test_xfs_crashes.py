"""A disk whose machine stopped is read as Linux replays its log: ten that are kept, and others that are made anew."""

import pathlib
import random

import pytest

import image
import kept
import xfscrash
from xfs import log_state

KEPT = pathlib.Path(__file__).with_name("crashes")

# Options of mkfs.xfs and of mount, and how many changes.
ROWS = {
    "default": ([], [], 2000),
    "not-flushed": ([], [], 1000),
    "block-1k": (["-b", "size=1024"], [], 700),
    "block-1k-dir-8k": (["-b", "size=1024", "-n", "size=8192", "-l", "size=8m"], [], 5000),
    "dir-64k": (["-n", "size=64k"], [], 700),
    "stripe-256k": (["-l", "su=256k"], ["logbsize=256k"], 1500),
    "sector-4k": (["-s", "size=4096"], [], 700),
    "inode-1024": (["-i", "size=1024"], [], 700),
    "rmapbt-nrext64": (["-m", "rmapbt=1,reflink=1", "-i", "nrext64=1"], [], 700),
    "small-records": ([], ["logbsize=16k"], 2000),
    "wrapped": (["-l", "size=6m"], [], 9000),
}


@pytest.mark.trial
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("row", ROWS)
def test_a_disk_is_read_as_linux_replays_its_log(img, tmp_path, row, seed):
    made, mounts, rounds = ROWS[row]
    xfscrash.crash(img, tmp_path / "mount", random.Random(seed), rounds, made, mounts,
                   flushed=row != "not-flushed")
    assert log_state(img) == "DIRTY"
    files, sums = xfscrash.replayed(img, tmp_path / "mount")
    # For each content the log is read anew.
    image.assert_manifest(img, files, dict(sorted(sums.items())[::len(sums) // 200 + 1]))


@pytest.mark.parametrize("name", kept.names(KEPT))
def test_a_kept_disk_is_read_as_linux_replayed_its_log(img, name):
    kept.assert_read(KEPT, name, img)


def test_ten_disks_are_kept():
    assert len(kept.names(KEPT)) == 10


def keep(directory, row):
    """Makes one of the kept disks anew, as root."""
    made, mounts, rounds = ROWS[row]
    img = directory / f"{row}.img"
    xfscrash.crash(img, directory / "mount", random.Random(row), 150, made, mounts, names=(5, 20, 80),
                   size="100m" if row == "stripe-256k" else "32m",
                   flushed=row != "not-flushed")
    assert log_state(img) == "DIRTY"
    kept.keep(KEPT, row, img, *xfscrash.replayed(img, directory / "mount"))
