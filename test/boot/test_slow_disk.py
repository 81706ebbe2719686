"""A disk that takes seconds for a kernel or an initrd: it does not look dead."""

import os
import re

import pytest

import guest
from guest import INITRD, KERNEL, entry
from test_old_kernels import as_old

SLOW = ["-set", "drive.disk0.throttling.bps-total=4000000"]
LOG_LINE = re.compile(r'partless: ([a-z]+) at=([0-9.]+)'
                      r'(( [a-z0-9-]+=([^ "]+|"([^"\\]|\\.)*"(\.\.\.)?))*)')
BIG = guest.initrd("name", "first") + guest.newc("big", os.urandom(12 << 20))


def percentages(machine, path):
    """What the console showed of PATH, of which one line tells, rewritten in place and then ended."""
    told = re.escape(path) + r": \d+ % of \d+ MiB"
    lines = re.findall(rf"(?<=\n)({told}(?:\r{told})*)\r+\n", machine.serial.raw)
    assert len(re.findall(told, machine.serial.raw)) == sum(len(re.findall(told, l)) for l in lines)
    assert len(lines) == 1
    return [int(n) for n in re.findall(r"(\d+) %", lines[0])]


def assert_told(machine, path):
    shown = percentages(machine, path)
    assert len(shown) >= 3 and shown == sorted(set(shown)) and shown[-1] == 100


@pytest.fixture
def slow_guest(images):
    """A guest with 12 MiB of initrd more than usual."""
    menu = entry("Guest", initrd=[INITRD, "/boot/big.img"])
    return images.guest(menu, {"/boot/big.img": BIG}, size="96M")


def test_a_slow_disk_is_seen_to_be_read(boot, host, slow_guest):
    (host / "partless.conf").write_text("timeout 0\n")
    machine = boot(slow_guest, more=SLOW)
    assert "first" in machine.guest(timeout=120)["initrd"]
    machine.ends()
    assert_told(machine, KERNEL)
    assert_told(machine, "/boot/big.img")


def test_an_old_kernel_that_opens_its_initrd_itself_shows_it_too(boot, images, base):
    old = as_old((base / KERNEL.lstrip("/")).read_bytes())
    menu = entry("Old", linux="/boot/old", initrd=[INITRD, "/boot/big.img"])
    disk = images.guest("timeout 0\n" + menu, {"/boot/old": old, "/boot/big.img": BIG}, size="96M")
    machine = boot(disk, more=SLOW)
    assert "first" in machine.guest(timeout=120)["initrd"]
    machine.ends()
    assert_told(machine, "/boot/big.img")


def test_the_log_on_the_same_line_stays_whole(boot, host, slow_guest):
    (host / "partless.conf").write_text("timeout 0\nlog console\n")
    machine = boot(slow_guest, more=SLOW)
    machine.guest(timeout=120)
    machine.ends()
    assert_told(machine, "/boot/big.img")
    lines = [line.rstrip("\r") for line in machine.serial.raw.split("\n") if "partless: " in line]
    assert all(LOG_LINE.fullmatch(line) for line in lines)
    assert [line.split()[1] for line in lines][-4:] == ["kernel", "load", "start", "initrd"]


def test_a_disk_that_is_not_slow_tells_nothing(boot, host, slow_guest):
    (host / "partless.conf").write_text("timeout 0\n")
    machine = boot(slow_guest)
    machine.guest()
    machine.ends()
    assert " % of " not in machine.serial.raw
