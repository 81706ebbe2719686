"""Guests whose menu is not ours: booted as they are, nothing changed inside."""

import json
import re
import subprocess

from guest import OPTIONS
from processors import ONLY_X86_64
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


def test_a_guest_whose_only_kernel_lies_among_its_modules_boots(boot, images, base):
    words = OPTIONS.replace("root=LABEL=guest ", "")
    folder = "/usr/lib/modules/7.2.11"
    files = {f"{folder}/vmlinuz": (base / "boot/vmlinuz").read_bytes(),
             f"{folder}/initramfs.img": (base / "boot/initrd.img").read_bytes(),
             "/etc/kernel/cmdline": words.encode() + b"\n"}
    links = {"/vmlinuz": "boot/vmlinuz", "/initrd.img": "boot/initrd.img"}
    disk = images.guest(files=files, links=links, size="96M")
    for name in ("/boot/vmlinuz", "/boot/initrd.img"):
        subprocess.run(["debugfs", "-w", "-R", f"rm {name}", disk], check=True,
                       capture_output=True, timeout=60)
    machine = boot(disk)
    machine.says("Partless boots 'Linux (7.2.11)'")
    facts = machine.guest()
    machine.ends()
    assert f"root=UUID={uuid(disk)}" in facts["cmdline"].split()
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


GRUB_CFG = """set default=0
if [ -s $prefix/grubenv ]; then load_env; fi
if [ "${next_entry}" ]; then set default="${next_entry}"; set next_entry=; save_env next_entry; fi
set timeout=1
menuentry 'Usual' { linux /boot/vmlinuz %s usual; initrd /boot/initrd.img; }
submenu 'More' { menuentry 'Other' { linux /boot/vmlinuz %s other; initrd /boot/initrd.img; } }
""" % (OPTIONS, OPTIONS)


def grubenv(**variables):
    lines = "".join(f"{name}={value}\n" for name, value in variables.items())
    return f"# GRUB Environment Block\n{lines}".encode().ljust(1024, b"#")


def one_shot(boot, disk, firmware):
    machine = boot(disk, firmware=firmware)
    facts = machine.guest()
    machine.ends()
    return facts["cmdline"].split()[-1], machine.serial.shown


def told_default(partless, processor, disk, *variables):
    """The id of the entry that boots next, as the command says."""
    done = subprocess.run([partless, "entries", "--json", f"--arch={processor.name}", *variables, disk],
                          capture_output=True, timeout=60, check=True)
    return json.loads(done.stdout)["default"]


def test_what_grub_reboot_asks_for_is_booted_once(boot, images, tmp_path, processor, partless):
    """The command, if it is shown the variables, knows that it was booted."""
    files = {"/boot/grub/grub.cfg": GRUB_CFG.encode()}
    asks = images.guest(files={**files, "/boot/grub/grubenv": grubenv(next_entry="1>0")})
    asks_anew = images.guest(files={**files, "/boot/grub/grubenv": grubenv(next_entry="More>Other")},
                             name="anew.img")
    variables = processor.new_variables(tmp_path / "vars.fd")
    shown = f"--vars={variables}"
    assert told_default(partless, processor, asks, shown) == "More>Other"
    assert one_shot(boot, asks, variables)[0] == "other"
    assert told_default(partless, processor, asks) == "More>Other"
    assert told_default(partless, processor, asks, shown) == "Usual"
    assert one_shot(boot, asks, variables)[0] == "usual"
    assert told_default(partless, processor, asks_anew, shown) == "More>Other"
    assert one_shot(boot, asks_anew, variables)[0] == "other"


@ONLY_X86_64  # virt always has flash for variables: which are lost with the machine, as no firmware can know
def test_what_grub_reboot_asks_for_is_left_out_where_variables_are_forgotten(boot, images):
    files = {"/boot/grub/grub.cfg": GRUB_CFG.encode(),
             "/boot/grub/grubenv": grubenv(next_entry="1>0")}
    word, shown = one_shot(boot, images.guest(files=files), "bios")
    assert word == "usual"
    assert "forgets its variables" in " ".join(shown.split())


BLSCFG = b"""load_env
set default="$saved_entry"
set timeout=4
blscfg --path /boot/loader/entries --enable-fallback
"""


def test_the_saved_entry_of_blscfg_boots_when_its_four_seconds_are_over(boot, images):
    """With an option that GRUB 2.14 would quote as its script does."""
    new = ENTRY.replace("6.1", "6.10").format(options=OTHER)
    saved = ENTRY.format(options=OPTIONS + " d='e f' g=\\h")
    machine = boot(images.guest(files={
        "/boot/grub/grub.cfg": BLSCFG,
        "/boot/grub/grubenv": grubenv(saved_entry="linux-6.1"),
        "/boot/loader/entries/linux-6.10.conf": new.encode(),
        "/boot/loader/entries/linux-6.1.conf": saved.encode()}))
    machine.says("Booting in 4 s")
    facts = machine.guest()
    machine.ends()
    assert facts["cmdline"] == OPTIONS + ' "d=e f" g=h'
    assert facts["initrd"] == [MAIN]
