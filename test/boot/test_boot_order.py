"""A disk that could boot beside the guest's own: which is taken, why, and what the host's boot order does."""

import subprocess

import pytest

from processors import AARCH64, X86_64
from test_settings import smbios

MENU = "timeout 4\ntitle Hello\nefi /boot/hello.efi\noptions from the menu\n"
UUID = "00000000-0000-4000-8000-00000000000%d"

# The guest's own disk, by where it is; "data" lies on virtio-blk and is whole.
OWN = {
    "nvme": ["nvme,serial=1,drive=own"],
    "scsi": ["virtio-scsi-pci,id=bus", "scsi-hd,bus=bus.0,drive=own"],
    "virtio": ["virtio-blk-pci,addr=9,drive=own"],
    "port": ["pcie-root-port,id=down,chassis=1", "virtio-blk-pci,bus=down,drive=own"],
    "sata": ["ide-hd,bus=ide.2,drive=own"],
}
CALLED = {"nvme": "NVMe disk 1", "sata": "SATA disk 1"}


@pytest.fixture
def two(images, built):
    """QEMU's arguments for a data disk, which comes first, and the guest's own, which has this place in the
    boot order or None, both with a menu that starts a program which tells its disk."""
    files = {"/boot/hello.efi": (built / "test/hello.efi").read_bytes()}

    def make(bus, place, partition=False):
        data, own = (images.guest(MENU, files, name=f"{name}.img", label=name, mke2fs=["-U", UUID % n])
                     for n, name in enumerate(("data", "own")))
        if partition:
            whole = images.blank("whole.img", "66M")
            subprocess.run(["sfdisk", "-q", whole], input="label: gpt\n2048,64M\n", text=True, check=True)
            with open(whole, "r+b") as disk:
                disk.seek(1 << 20)
                disk.write(own.read_bytes())
            own = whole
        more = ["-drive", f"if=none,id=data,format=raw,file={data}", "-device", "virtio-blk-pci,addr=8,drive=data",
                "-drive", f"if=none,id=own,format=raw,file={own}"]
        devices = list(OWN[bus])
        if place is not None:
            devices[-1] += f",bootindex={place}"
        return more + [a for device in devices for a in ("-device", device)]

    return make


def arm(*case):
    return pytest.param(AARCH64, *case, marks=pytest.mark.trial)


@pytest.mark.parametrize("processor, bus, firmware, machine, partition", [
    (X86_64, "nvme", "bios", "pc", False),
    (X86_64, "nvme", "pflash", "q35", False),
    (X86_64, "scsi", "bios", "pc", False),
    (X86_64, "virtio", "pflash", "pc", True),
    (X86_64, "virtio", "bios", "pc", True),
    (X86_64, "port", "bios", "q35", False),
    (X86_64, "sata", "pflash", "q35", False),
    arm("nvme", "pflash", "virt", False),
    arm("scsi", "bios", "virt", False),
    arm("virtio", "pflash", "virt", True),
    arm("port", "bios", "virt", False),
], ids=str)
def test_what_comes_first_in_the_boot_order_boots(boot, two, bus, firmware, machine, partition):
    vm = boot(firmware=firmware, machine=machine, usb_only=True, more=two(bus, 1, partition))
    own = CALLED.get(bus, "virtio disk [12]") + (", partition 1" if partition else "")
    vm.expect(rf"{own}\s+and\s+virtio disk [12]\s+both")
    vm.says("goes first, because it comes first in the boot order; to choose, say disk=")
    vm.expect(r"^\s*(SERIAL|INDEX)=")
    vm.says("hello: disk=own")
    vm.says("hello: done")


def test_the_boot_order_counts_where_the_loader_is_qemus_kernel(direct, two):
    vm = direct("timeout=1", more=two("nvme", 1))
    vm.says("hello: disk=own")
    vm.says("hello: done")


def test_without_a_place_in_the_boot_order_virtio_goes_first_and_that_is_told(boot, two):
    vm = boot(usb_only=True, more=two("nvme", None))
    vm.says("virtio disk 1 and NVMe disk 1 both have an entry to boot: virtio disk 1 goes first, because it "
            "is on virtio; to choose, say disk=INDEX=")
    vm.says("hello: disk=data")
    vm.says("hello: done")


def test_the_disk_that_the_host_names_goes_before_the_boot_order(boot, two):
    vm = boot(usb_only=True, more=[*two("nvme", 1), *smbios("partless.disk=LABEL=data")])
    vm.shows_first("Booting in", "both have an entry")
    vm.says("hello: disk=data")
    vm.says("hello: done")


def test_a_confidential_guest_does_not_hear_of_the_boot_order(boot, two, built, loader):
    loader.write_bytes((built / "test/confidential.efi").read_bytes())
    vm = boot(usb_only=True, more=two("nvme", 1))
    vm.says("hello: disk=data")
    vm.says("hello: done")


# EFI_LOAD_OPTION of the disks at the PCI functions 8.0 and 9.0, as the shell takes it: active, its path of 22
# bytes, no description, ACPI(PNP0A03, 0), PCI, the end.
OPTION = "01000000 1600 0000 02010c00d041030a00000000 01010600%s 7fff0400"


@pytest.mark.parametrize("order, taken, why", [
    ("0200", "own", "it comes first in the boot order"),
    ("02000100", "data", "the firmware found it first"),
    pytest.param("01000200", "data", "the firmware found it first", marks=pytest.mark.trial),
])
def test_where_the_host_gives_no_order_the_firmwares_counts_if_it_leaves_out_a_disk(
        boot, two, host, loader, order, taken, why):
    loader.rename(host / "loader.efi")
    commands = [f"Boot0{n}00 ={OPTION.replace(' ', '') % place}" for n, place in enumerate(("0008", "0009"), 1)]
    commands.append(f"BootOrder ={''.join(order[i + 2:i + 4] + order[i:i + 2] for i in range(0, len(order), 4))}")
    (host / "startup.nsh").write_text("".join(
        f"setvar {name} -guid 8be4df61-93ca-11d2-aa0d-00e098032b8c -bs -rt -nv {value}\n"
        for name, value in (command.split() for command in commands)) + "fs0:\nloader.efi\n")
    vm = boot(more=two("virtio", None))
    vm.says(f"goes first, because {why}")
    vm.says(f"hello: disk={taken}")
    vm.says("hello: done")
