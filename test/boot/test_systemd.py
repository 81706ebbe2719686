"""systemd's own tools in Debian, on a disk without partitions and so without an EFI system partition: what they show of
Partless, what they ask of it, and what they refuse."""

import re

import pytest

from debian import UUID, copied, installed, log_in
from processors import ONLY_X86_64
from qemu import WITHOUT_CX16

pytestmark = pytest.mark.trial
BOOTS_ON = ONLY_X86_64  # test/debian/ installs for this one

# The package that bootctl is in.
RELEASES = {"bookworm": "systemd-boot", "trixie": "systemd-boot-tools"}

SIMPLE = f"auto-gnulinux-simple-{UUID}"
ADVANCED = rf"(auto-gnulinux-advanced-{UUID}-gnulinux-[0-9a-z.+-]+-advanced-{UUID}-[0-9a-f]{{8}})"


FEATURES = {"Menu timeout control", "One-shot menu timeout control", "Default entry control", "One-shot entry control",
            "Support Type #1 sort-key field", "Support @saved pseudo-entry"}


class Guest:
    """A machine that was started by Partless, with a shell."""

    def __init__(self, machine, key=None):
        self.machine = machine
        if key:
            machine.says(key)
            machine.send("\r")
        log_in(machine)
        machine.send("v() { cat /sys/firmware/efi/efivars/$1-4a67b082* 2>/dev/null | tail -c +5 | tr -d '\\0'; }\r")
        machine.expect("# $")

    def run(self, command):
        """What COMMAND prints, and how it ends."""
        self.machine.send(f"{command} 2>&1 | cat; echo ended=${{PIPESTATUS[0]}}=\r")
        match = self.machine.expect(r"PIPESTATUS\[0\]\}=\s*\n((?s:.*))ended=(\d+)=\n(?=.*# )", timeout=200)
        return match[1], int(match[2])

    def variable(self, name):
        """The text of a variable of the Boot Loader Interface, "" where it is not there."""
        return self.run(f"v {name}")[0].strip()

    def ends(self, command):
        self.machine.send(command + "\r")
        self.machine.ends(timeout=300)


@pytest.fixture(params=RELEASES)
def starts(request, boot, root, build, tmp_path, processor):
    """starts(KEY) starts a Debian machine of that release once more; when the console shows KEY, somebody presses
    Enter."""
    release = request.param
    disk = copied(installed(root, build, f"{release}-systemd", release, ["grub-efi-amd64", "dbus", RELEASES[release]]),
                  tmp_path / "debian.img")
    variables = processor.new_variables(tmp_path / "variables.fd")
    return lambda key=None: Guest(boot(disk, changes=True, firmware=variables, memory=1024, timeout=120,
                                       more=WITHOUT_CX16), key)


def test_systemds_tools_work_as_far_as_they_do_without_an_esp(starts):
    guest = starts()

    said, ended = guest.run("bootctl status")
    assert ended == 0
    assert "Couldn't find EFI system partition" in said
    assert re.search(r"Product: Partless \d+\.\d+", said)
    assert re.search(r"Firmware: UEFI \d\.\d+ \(EDK II ", said)
    assert set(re.findall(r"✓ (.*)", said)) == FEATURES
    said, ended = guest.run("bootctl list")
    assert (ended, "Couldn't find EFI system partition" in said) == (1, True)
    assert re.search(r"finished in \S+ \(firmware\) \+ \S+ \(loader\) \+", guest.run("systemd-analyze")[0])

    said, ended = guest.run("systemctl reboot --boot-loader-entry=help")
    advanced = re.search(ADVANCED, said)[1]
    assert ended == 0 and SIMPLE in said
    assert guest.variable("LoaderEntrySelected") == SIMPLE
    said, ended = guest.run("systemctl reboot --boot-loader-entry=debian.conf")
    assert ended != 0 and "not known" in said

    assert guest.run(f"bootctl set-oneshot {advanced}")[1] == 0
    guest.ends("systemctl reboot")
    guest = starts()
    assert guest.variable("LoaderEntrySelected") == advanced
    assert guest.variable("LoaderEntryOneShot") == ""

    guest.ends("systemctl reboot --boot-loader-menu=33s")
    guest = starts("Booting in 33 s")
    assert guest.variable("LoaderEntrySelected") == SIMPLE
    assert guest.run("bootctl set-timeout 44")[1] == guest.run(f"bootctl set-default {advanced}")[1] == 0

    guest.ends(f"systemctl reboot --boot-loader-entry={SIMPLE}")
    guest = starts("Booting in 44 s")
    assert guest.variable("LoaderEntrySelected") == SIMPLE
    guest.ends("systemctl reboot")
    guest = starts("Booting in 44 s")
    assert guest.variable("LoaderEntrySelected") == advanced
    guest.ends("poweroff")
