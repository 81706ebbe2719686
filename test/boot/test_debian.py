"""Debian as its installer leaves it, on a disk without partitions, boots to its login."""

import subprocess

import pytest

from debian import UUID, copied, installed, log_in
from processors import ONLY_X86_64
from qemu import WITHOUT_CX16

pytestmark = pytest.mark.trial
BOOTS_ON = ONLY_X86_64  # test/debian/ installs for this one

# The release, its packages beside the kernel, and what its kernel is told.
MACHINES = {
    "bullseye": ("bullseye", ["grub-efi-amd64"], f"root=UUID={UUID} ro console=ttyS0 quiet"),
    "bookworm": ("bookworm", ["grub-efi-amd64"], f"root=UUID={UUID} ro console=ttyS0 quiet"),
    "trixie": ("trixie", ["grub-efi-amd64"], f"root=UUID={UUID} ro console=ttyS0 quiet"),
    "no-grub": ("bookworm", [], f"root=UUID={UUID} ro"),
}


@pytest.mark.parametrize("name", MACHINES)
def test_debian_boots_to_its_login(boot, root, build, partless, tmp_path, name):
    release, packages, options = MACHINES[name]
    disk = copied(installed(root, build, name, release, packages), tmp_path / "debian.img")
    subprocess.run([partless, "check", disk], check=True)
    machine = boot(disk, changes=True, memory=1024, timeout=120, more=WITHOUT_CX16)
    log_in(machine)
    machine.send("echo told=$(cat /proc/cmdline)=\r")
    assert machine.expect("\ntold=(.*)=\n")[1] == options
    machine.send("poweroff\r")
    machine.ends()
