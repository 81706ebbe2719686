"""Where the loader finds the guest's disk: machines, firmware, buses, and other disks around it."""

import pytest

from guest import entry
from processors import AARCH64, X86_64
from test_disks import drive

MENU = "timeout 1\n" + entry("Guest") + entry("Second")
HELLO = "timeout 1\ntitle Hello\nefi /boot/hello.efi\noptions from the menu\n"


MACHINES = pytest.mark.parametrize("processor, machine", [
    (X86_64, "pc"), (X86_64, "q35"), pytest.param(AARCH64, "virt", marks=pytest.mark.trial)], ids=str)


@MACHINES
@pytest.mark.parametrize("firmware", ["bios", "pflash"])
def test_machines_and_firmware(boot, images, machine, firmware):
    vm = boot(images.guest(MENU), machine=machine, firmware=firmware)
    assert vm.guest()["root"] == "/dev/vda ext4 ro"
    vm.ends()


@MACHINES
def test_a_disk_that_the_boot_order_leaves_alone_is_found(boot, images, machine):
    vm = boot(images.guest(MENU), machine=machine, firmware="pflash", usb_only=True)
    assert vm.guest()["root"] == "/dev/vda ext4 ro"
    vm.ends()


def test_a_usb_disk_that_the_boot_order_leaves_alone_is_found(boot, images, built):
    disk = images.guest(HELLO, {"/boot/hello.efi": (built / "test/hello.efi").read_bytes()})
    vm = boot(images.swap(), (disk, "usb"), firmware="pflash", usb_only=True)
    vm.says("hello: disk=guest")
    vm.says("hello: done")


def test_a_usb_disk_behind_the_root_disk_serves_as_well(boot, images):
    vm = boot(images.guest(MENU), host_last=True, usb="ehci")
    vm.guest()
    vm.ends()


def test_a_small_machine_boots(boot, images):
    vm = boot(images.guest(MENU), memory=192)
    vm.guest()
    vm.ends()


# The firmware for aarch64 has no driver for AHCI.
@pytest.mark.parametrize("processor, machine, bus", [
    *((X86_64, "q35", bus) for bus in ("virtio", "scsi", "nvme", "ahci", "usb")),
    *((AARCH64, "virt", bus) for bus in ("scsi", "nvme", "usb"))], ids=str)
def test_the_disk_may_be_on_any_bus(boot, images, build, processor, machine, bus):
    files = {"/boot/hello.efi": (build / processor.name / "test/hello.efi").read_bytes()}
    disk = images.guest(HELLO, files)
    vm = boot((disk, bus), machine=machine)
    vm.says("hello: options=from the menu")
    vm.says("hello: disk=guest")
    vm.says("hello: done")


def test_a_guest_boots_from_virtio_scsi(boot, images):
    vm = boot((images.guest(MENU), "scsi"))
    assert vm.guest()["root"] == "/dev/sda ext4 ro"
    vm.ends()


def at(disk, target, lun):
    """QEMU's arguments for DISK at a place of its own on a virtio-scsi bus."""
    return drive(disk, "raw", ["virtio-scsi-pci,id=bus", f"scsi-hd,bus=bus.0,drive=disk,scsi-id={target},lun={lun}"])


@pytest.mark.parametrize("firmware", ["bios", "pflash"])
@pytest.mark.parametrize("target, lun", [(0, 1), (3, 5), (31, 7)])
def test_a_scsi_disk_that_the_firmware_did_not_look_for_is_found(boot, images, firmware, target, lun):
    """The firmware of Debian 12 gives up a bus at the first place where no disk is."""
    vm = boot(more=at(images.guest(MENU), target, lun), firmware=firmware, usb_only=firmware == "pflash")
    assert vm.guest()["root"] == "/dev/sda ext4 ro"
    vm.ends()


def test_a_scsi_disk_behind_a_gap_is_found(boot, images):
    """Here the firmware has found the disk before the gap. Linux gives the two whatever name it finds them by first."""
    other = images.other_ext4()
    vm = boot(more=[*at(images.guest(MENU), 2, 3), "-drive", f"if=none,id=other,format=raw,file={other}",
                    "-device", "scsi-hd,bus=bus.0,drive=other,scsi-id=0,lun=0"])
    assert vm.guest()["root"] in ("/dev/sda ext4 ro", "/dev/sdb ext4 ro")
    vm.ends()


def test_a_scsi_disk_out_of_the_firmwares_reach_is_told(boot, images):
    vm = boot(images.other_ext4(), more=at(images.guest(MENU), 4, 8))
    vm.says("SCSI disk with target 4, LUN 8: this firmware does not reach it; give it a lower unit, 0 to 7 for one")
    vm.says("found on no disk")
    vm.says("give the SCSI disk that this firmware does not reach a lower unit, 0 to 7 for one")


OTHERS = {
    "an empty disk": lambda images: [images.blank("blank.img")],
    "swap and XFS": lambda images: [images.swap(), images.xfs()],
    "an ext4 without a menu": lambda images: [images.other_ext4()],
}


@pytest.mark.parametrize("others", OTHERS)
@pytest.mark.parametrize("where", ["before", "after"])
def test_other_disks_do_not_matter(boot, images, others, where):
    other, root = OTHERS[others](images), images.guest(MENU)
    vm = boot(*([*other, root] if where == "before" else [root, *other]))
    facts = vm.guest()
    vm.ends()
    device = "vd" + "abc"[len(other) if where == "before" else 0]
    assert facts["root"] == f"/dev/{device} ext4 ro"


def test_of_two_guests_disks_the_first_provides_the_default(boot, images):
    first = images.guest("timeout 4\n" + entry("First guest"), name="first.img", label="guest")
    menu = "timeout 600\n" + entry("Second guest").replace("LABEL=guest", "LABEL=second")
    second = images.guest(menu, name="second.img", label="second")
    vm = boot(first, second)
    vm.says("First guest")
    vm.says("Second guest")
    assert vm.guest()["root"] == "/dev/vda ext4 ro"
    vm.ends()
