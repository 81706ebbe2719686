"""partless-mkimage: guests that boot through a read-only image or CD in the place of the loader's directory."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from guest import INITRD, KERNEL, OPTIONS, entry
from processors import AARCH64, ONLY_X86_64, X86_64
from qemu import ENTER, digest
from test_disks import drive

BOOTS_ON = ONLY_X86_64  # where a test does not say

# How a medium is attached: its kind, and QEMU's options for the drive, and for the devices.
ATTACHED = {
    "usb": ("img", "readonly=on", ["usb-storage"]),
    "virtio": ("img", "readonly=on", ["virtio-blk-pci"]),
    "scsi": ("img", "readonly=on", ["virtio-scsi-pci,id=%s-bus", "scsi-hd,bus=%s-bus.0"]),
    "sata": ("img", "snapshot=on", ["ich9-ahci,id=%s-bus", "ide-hd,bus=%s-bus.0"]),
    "sata-cd": ("iso", "readonly=on,media=cdrom", ["ich9-ahci,id=%s-bus", "ide-cd,bus=%s-bus.0"]),
    "usb-cd": ("iso", "readonly=on,media=cdrom", ["usb-storage"]),
    "scsi-cd": ("iso", "readonly=on,media=cdrom", ["virtio-scsi-pci,id=%s-bus", "scsi-cd,bus=%s-bus.0"]),
}


def attached(medium, way, name="medium"):
    """QEMU's arguments."""
    _, options, devices = ATTACHED[way]
    *buses, device = [part.replace("%s", name) for part in devices]
    return ["-drive", f"if=none,id={name},format=raw,file={medium},{options}",
            *(word for part in [*buses, f"{device},drive={name}"] for word in ("-device", part))]


def opened(machine, path):
    """For each time that QEMU has PATH open, whether it may write there."""
    found = []
    for link in Path(f"/proc/{machine.serial.pid}/fd").iterdir():
        if link.is_symlink() and os.readlink(link) == str(path):
            flags = re.search(r"flags:\s+(\d+)", (link.parents[1] / "fdinfo" / link.name).read_text())[1]
            found.append(int(flags, 8) & os.O_ACCMODE != os.O_RDONLY)
    return found


@pytest.fixture
def medium(root, host, tmp_path):
    """medium(KIND) makes of the loader's directory an image or a CD. It must stay what it is, byte for byte."""
    made = {}

    def make(kind):
        path = tmp_path / f"medium{len(made)}.{kind}"
        subprocess.run([root / "scripts/mkimage", "--directory", host, path], check=True)
        made[path] = digest(path)
        return path

    yield make
    assert {path: digest(path) for path in made} == made


@pytest.fixture
def through(boot, medium):
    """through(WAY, DISK, ...) boots from a medium that is attached that WAY. COPIES are ways in which further ones are
    attached."""

    def start(way, *disks, copies=(), more=(), **options):
        more = list(more)
        for n, each in enumerate([way, *copies]):
            more += attached(medium(ATTACHED[each][0]), each, f"medium{n}")
        return boot(*disks, shared=False, more=more, **options)

    return start


SETTINGS = "timeout 0\noptions-append said=medium\n"
GUEST = "timeout 600\n" + entry("Guest")


def boots_as_set(machine, path):
    machine.says("Partless boots 'Guest'")
    assert opened(machine, path) and not any(opened(machine, path))
    facts = machine.guest()
    assert facts["cmdline"].endswith(" said=medium")
    assert facts["root"] == "/dev/vda ext4 ro"
    machine.ends()


@pytest.mark.parametrize("processor, way", [
    (X86_64, "virtio"), (X86_64, "sata-cd"), (AARCH64, "virtio"),
    *(pytest.param(X86_64, way, marks=pytest.mark.trial) for way in ("usb", "scsi", "sata", "usb-cd", "scsi-cd")),
    *(pytest.param(AARCH64, way, marks=pytest.mark.trial) for way in ("usb", "scsi", "usb-cd", "scsi-cd"))], ids=str)
