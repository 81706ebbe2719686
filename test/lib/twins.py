"""Two machines with copies of one disk, of which GRUB boots one and Partless the other, again and again."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import grub
import saved
import variables
from loglines import parse
from processors import X86_64
from qemu import Machine, digest

UUID = "6a2f1c0e-58b3-4d0f-8c55-d0b7f3a1e942"
GRUBENV = "/boot/grub/grubenv"
# The kernel of the tests' guests has a driver for NVMe built in, so that the quickest boot is one without initrd.
LINUX = "linux /boot/vmlinuz ro console=ttyS0 quiet panic=-1 no_timer_check root="
NVME = "/dev/nvme0n1"
EDITENV = "/usr/bin/grub-editenv"

# As grub2-set-bootflag of Fedora does it: a flag that is set is left alone, else a new file takes the
# place of the old one.
BOOTFLAG = f"""set -e
! grep -qx "$1=1" {GRUBENV} || exit 0
cp {GRUBENV} {GRUBENV}.0
{EDITENV} {GRUBENV}.0 set "$1=1"
sync
mv {GRUBENV}.0 {GRUBENV}
"""

# What a guest does between its start and its end.
FLAG = "sh /bin/bootflag "


def env_set(*pairs):
    return f"{EDITENV} {GRUBENV} set {' '.join(pairs)}"


def env_unset(*names):
    return f"{EDITENV} {GRUBENV} unset {' '.join(names)}"


def entry(name, before="", after="", root=NVME):
    """An entry, with further commands BEFORE and AFTER that which loads the kernel."""
    return "\n".join([f"menuentry 'Guest {name}' --id {name} {{", before, f"{LINUX}{root} who={name}", after, "}\n"])


def libraries(program):
    """The files that PROGRAM needs beside itself."""
    lines = subprocess.run(["ldd", program], capture_output=True, text=True, check=True, timeout=60).stdout
    return [Path(path) for path in re.findall(r"(/\S+) \(", lines)]


class Boot(NamedTuple):
    """What was the same of one boot, and what only Partless tells."""

    who: str  # the entry
    initrd: bool
    env: list  # as the guest found it, before its own steps
    timeout: int
    writes: int  # of variables


class Twins:
    """Two machines with copies of one DISK. GRUB boots one, and Partless the other."""

    def __init__(self, directory, host, disk, bus):
        (host / "partless.conf").write_text("log debugcon\n")
        self.directory = directory
        self.bus = bus
        self.loaders = {"grub": grub.loader(directory / "grub", UUID), "partless": host}
        self.disks = {name: Path(shutil.copy(disk, directory / f"{name}.img")) for name in self.loaders}
        self.store = X86_64.new_variables(directory / "store.fd")
        self.log = directory / "debug.log"
        self.no_matter = []  # lines of the environment that the guest's tools lose without harm: DIFFERS

    def boot(self, *steps, keys=(), panics=False):
        """Boots both. When the menu is there, KEYS are pressed. The guest then does the STEPS, each a command for
        its shell, or, when it PANICS, it has no chance to."""
        disk, before = self.disks["partless"], variables.records(self.store)
        was = digest(disk)
        results = {name: self._boot(name, steps, keys, panics) for name in self.loaders}
        assert results["partless"][:2] == results["grub"][:2]
        (told, env, at_start, _), (_, _, _, counted) = results["partless"], results["grub"]
        assert at_start == was, "a byte of the disk is not what it was"
        lines = parse(self.log.read_text())
        writes = [pairs for word, pairs in lines if word == "keep"]
        assert not any("kept" in pairs for pairs in writes)
        assert (variables.records(self.store) != before) == bool(writes)
        timeout = next(int(pairs["timeout"]) for word, pairs in lines if word == "default")
        assert counted in (None, timeout)
        assert self.environment("partless") == self.environment("grub")
        if told is None:
            return Boot(None, False, env, timeout, len(writes))
        who = re.search(r"\bwho=(\S+)", told["options"])[1]
        return Boot(who, bool(told["initrd"]), env, timeout, len(writes))

    def _boot(self, name, steps, keys, panics):
        """What the guest told, the environment and the disk's digest when it was up, and from where the menu of
        GRUB counted down, if it was shown."""
        place = self.directory / f"{name}-machine"
        place.mkdir(exist_ok=True)
        firmware = "bios" if name == "grub" else self.store
        machine = Machine(place, self.loaders[name], [(self.disks[name], self.bus)], firmware=firmware,
                          timeout=180, more=[
                              "-chardev", f"file,id=debug,path={self.log}",
                              "-device", "isa-debugcon,iobase=0x402,chardev=debug"])
        try:
            if keys:
                machine.expect("Guest ")
                machine.send(*keys)
            told = None
            if panics:
                machine.expect("Kernel panic")
                machine.ends()
            else:
                told, _ = grub.told(machine.guest())
            env, now = self.environment(name), digest(self.disks[name])
            if not panics:
                what = ["mount -o remount,rw /", *steps, "mount -o remount,ro /"] if steps else ["true"]
                machine.send(f"(set -e; {'; '.join(what)}) && poweroff -f\r")
                machine.ends()
        finally:
            print(f"\n==== {name} ====\n{machine.stop()}")
        counted = re.search(r"automatically\s+in\s+(\d+)s", machine.serial.shown)
        return told, env, now, counted and int(counted[1])

    def environment(self, name):
        """What the next boot will find."""
        disk = self.disks[name]
        more = saved.changes(disk, GRUBENV, UUID, self.store, self.directory) if name == "partless" else []
        lines = saved.listed(saved.block(disk, GRUBENV), more, self.directory)
        return [line for line in lines if line not in self.no_matter]
