"""`make bench-doors` in its shortest form: it measures the doors that it is asked for, and puts the quickest first."""

import fcntl
import re
import subprocess

import pytest

from processors import ONLY_X86_64

BOOTS_ON = ONLY_X86_64  # as the bench
FIGURE = r"(\d+\.\d\d) \(\d+\.\d\d to \d+\.\d\d\)"
ROW = re.compile(rf"^\| (.+) \| {FIGURE} \| {FIGURE} \|$", re.M)


def doors(root, build, names):
    with open(build / "bench.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another of xdist's workers may be at it
        return subprocess.run([root / "bench/bench-doors", build, "--rounds=1", f"--doors={names}"],
                              capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.trial
def test_doors_are_timed_and_the_quickest_is_first(root, build):
    done = doors(root, build, "image-virtio,kernel")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    rows = [(door, float(loader), float(line)) for door, loader, line in ROW.findall(done.stdout)]
    assert sorted(door for door, *_ in rows) == ["`-kernel`", "image, virtio-blk"]
    assert all(0 < loader < line for _, loader, line in rows)
    assert [loader for _, loader, _ in rows] == sorted(loader for _, loader, _ in rows)


def test_a_door_that_is_not_known_is_refused(root, build):
    done = doors(root, build, "kernel,window")
    assert done.returncode != 0 and done.stdout == ""
    assert "window: no such door; there are kernel, " in done.stderr
