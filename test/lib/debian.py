"""The disks of Debian machines, as its installer leaves them, without partitions."""

import fcntl
import os
import subprocess

UUID = "3a6ff2b0-6fb1-4a5c-b0d5-0f5be8a11d00"


def installed(root, build, name, release, packages):
    """The disk NAME: the RELEASE, with PACKAGES beside the kernel. Made once and kept in the build directory."""
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


def copied(disk, path):
    """A copy of the DISK at PATH, for a machine that writes to it."""
    subprocess.run(["cp", "--sparse=always", disk, path], check=True)
    return path


def log_in(machine):
    """Waits for the login of a machine with such a disk, and logs in."""
    machine.expect("debian login: ", timeout=600)
    machine.send("root\r")
    machine.expect("Password: ")
    machine.send("partless\r")
    machine.expect("root@debian:~# ")
