"""Was the file system unmounted? xfs_logprint answers the same."""

import random

import pytest

import image
import xfs
from xfs import log_state
from xfscrash import mounted, run

REMARK = b"was not unmounted, and its log cannot be used"
V4 = ["-m", "crc=0"]
ROWS = {
    "default": [],
    "block-1k": ["-b", "size=1024"],
    "block-64k": ["-b", "size=65536"],
    "stripe-32k": ["-l", "su=32k"],
    "stripe-256k": ["-l", "su=256k"],
    "sector-4k": ["-s", "size=4096"],
    "groups-8": ["-d", "agcount=8"],
    "v4": V4,
    "v4-log-1": [*V4, "-l", "version=1"],
    "v4-512": [*V4, "-b", "size=512"],
}


def is_used(img):
    """False when the log is told to be of no use."""
    done = image.partless("ls", img, "/", program=image.ASAN, ok=(0, 2))
    assert done.stderr == b"" or REMARK in done.stderr
    return done.stderr == b""


def log_of(img):
    """Where the log begins, and its length."""
    begin = xfs.byte_of(img, xfs.super_field(img, 48, "Q"))
    return begin, xfs.super_field(img, 96, "I") * xfs.super_field(img, 4, "I")


def unmount_record(img):
    """Where the header of the only record begins that mkfs.xfs writes."""
    begin, size = log_of(img)
    log = image.peek(img, begin, size)
    at = log.index(b"\xfe\xed\xba\xbe")
    assert log.find(b"\xfe\xed\xba\xbe", at + 512) % 512 != 0 or log.find(b"\xfe\xed\xba\xbe", at + 512) < 0
    return begin + at


@pytest.mark.parametrize("name", ROWS)
def test_a_log_that_mkfs_wrote_is_clean_and_without_its_record_it_is_not(img, name):
    xfs.mkfs(img, *ROWS[name])
    assert log_state(img) == "CLEAN" and is_used(img)
    at = unmount_record(img)
    image.poke(img, at + 40, b"\0\0\0\2")  # two operations are no unmount
    image.poke(img, at + 24, b"\0\0\0\1\0\0\1\0")  # and the tail is where no record begins
    assert not is_used(img)


@pytest.mark.parametrize("path,value", [(48, 0xffffffff), (96, 0), (96, 0xffffffff), (96, 1 << 19)])
def test_a_log_outside_of_the_disk_is_refused(img, path, value):
    xfs.mkfs(img, size="32m")
    xfs.put_super(img, path, "Q" if path == 48 else "I", value)
    assert "its place of the log is impossible" in image.says("ls", img, "/", code=2)


def test_a_log_of_rubbish_ends(img):
    for seed in range(5):
        xfs.mkfs(img, size="16m")
        begin, size = log_of(img)
        data = bytearray(random.Random(seed).randbytes(size))
        for at in range(0, size, 512 * 7):
            data[at:at + 4] = b"\xfe\xed\xba\xbe"
        image.poke(img, begin, data)
        assert not is_used(img)


@pytest.mark.trial
@pytest.mark.parametrize("options", [[], ["-b", "size=1024"], ["-l", "su=256k"], ["-s", "size=4096"]],
                         ids=["default", "block-1k", "stripe-256k", "sector-4k"])
@pytest.mark.parametrize("rounds", [1, 300, 4000])
def test_the_kernel_s_log_is_found_clean_or_replayed(img, tmp_path, options, rounds):
    xfs.mkfs(img, *options)
    with mounted(img, tmp_path / "mount") as mount:
        for n in range(rounds):
            (mount / f"f{n % 500}").write_text(str(n))
            (mount / f"g{n % 300}").unlink(missing_ok=True)
            (mount / f"f{n % 500}").rename(mount / f"g{n % 300}")
            if n % 50 == 0:
                run("xfs_io", "-c", "fsync", mount / f"g{n % 300}")
    assert log_state(img) == "CLEAN" and is_used(img)
    with mounted(img, tmp_path / "mount") as mount:
        (mount / "late").write_text("late")
        run("xfs_io", "-c", "fsync", mount / "late")
        run("xfs_io", "-x", "-c", "shutdown -f", mount)
    assert log_state(img) == "DIRTY" and is_used(img)
    assert image.partless("cat", img, "/late").stdout == b"late"
    with mounted(img, tmp_path / "mount"):
        pass
    assert log_state(img) == "CLEAN" and is_used(img)
