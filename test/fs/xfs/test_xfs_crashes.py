"""A disk whose machine stopped is read as Linux replays its log: ten that are kept, and others that are made anew."""

import json
import lzma
import pathlib
import random
import subprocess

import pytest

import image
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
    xfscrash.assert_same(img, *xfscrash.replayed(img, tmp_path / "mount"))


def files_of(path):
    """What the file beside it says of a kept disk: image.manifest() of what Linux made of it."""
    told = json.loads(lzma.decompress(path.with_name(path.name.replace(".img", ".json")).read_bytes()))
    return ({p.encode("latin-1"): (k, s, t and t.encode("latin-1")) for p, (k, s, t) in told["files"].items()},
            {p.encode("latin-1"): digest for p, digest in told["sums"].items()})


@pytest.mark.parametrize("path", sorted(KEPT.glob("*.img.xz")), ids=lambda path: path.stem)
def test_a_kept_disk_is_read_as_linux_replayed_its_log(img, path):
    # Most of a disk are zeros: cp leaves them out.
    subprocess.run(["cp", "--sparse=always", "/dev/stdin", img], input=lzma.decompress(path.read_bytes()), check=True,
                   timeout=60)
    xfscrash.assert_same(img, *files_of(path), program=image.ASAN)
    assert image.partless("ls", img, "/").stderr == b""


def test_ten_disks_are_kept():
    assert len(list(KEPT.glob("*.img.xz"))) == 10


def keep(directory, row):
    """Makes one of the kept disks anew, as root."""
    made, mounts, rounds = ROWS[row]
    img = directory / f"{row}.img"
    xfscrash.crash(img, directory / "mount", random.Random(row), 150, made, mounts, names=(5, 20, 80),
                   size="100m" if row == "stripe-256k" else "32m",
                   flushed=row != "not-flushed")
    assert log_state(img) == "DIRTY"
    files, sums = xfscrash.replayed(img, directory / "mount")
    told = {"files": {p.decode("latin-1"): (k, s, t and t.decode("latin-1")) for p, (k, s, t) in files.items()},
            "sums": {p.decode("latin-1"): digest for p, digest in sums.items()}}
    (KEPT / f"{row}.json.xz").write_bytes(lzma.compress(json.dumps(told).encode(), preset=9))
    (KEPT / f"{row}.img.xz").write_bytes(lzma.compress(img.read_bytes(), preset=9))
