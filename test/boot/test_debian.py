"""Debian as its installer leaves it, on a disk without partitions, boots to its login."""

import fcntl
import os
import subprocess

import pytest

from processors import ONLY_X86_64
from qemu import WITHOUT_CX16

pytestmark = pytest.mark.trial
BOOTS_ON = ONLY_X86_64  # test/debian/ installs for this one

UUID = "3a6ff2b0-6fb1-4a5c-b0d5-0f5be8a11d00"

# The release, its packages beside the kernel, and what its kernel is told.
MACHINES = {
    "bullseye": ("bullseye", ["grub-efi-amd64"], f"root=UUID={UUID} ro console=ttyS0 quiet"),
    "bookworm": ("bookworm", ["grub-efi-amd64"], f"root=UUID={UUID} ro console=ttyS0 quiet"),
    "trixie": ("trixie", ["grub-efi-amd64"], f"root=UUID={UUID} ro console=ttyS0 quiet"),
    "no-grub": ("bookworm", [], f"root=UUID={UUID} ro"),
}


def installed(root, build, name):
    """The disk of that machine, made once and kept in the build directory."""
    release, packages, _ = MACHINES[name]
    scripts = root / "test/debian"
    cache = build / "cache/debian"
    cache.mkdir(parents=True, exist_ok=True)
    disk, new = cache / f"{name}.img", cache / f"{name}.new"
    with open(cache / f"{name}.lock", "w") as lock:  # the tests run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (not disk.exists()
                or any(s.stat().st_mtime > disk.stat().st_mtime for s in scripts.iterdir())):
            sudo = [] if os.geteuid() == 0 else ["sudo"]
            subprocess.run([*sudo, scripts / "disk", release, UUID, new, *packages], check=True)
            if packages:
                subprocess.run([*sudo, scripts / "inside", build / "partless", new,
                                scripts / "update-grub"], check=True)
            new.rename(disk)
    return disk


@pytest.mark.parametrize("name", MACHINES)
def test_debian_boots_to_its_login(boot, root, build, partless, tmp_path, name):
    disk = tmp_path / "debian.img"
    subprocess.run(["cp", "--sparse=always", installed(root, build, name), disk], check=True)
    subprocess.run([partless, "check", disk], check=True)
    machine = boot(disk, changes=True, memory=1024, timeout=120, more=WITHOUT_CX16)
    machine.expect("debian login: ", timeout=600)
    machine.send("root\r")
    machine.expect("Password: ")
    machine.send("partless\r")
    machine.expect("root@debian:~# ")
    machine.send("echo told=$(cat /proc/cmdline)=\r")
    assert machine.expect("\ntold=(.*)=\n")[1] == MACHINES[name][2]
    machine.send("poweroff\r")
    machine.ends()
