"""A guest is killed right after a kernel upgrade: the next boot starts what the upgrade wrote.

Everything newer than the last clean unmount lies in the journal alone, put there by a real kernel."""

import os
import shutil
import signal
import subprocess

import pytest

import guest
import image
import jbd2
from guest import KERNEL, OPTIONS, entry
from processors import AARCH64, X86_64

# As a package manager does: complete files first, each then renamed over the old one.
UPGRADE = b"""
echo 0 >/proc/sys/vm/dirty_writeback_centisecs # a slow machine must not write the home blocks
put() { dd "if=$1" "of=$2" bs=1M conv=fsync 2>/dev/null; }
for file in vmlinuz initrd.img partless.conf; do
    put "/root/new/$file" "/boot/$file.new" && mv "/boot/$file.new" "/boot/$file"
done
rm /boot/obsolete
mkdir /boot/extra
put /etc/notes /boot/extra/notes # its fsync carries all that came before to the disk
echo "guest: upgrade=$((1 + 1))"
"""

MARK = "the new initrd"
OLD = "timeout 1\n" + entry("Old", OPTIONS.replace(" ro ", " rw ").replace(
    "partless.test=poweroff", "menu=old"))
NEW = "timeout 1\n" + entry("New", OPTIONS + " menu=new")
# Linux 6.1 mounts a disk with fast commits only to be written.
NEW_RW = NEW.replace(" ro ", " rw ")

CASES = {
    "ext4": ([], []),
    "ext3": (["-O", "^extent,^64bit,^metadata_csum,^flex_bg,^huge_file,^dir_nlink,^extra_isize",
              "-I", "128"], []),
    "data-journal": (["-J", "size=48"], ["-o", "journal_data"]),
    "1k": (["-b", "1024", "-J", "size=16"], []),
    "fast_commit": (["-O", "fast_commit"], []),
}


def upgrade(base, new=NEW):
    """The files that a guest needs to upgrade itself to the menu NEW."""
    kernel = (base / KERNEL.lstrip("/")).read_bytes()
    packed = (base / "boot/initrd.img").read_bytes()
    return {"/root/new/vmlinuz": kernel + b"new kernel", "/root/new/partless.conf": new.encode(),
            "/root/new/initrd.img": guest.initrd("90-new", MARK) + packed,
            "/sbin/upgrade": UPGRADE, "/boot/obsolete": b"old\n", "/etc/notes": b"notes\n" * 3000}


def kill_upgraded(boot, disk):
    """Has the guest upgrade itself, and takes its power away."""
    machine = boot(disk, changes=True, timeout=120)
    assert "menu=old" in machine.guest()["cmdline"]
    machine.expect("# ")
    machine.send("sh /sbin/upgrade\n")
    machine.expect("guest: upgrade=2")
    os.kill(machine.serial.pid, signal.SIGKILL)
    machine.ends()


def killed(boot, images, base, options, tuning, new=NEW):
    """A disk whose guest upgraded itself and then lost its power."""
    disk = images.guest(OLD, upgrade(base, new), size="160M", mke2fs=options)
    if tuning:
        subprocess.run(["tune2fs", *tuning, disk], check=True, stdout=subprocess.DEVNULL)
    kill_upgraded(boot, disk)
    return disk


def assert_home_blocks_are_old(disk):
    """The proof that the tests prove something: without the journal there is no upgrade."""
    assert image.super_u32(disk, 0x60) & jbd2.NEEDS_RECOVERY
    assert image.run("debugfs", "-R", "cat /boot/partless.conf", disk).stdout == OLD.encode()
    names = image.debugfs(disk, "ls -p /boot")
    assert "/obsolete/" in names and "/extra/" not in names


def repaired(disk, tmp_path):
    """What e2fsck makes of a copy: its files as a tree."""
    fixed, tree = tmp_path / "fixed", tmp_path / "fixed.tree"
    shutil.copy(disk, fixed)
    image.run("e2fsck", "-fy", fixed, ok=(0, 1))
    tree.mkdir()
    image.debugfs(fixed, f"rdump / {tree}")
    shutil.rmtree(tree / "lost+found", ignore_errors=True)
    return tree


@pytest.mark.parametrize("processor, name", [
    (X86_64, "ext4"), pytest.param(X86_64, "ext3", marks=pytest.mark.trial),
    pytest.param(AARCH64, "ext4", marks=pytest.mark.trial),
    *(pytest.param(X86_64, name, marks=pytest.mark.trial) for name in ("data-journal", "1k"))], ids=str)
def test_the_upgrade_survives_the_kill(boot, images, base, tmp_path, name):
    disk = killed(boot, images, base, *CASES[name])
    assert_home_blocks_are_old(disk)
    tree = repaired(disk, tmp_path)
    assert (tree / "boot/partless.conf").read_text() == NEW
    image.assert_same(disk, tree, image.ASAN)
    assert image.partless("ls", disk, "/", program=image.ASAN).stderr == b""
    machine = boot(disk, changes=True, timeout=120)
    facts = machine.guest()
    machine.ends()
    assert "menu=new" in facts["cmdline"]
    assert MARK in facts["initrd"]


