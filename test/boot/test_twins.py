"""A copy of the guest's disk beside it: which of the two Linux mounts is told, and made sure where it can be."""

import subprocess

import pytest

from guest import OPTIONS, entry
from test_settings import smbios

ROOTLESS = OPTIONS.replace("root=LABEL=guest ro ", "")
UUID = "0c3bf1a4-4c5d-4d4d-9a55-3f0b4a3a9c11"


@pytest.fixture
def twins(images):
    """Two disks, the second a copy of the first."""

    def make(options, timeout=0):
        first = images.guest(f"timeout {timeout}\n" + entry("Guest", options), mke2fs=["-U", UUID])
        second = first.with_name("copy.img")
        subprocess.run(["cp", "--sparse=always", first, second], check=True)
        return first, second

    return make


@pytest.mark.parametrize("index, firmware", [(2, "bios"), (2, "pflash"), (1, "pflash")])
def test_of_two_copies_the_one_that_the_host_names_is_mounted(boot, twins, index, firmware):
    vm = boot(*twins(ROOTLESS), firmware=firmware, more=smbios(f"partless.disk=INDEX={index}"))
    facts = vm.guest()
    assert f"root=/dev/vd{' ab'[index]} ro" in facts["cmdline"]
    assert facts["root"] == f"/dev/vd{' ab'[index]} ext4 ro"
    vm.ends()


def disk(name, image, more):
    """QEMU's arguments for IMAGE on virtio-blk."""
    return ["-drive", f"if=none,id={name},format=raw,{image}", "-device", f"virtio-blk-pci,drive={name},{more}"]


def test_linux_counts_the_disks_in_its_own_order(boot, twins):
    """The firmware finds first what its boot order names: its first disk is Linux' second."""
    first, second = twins(ROOTLESS)
    vm = boot(firmware="pflash", usb_only=True, more=[
        *disk("first", f"file={first}", "addr=7"), *disk("copy", f"file={second}", "addr=8,bootindex=1"),
        *smbios("partless.disk=INDEX=2")])
    assert vm.guest()["root"] == "/dev/vda ext4 ro"
    vm.ends()


def test_the_loaders_own_disk_counts_where_linux_names_the_others(boot, twins, host):
    first, second = twins(ROOTLESS)
    own = f"readonly=on,file=fat:{host}"
    vm = boot(shared=False, more=[
        *disk("own", own, "addr=6,bootindex=0"), *disk("first", f"file={first}", "addr=7"),
        *disk("copy", f"file={second}", "addr=8"), *smbios("partless.disk=INDEX=1")])
    assert vm.guest()["root"] == "/dev/vdb ext4 ro"
    vm.ends()


def test_where_no_name_is_sure_it_is_told_that_linux_may_mount_either(boot, twins):
    vm = boot(*((disk, "scsi") for disk in twins(ROOTLESS, timeout=4)), more=smbios("partless.disk=INDEX=2"))
    vm.says(f"'Guest' boots with root=UUID={UUID}, and virtio disk 2 and virtio disk 1 both have this UUID: Linux may "
            "mount either (disk= chooses the menu only; disks that the firmware does not show were not looked at); "
            "give the copy another, while it is not mounted, with 'tune2fs -U random DEVICE'")
    vm.guest()
    vm.ends()


def test_a_copy_whose_root_the_guest_itself_names_is_told_in_the_log(boot, twins, host):
    (host / "partless.conf").write_text("log console\n")
    vm = boot(*twins(OPTIONS))
    vm.says('partless: duplicate at=')
    vm.says('root="LABEL=guest" disk="virtio disk 1" other="virtio disk 2"')
    vm.guest()
    vm.ends()
