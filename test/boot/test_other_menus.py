"""Guests whose menu is not ours: booted as they are, nothing changed inside."""

import re
import subprocess

from guest import OPTIONS
from test_boot import MAIN

ENTRY = """title Fedora-like
sort-key linux
version 6.1
linux /boot/vmlinuz
initrd /boot/initrd.img
options {options}
"""
OTHER = "root=LABEL=nowhere panic=-1\n"


def uuid(image):
    told = subprocess.run(["dumpe2fs", "-h", image], capture_output=True, text=True, check=True)
    return re.search(r"^Filesystem UUID: *(\S+)$", told.stdout, re.M)[1]


def test_a_guest_without_a_menu_boots_its_newest_kernel_with_a_root_that_is_true(boot, images):
    words = OPTIONS.replace("root=LABEL=guest ", "").replace(" ro", "")
    files = {"/boot/vmlinuz-5.10.0": b"an old one, never read",
             "/etc/default/grub": f'GRUB_CMDLINE_LINUX="{words}"\n'.encode(),
             "/etc/os-release": b'PRETTY_NAME="Some Linux"\n'}
    links = {"/boot/vmlinuz-6.1.0": "vmlinuz", "/boot/initrd.img-6.1.0": "initrd.img"}
    disk = images.guest(files=files, links=links)
    machine = boot(disk)
    machine.says("Some Linux")
    facts = machine.guest()
    machine.ends()
    assert f"root=UUID={uuid(disk)}" in facts["cmdline"].split()
    assert "ro" in facts["cmdline"].split()
    assert set(words.split()) <= set(facts["cmdline"].split())
    assert facts["initrd"] == [MAIN]


def test_entries_of_the_boot_loader_specification_boot_in_their_order(boot, images):
    old = ENTRY.replace("6.1", "5.10").format(options=OTHER)
    files = {"/boot/loader/entries/old.conf": old.encode(),
             "/boot/loader/entries/new.conf": ENTRY.format(options=OPTIONS + " newest").encode(),
             "/boot/loader/loader.conf": b"timeout 1\n"}
    machine = boot(images.guest(files=files))
    facts = machine.guest()
    machine.ends()
    assert facts["cmdline"] == OPTIONS + " newest"
    assert facts["initrd"] == [MAIN]
