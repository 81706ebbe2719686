"""scripts/mkguest on a block device: nothing that is used or held is lost."""

import os
import shutil
import stat as stat_module
import subprocess
import tempfile

import pytest

UUID = "0c3bf1a4-4c5d-4d4d-9a55-3f0b4a3a9c11"


class Device:
    """A loop device of SIZE bytes over the file IMAGE."""

    def __init__(self, image, size):
        self.image = image
        with open(image, "wb") as file:
            file.truncate(size)
        self.path = self.other = None
        self.opened = []

    def attach(self, *options):
        done = subprocess.run(["losetup", "--find", "--show", *options, self.image], capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip("no loop device to be had: " + done.stderr.strip())
        self.path = done.stdout.strip()
        return self.path

    def other_name(self):
        """Another name of the device."""
        self.other = tempfile.mktemp(prefix="partless-test-", dir="/dev")
        os.mknod(self.other, 0o600 | stat_module.S_IFBLK, os.stat(self.path).st_rdev)
        return self.other

    def open(self, name, flags=0):
        """Opens the device by its NAME until the test ends."""
        self.opened.append(os.open(name, os.O_RDONLY | flags))

    def is_empty(self):
        """Whether nothing was written."""
        return not self.image.read_bytes().strip(b"\0")

    def detach(self):
        for opened in self.opened:
            os.close(opened)
        if self.other:
            os.unlink(self.other)
        if self.path:
            subprocess.run(["losetup", "--detach", self.path], check=True)


@pytest.fixture
def device(tmp_path):
    """An empty block device of 64 MiB, made by `device.attach()`."""
    if os.getuid() != 0:
        pytest.skip("block devices are made as root")
    device = Device(tmp_path / "device.img", 64 << 20)
    yield device
    device.detach()


def test_an_empty_block_device_becomes_a_disk(mkguest, partless, tree, kernel, device):
    path = device.attach()
    said = mkguest("--directory", tree, "--uuid", UUID, path)
    assert f"made {path}" in said and "It would boot" in said
    subprocess.run(["e2fsck", "-fn", path], check=True, capture_output=True)
    fstab = subprocess.run([partless, "cat", path, "/etc/fstab"], capture_output=True, text=True, check=True).stdout
    assert f"UUID={UUID} / ext4" in fstab


# What is done to the device first, and what is said.
HELD = {
    "a file system": ("mke2fs -q -F {}", "is not empty; it holds\n"),
    "a partition table": ("echo ,,L | sfdisk -q {}", "PTTYPE=dos"),
    "swap": ("mkswap {}", "TYPE=swap"),
    "two things": ("mkswap {} && printf %s -rom1fs- | dd of={} conv=notrunc status=none", "swap"),
}


@pytest.mark.parametrize("what", HELD)
def test_a_device_that_holds_something_is_left_alone(mkguest, tree, device, what):
    command, sentence = HELD[what]
    path = device.attach()
    subprocess.run(command.replace("{}", path), shell=True, check=True, capture_output=True)
    before = device.image.read_bytes()
    said = mkguest("--directory", tree, path, fails=1)
    assert f"'{path}' is not empty" in said and sentence in said and f"wipefs -a '{path}'" in said
    assert device.image.read_bytes() == before


def test_a_device_that_cannot_be_read_is_not_taken_for_empty(mkguest, tree, device):
    path = device.attach()
    os.truncate(device.image, 0)
    said = mkguest("--directory", tree, path, fails=1)
    assert f"'{path}' cannot be read" in said and "Input/output error" in said


def test_a_read_only_device_is_refused(mkguest, tree, device):
    path = device.attach("--read-only")
    assert f"'{path}' is read-only" in mkguest("--directory", tree, path, fails=1)


def test_a_small_device_is_refused(mkguest, tree, device, tmp_path):
    os.truncate(device.image, 15 << 20)
    path = device.attach()
    said = mkguest("--directory", tree, path, fails=1)
    assert f"'{path}' has 15 MiB and 16 MiB are needed" in said
    os.truncate(device.image, 64 << 20)
    subprocess.run(["losetup", "--set-capacity", path], check=True)
    (tmp_path / "debootstrap").write_text("#!/bin/sh\n")  # it need not be installed: nothing is fetched yet
    (tmp_path / "debootstrap").chmod(0o755)
    debian = mkguest("--debian", "trixie", "--password-file", "-", path, given="secret\n", fails=1, programs=tmp_path)
    assert "has 64 MiB and 512 MiB are needed" in debian


def test_a_device_that_the_kernel_uses_is_refused(mkguest, tree, device):
    path = device.attach()
    device.open(path, os.O_EXCL)  # as a mount does
    said = mkguest("--directory", tree, path, fails=1)
    assert f"'{path}' is in use" in said and "Device or resource busy" in said and f"lsblk '{path}'" in said
    assert device.is_empty()


@pytest.mark.parametrize("name", ["its own", "another"])
def test_a_device_that_a_guest_uses_is_refused(mkguest, tree, device, name):
    """libvirt gives QEMU a /dev of its own."""
    path = device.attach()
    device.open(path if name == "its own" else device.other_name())
    said = mkguest("--directory", tree, path, fails=1)
    assert f"'{path}' is in use: process {os.getpid()}, " in said and said.count("\n") == 1
    assert device.is_empty()


@pytest.mark.parametrize("flags", [0, os.O_EXCL])
def test_nobody_is_told_to_wipe_a_device_in_use(mkguest, tree, device, flags):
    """wipefs would do it, under a guest that runs."""
    path = device.attach()
    subprocess.run(["mke2fs", "-q", "-F", path], check=True)
    device.open(path, flags)
    said = mkguest("--directory", tree, path, fails=1)
    assert f"'{path}' is in use" in said and "wipefs -a" not in said


def test_a_device_that_was_not_filled_is_empty_again(mkguest, tree, device):
    (tree / "large").write_bytes(os.urandom(62 << 20))
    path = device.attach()
    said = mkguest("--directory", tree, path, fails=1)
    assert f"did not fit into '{path}': make it larger" in said
    assert subprocess.run(["blkid", "-p", path]).returncode == 2
    (tree / "larger").write_bytes(os.urandom(62 << 20))
    assert "MiB do not fit into" in mkguest("--directory", tree, path, fails=1)


@pytest.mark.parametrize("size", [64 << 20, 600 << 20], ids=["blocks of 1 KiB", "blocks of 4 KiB"])
def test_nobody_finds_what_a_signal_left_on_a_device(mkguest, partless, tree, kernel, device, tmp_path, size):
    """e2fsck and Partless look for the copies of a superblock, too."""
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin/mke2fs"
    fake.write_text(f"""#!/bin/sh
        {shutil.which("mke2fs")} "$@"
        case $* in *" -d "*) kill $PPID; sleep 50 ;; esac
        """)
    fake.chmod(0o755)
    os.truncate(device.image, size)
    path = device.attach()
    assert "stopped by a signal" in mkguest("--directory", tree, path, fails=1, programs=fake.parent)
    assert subprocess.run(["blkid", "-p", path]).returncode == 2
    assert subprocess.run(["e2fsck", "-fn", path], capture_output=True).returncode == 8  # finds none
    check = subprocess.run([partless, "check", path], capture_output=True, text=True)
    assert check.returncode == 1 and "holds nothing that Partless knows" in check.stderr
    assert "It would boot" in mkguest("--directory", tree, path)