def replayed(boot, disk, tmp_path):
    """What Linux makes of a copy, when it mounts that to be written: its files as a tree."""
    copy = tmp_path / "copy"
    shutil.copy(disk, copy)
    machine = boot(copy, changes=True, timeout=120)
    assert machine.guest()["root"] == "/dev/vda ext4 rw"
    machine.ends()
    return repaired(copy, tmp_path)


@pytest.mark.trial
def test_the_upgrade_survives_the_kill_by_fast_commits(boot, images, base, tmp_path):
    """e2fsck makes something else of some fast commits, so Linux is asked."""
    disk = killed(boot, images, base, *CASES["fast_commit"], new=NEW_RW)
    assert_home_blocks_are_old(disk)
    tree = replayed(boot, disk, tmp_path)
    assert (tree / "boot/partless.conf").read_text() == NEW_RW
    image.assert_same(disk, tree, image.ASAN)
    assert image.partless("ls", disk, "/", program=image.ASAN).stderr == b""
    machine = boot(disk, changes=True, timeout=120)
    facts = machine.guest()
    machine.ends()
    assert "menu=new" in facts["cmdline"]
    assert MARK in facts["initrd"]


# As a package manager and update-initramfs do: the kernel is there, and its initrd grows under
# another name, when the power goes.
NEW_KERNEL = b"""
put() { dd "if=$1" "of=$2" bs=1M conv=fsync 2>/dev/null; }
put /boot/vmlinuz-6.1 /boot/vmlinuz-7.2.11.dpkg-new
mv /boot/vmlinuz-7.2.11.dpkg-new /boot/vmlinuz-7.2.11
sync
echo "guest: kernel=$((1 + 1))"
while :; do
    dd if=/boot/initrd.img-6.1 "of=$1" bs=64k conv=fsync 2>/dev/null
    echo "guest: writing"
done
"""


def without_menu(images, base, words, files):
    """A guest's disk with one kernel, 6.1, and no menu."""
    kernel = (base / KERNEL.lstrip("/")).read_bytes()
    own = {"/boot/vmlinuz-6.1": kernel, "/etc/kernel/cmdline": words.encode() + b"\n",
           "/boot/initrd.img-6.1": (base / "boot/initrd.img").read_bytes()}
    disk = images.guest(None, own | files, size="160M")
    for name in (KERNEL, guest.INITRD, "/boot/partless.conf"):
        subprocess.run(["debugfs", "-w", "-R", f"rm {name}", disk], check=True,
                       capture_output=True, timeout=60)
    return disk


def test_killed_while_the_initrd_is_written_the_old_kernel_boots(boot, images, base):
    words = OPTIONS.replace(" ro ", " rw ").replace("partless.test=poweroff", "menu=none")
    disk = without_menu(images, base, words, {"/sbin/upgrade": NEW_KERNEL})
    machine = boot(disk, changes=True, timeout=120)
    machine.says("Partless boots 'Linux (6.1)'")
    machine.guest()
    machine.expect("# ")
    machine.send("sh /sbin/upgrade /boot/initrd.img-7.2.11.new\n")
    machine.expect("guest: kernel=2")
    machine.expect("guest: writing")
    os.kill(machine.serial.pid, signal.SIGKILL)
    machine.ends()
    names = image.run(image.ASAN, "ls", disk, "/boot").stdout
    assert b"vmlinuz-7.2.11\n" in names and b"initrd.img-7.2.11.new\n" in names
    machine = boot(disk, changes=True, timeout=120)
    machine.says("no initrd for 7.2.11: not the default")
    machine.says("Partless boots 'Linux (6.1)'")
    assert machine.guest()["initrd"]


@pytest.mark.parametrize("initrd, says", [
    (b"", "is empty"), (b"cut off\n" * 1000, "does not begin as an initrd")], ids=["empty", "cut off"])
def test_a_damaged_initrd_leaves_the_old_kernel_the_default(boot, images, base, initrd, says):
    kernel = (base / KERNEL.lstrip("/")).read_bytes()
    disk = without_menu(images, base, OPTIONS, {"/boot/vmlinuz-7.2.11": kernel,
                                                "/boot/initrd.img-7.2.11": initrd})
    machine = boot(disk, timeout=120)
    machine.says(f"its initrd /boot/initrd.img-7.2.11 {says}: not the default")
    machine.says("Partless boots 'Linux (6.1)'")
    assert machine.guest()["initrd"]


def test_an_initrd_that_begins_as_none_is_told_when_the_kernel_takes_it(boot, images, tmp_path):
    menu = "timeout 1\n" + entry("Guest", OPTIONS.replace("LABEL=guest", "/dev/vda"),
                                 initrd=["/boot/torn", guest.INITRD])
    disk = images.guest(menu, {"/boot/torn": b"cut off\n" * 1000})
    (tmp_path / "host/partless.conf").write_text("log console\n")
    machine = boot(disk, timeout=120)
    machine.says("initrd /boot/torn on virtio disk 1 does not begin as an initrd")
    machine.expect('partless: remark .* file="/boot/torn" initrd=unknown')
