"""GRUB itself boots the same disks: the entry and the command line that it takes are what Partless takes."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import grub
import guest
from processors import ONLY_X86_64, X86_64
from qemu import Machine
from test_boot import MAIN

BOOTS_ON = ONLY_X86_64  # the GRUB of Debian's grub-efi-amd64-bin

PAIRS = Path(__file__).parents[1] / "config/grub"

# The quick ones; the others are trials.
QUICK = ["debian-12-saved-default", "written-by-hand"]
TRIALS = sorted({path.stem for path in PAIRS.glob("debian-*.in")} - {*QUICK})
ONE_SHOT = ["debian-12-one-shot", "debian-13-one-shot"]


def files_of(text):
    """The files that a pair's input describes; test/unit/tree_volume.h has the format."""
    parts = re.split(r"^==> (\S+)\n", text, flags=re.M)[1:]
    return dict(zip(parts[::2], parts[1::2]))


def disk_of(images, base, name):
    """A disk with that menu, on which each initrd tells its own name. Gives it and its UUID."""
    files = files_of((PAIRS / f"{name}.in").read_text())
    contents = {}
    for path, text in files.items():
        if path.endswith("grubenv"):
            contents[path] = text.rstrip("\n").encode()
            assert len(contents[path]) == 1024
        elif "initrd" in path:
            contents[path] = guest.initrd("20-name", path) + (base / "boot/initrd.img").read_bytes()
        elif text:
            contents[path] = text.encode()
    links = {path: "vmlinuz" for path, text in files.items() if not text and "vmlinuz" in path}
    uuid = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", files["/boot/grub/grub.cfg"])[0]
    return images.guest(files=contents, links=links, size="160M", mke2fs=["-U", uuid]), uuid


def told(machine):
    """grub.told() of a machine, which ends then."""
    facts = machine.guest()
    machine.ends()
    assert MAIN in facts["initrd"]
    return grub.told(facts)


@pytest.fixture
def boots(tmp_path):
    """boots(LOADER, DISK, n, firmware) boots DISK n times in one machine, which remembers its EFI
    variables where the firmware is pflash, and gives what arrived each time: told()."""
    def run(loader, disk, times=1, firmware="bios"):
        directory = tmp_path / f"{loader.name}-{firmware}"
        directory.mkdir()
        if firmware == "pflash":
            firmware = X86_64.new_variables(directory / "vars.fd")
        answers = []
        for _ in range(times):
            machine = Machine(directory, loader, [disk], firmware=firmware, timeout=180)
            try:
                answers.append(told(machine))
            finally:
                print(f"\n==== console ====\n{machine.stop()}")
        return answers
    return run


@pytest.fixture
def of_grub(boots, tmp_path):
    """of_grub(DISK, UUID, n): what GRUB boots, on a copy, because it writes to grubenv."""
    def run(disk, uuid, times=1):
        loader = grub.loader(tmp_path / "grub", uuid)
        return boots(loader, shutil.copy(disk, tmp_path / "grub.img"), times)
    return run


def default_kernel(partless, disk):
    """The kernel of the default entry as `partless entries` tells it."""
    run = subprocess.run([partless, "entries", "--json", disk], capture_output=True, check=True)
    menu = json.loads(run.stdout)
    return next(e["kernel"] for e in menu["entries"] if e["id"] == menu["default"])


@pytest.mark.parametrize("name", QUICK + [
    pytest.param(name, marks=pytest.mark.trial) for name in TRIALS if "one-shot" not in name])
def test_partless_boots_what_grub_boots(boots, of_grub, images, base, host, partless, name):
    disk, uuid = disk_of(images, base, name)
    (theirs, kernel), = of_grub(disk, uuid)
    (ours, _), = boots(host, disk)
    assert ours == theirs
    assert default_kernel(partless, disk) == kernel


@pytest.mark.trial
@pytest.mark.parametrize("name", ONE_SHOT)
def test_a_one_shot_choice_is_booted_once_as_grub_does(boots, of_grub, images, base, host, name):
    disk, uuid = disk_of(images, base, name)
    theirs = [answer for answer, _ in of_grub(disk, uuid, 2)]
    assert theirs[0]["initrd"] != theirs[1]["initrd"]
    assert [answer for answer, _ in boots(host, disk, 2, "pflash")] == theirs
    assert [answer for answer, _ in boots(host, disk)] == theirs[1:]
