"""The lines for machines: docs/log.md."""

import re
import subprocess

import pytest

import test_old_kernels
from guest import INITRD, KERNEL, OPTIONS, entry
from loglines import parse
from processors import ONLY_X86_64

DEBUGCON = ONLY_X86_64  # no other machine has a debug console


@pytest.fixture
def debugcon(tmp_path):
    """QEMU's arguments for a debug console, and the file that it writes."""
    log = tmp_path / "debug.log"
    return ["-chardev", f"file,id=debug,path={log}", "-device", "isa-debugcon,iobase=0x402,chardev=debug"], log


def words(lines):
    return [word for word, _ in lines]


def only(lines, word):
    found = [pairs for name, pairs in lines if name == word]
    assert len(found) == 1, (word, found)
    return found[0]


@DEBUGCON
def test_a_boot_is_told_step_by_step_on_the_debug_console(boot, images, host, debugcon, base):
    more, log = debugcon
    (host / "partless.conf").write_text("log debugcon\n")
    evil = images.other_ext4()
    subprocess.run(["tune2fs", "-L", 'x"\n\x1b[2Jpartless:', evil], check=True, stdout=subprocess.DEVNULL)
    guest = images.guest("timeout 0\n" + entry('A "title"\tof mine'))
    machine = boot(guest, images.swap(), evil, more=more)
    machine.guest()
    machine.ends()
    assert "partless: " not in machine.stop()
    print(log.read_text())
    lines = parse(log.read_text())
    assert words(lines) == ["loader", "settings", "menu", "connect", "find", "disk", "disk", "disk", "menu",
                            "menu", "default", "wait", "boot", "kernel", "load", "start", "initrd"]
    assert only(lines, "find")["disks"] == "3"
    first, second, third = (pairs for word, pairs in lines if word == "disk")
    assert first["disk"] == '"virtio disk 1"' and first["label"] == '"guest"' and first["index"] == "1"
    assert first["fs"] == "ext4" and first["bytes"] == str(64 << 20)
    assert second["fs"] == "none"
    assert third["label"] == r'"x\"\x0a\x1b[2Jpartless:"'
    menus = [(pairs["disk"], pairs["entries"]) for word, pairs in lines if word == "menu"]
    assert menus[1:] == [('"virtio disk 1"', "1"), ('"virtio disk 3"', "0")]
    default = only(lines, "default")
    assert default["entry"] == r'"A \"title\"\x09of mine"' and default["file"] == '"/boot/partless.conf"'
    assert (default["disk-by"], default["entry-by"], default["timeout"]) == ("order", "order", "0")
    assert only(lines, "wait")["person"] == "no"
    kernel, initrd = only(lines, "kernel"), only(lines, "initrd")
    assert int(kernel["bytes"]) == (base / KERNEL.lstrip("/")).stat().st_size
    assert int(initrd["bytes"]) == (base / INITRD.lstrip("/")).stat().st_size
    assert 1 <= int(kernel["requests"]) < 100 and int(initrd["read"]) >= int(initrd["bytes"])
    assert only(lines, "start")["options"] == f'"{OPTIONS}"'
    times = [float(pairs["at"]) for _, pairs in lines]
    assert times == sorted(times) and times[0] == 0 and times[-1] < 60000


def test_on_a_serial_line_a_long_line_is_one(boot, images, host):
    """And an old kernel's initrd, which it reads itself, is told as well."""
    (host / "partless.conf").write_text("log console\n")
    old = test_old_kernels.as_old((images.base / KERNEL.lstrip("/")).read_bytes())
    machine = boot(images.guest("timeout 1\n" + entry("Guest", linux="/boot/old"), {"/boot/old": old}))
    machine.guest()
    machine.ends()
    lines = parse(machine.stop())
    assert words(lines)[-6:] == ["wait", "boot", "kernel", "load", "start", "initrd"]
    assert 1000 <= float(only(lines, "wait")["took"]) < 30000
    assert only(lines, "start") | {"at": 0} == {"at": 0, "initrd": "file", "options": f'"{OPTIONS}"'}
    assert int(only(lines, "initrd")["bytes"]) == (images.base / INITRD.lstrip("/")).stat().st_size


@DEBUGCON
def test_an_entry_is_named_alike_in_each_line(boot, images, host, debugcon):
    """The menu tells it from that of a copy of its disk; in the log the disk does."""
    more, log = debugcon
    (host / "partless.conf").write_text("log debugcon\n")
    disks = [images.guest("timeout 0\n" + entry("Guest"), name=name) for name in ("a.img", "b.img")]
    machine = boot(*disks, more=more)
    machine.says("Partless boots 'Guest (virtio disk 1)' from virtio disk 1")
    machine.guest()
    machine.ends()
    lines = parse(log.read_text())
    for word in ("default", "boot"):
        assert only(lines, word)["entry"] == '"Guest"' and only(lines, word)["disk"] == '"virtio disk 1"'


@pytest.mark.parametrize("timeout", [0, 2])
def test_a_normal_boot_prints_one_line(boot, images, timeout):
    machine = boot(images.guest(f"timeout {timeout}\n" + entry("Guest")))
    machine.guest()
    machine.ends()
    shown = machine.stop()
    own = shown[shown.rindex("BdsDxe: starting"):shown.index("guest: ")].splitlines()[1:]
    if timeout:  # the menu is drawn, and gone when the line is there
        own = own[max(n for n, line in enumerate(own) if "Booting in" in line or "Enter: boot" in line) + 1:]
    own = [line for line in own if line.strip() and not re.match(r"\[ *\d+\.\d+\] ", line)]  # and none of Linux'
    assert own == ["Partless boots 'Guest' from virtio disk 1"]


@DEBUGCON
def test_the_codes_are_the_last_words_when_nothing_boots(boot, images, host, debugcon):
    more, log = debugcon
    (host / "partless.conf").write_text("on-failure poweroff\n")
    broken = images.other_ext4()
    subprocess.run(["debugfs", "-w", "-R", "set_super_value feature_incompat 0x80000242", broken], check=True,
                   stderr=subprocess.DEVNULL)
    machine = boot(images.guest("timeout 1\n" + entry("Bad", linux="/boot/text"), {"/boot/text": b"no"}),
                   broken, images.swap(), more=more)
    machine.ends()
    shown = [line for line in machine.stop().splitlines() if line.strip()]
    print("\n".join(shown))
    assert re.fullmatch(r"partless: failed at=\d+\.\d{3} code=kernel\.wrong-type", shown[-1])
    assert parse("\n".join(shown))[0][1]["code"] == "disk.unsupported"
    assert [pairs["code"] for word, pairs in parse("\n".join(shown))][1:] == ["kernel.wrong-type"] * 2
    assert log.read_text() == ""


@DEBUGCON
@pytest.mark.parametrize("disks, code, says", [([], "disks.not-found", "no disk was found"),
                                               (["swap"], "disk.not-found", "holds swap space"),
                                               (["other_ext4"], "menu.not-found", "")])
def test_what_is_missing_has_a_code_of_its_own(boot, images, host, debugcon, disks, code, says):
    more, log = debugcon
    (host / "partless.conf").write_text("log debugcon\non-failure poweroff\n")
    machine = boot(*(getattr(images, disk)() for disk in disks), more=more)
    machine.ends()
    assert f" code={code}\n" in machine.stop()
    lines = parse(log.read_text())
    assert only(lines, "error")["code"] == only(lines, "failed")["code"] == code
    assert says in only(lines, "error")["says"]