def test_a_guest_boots_through_a_medium_whose_settings_count(through, images, host, tmp_path, processor, way):
    (host / "partless.conf").write_text(SETTINGS)
    machine = through(way, images.guest(GUEST))
    boots_as_set(machine, tmp_path / f"medium0.{ATTACHED[way][0]}")


@pytest.mark.trial
@pytest.mark.parametrize("processor, way", [(X86_64, "virtio"), (X86_64, "sata-cd"), (AARCH64, "virtio"),
                                            (AARCH64, "usb-cd")], ids=str)
def test_newer_firmware_starts_the_loader_from_a_medium(through, images, host, tmp_path, firmware_of, processor, way):
    (host / "partless.conf").write_text(SETTINGS)
    machine = through(way, images.guest(GUEST), firmware=firmware_of(processor, "trixie", "pflash"))
    boots_as_set(machine, tmp_path / f"medium0.{ATTACHED[way][0]}")


@pytest.mark.parametrize("way, copies", [("virtio", ("virtio", "sata-cd")),
                                         pytest.param("sata-cd", ("virtio", "usb-cd", "scsi-cd"), marks=pytest.mark.trial),
                                         pytest.param("usb", ("usb", "scsi"), marks=pytest.mark.trial)])
def test_of_a_medium_that_is_there_more_than_once_nothing_is_said(through, images, host, way, copies):
    """Partless comes from one of them; the other is a disk without a file system of a guest."""
    (host / "partless.conf").write_text("timeout 1\nlog console\n")
    machine = through(way, images.guest(GUEST), copies=copies)
    machine.guest()
    machine.ends()
    disks = [line for line in machine.serial.shown.splitlines() if line.startswith("partless: disk ")]
    assert len(disks) == 1 + 2 * len(copies)  # each is a whole disk and a partition
    assert [disk for disk in disks if "fs=none" not in disk] == disks[:1]
    menu = machine.serial.shown.split("Partless 0.1.0", 1)[1].split("Booting in")[0]
    assert re.fullmatch(r"\s*> Guest\s*", menu), menu


@pytest.mark.trial
def test_a_medium_is_no_guests_disk(through, host):
    (host / "partless.conf").write_text("on-failure poweroff\n")
    machine = through("virtio")
    machine.says("no disk was found")
    machine.ends()


@pytest.mark.trial
@pytest.mark.parametrize("way", ["sata-cd", "virtio"])
def test_an_entry_of_the_hosts_own_boots_from_a_large_medium(through, images, base, host, way):
    """What lies in front of its kernel has more bytes than a CD's boot catalog can count, in either of its units."""
    (host / "fill").touch()
    os.truncate(host / "fill", (65536 * 2048) + (1 << 20))
    (host / "rescue").mkdir()
    for name in (KERNEL, INITRD):
        shutil.copy(base / name[1:], host / "rescue")
    (host / "partless.conf").write_text("timeout 0\ndefault Rescue\n" + entry(
        "Rescue", OPTIONS + " from=medium", linux="/rescue/vmlinuz", initrd="/rescue/initrd.img"))
    machine = through(way, images.guest(GUEST))
    machine.says("Partless boots 'Rescue'")
    assert machine.guest()["cmdline"].endswith(" from=medium")
    machine.ends()


@pytest.mark.trial
@pytest.mark.parametrize("way", ["virtio", "sata-cd"])
def test_sixteen_guests_share_one_medium(boot, medium, images, host, way):
    """All are at the menu when the first one boots."""
    (host / "partless.conf").write_text("timeout 6000\n")
    disk = images.guest("timeout 1\n" + entry("Guest"))
    path = medium(ATTACHED[way][0])
    path.chmod(0o444)
    more = [*drive(disk, "raw", ["virtio-blk-pci,drive=disk"], snapshot="on"), *attached(path, way)]
    machines = [boot(shared=False, more=more, memory=192, timeout=900) for _ in range(16)]
    for machine in machines:
        machine.expect("Booting in")
        assert opened(machine, path) and not any(opened(machine, path))
    for machine in machines:
        machine.send(ENTER)
    for machine in machines:
        assert machine.guest()["root"] == "/dev/vda ext4 ro"
        machine.ends()
