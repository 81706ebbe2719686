"""GRUB itself, as the oracle: a GRUB that starts the grub.cfg of a disk."""

import subprocess

from qemu import Machine

# All that grub-mkconfig's menus name, built in: GRUB looks for each of the others for seconds. But
# efifwsetup: Debian 13's menus ask `fwsetup --is-supported`, at which GRUB 2.06 restarts the machine.
MODULES = """all_video boot chain configfile echo efi_gop efi_uga ext2 fat font gettext gfxmenu gfxterm
    gfxterm_background gzio halt linux loadenv minicmd normal part_gpt part_msdos reboot regexp
    search search_fs_file search_fs_uuid search_label serial sleep test terminal true video""".split()

# Those of scripts that write what they find, with `echo`, and boot nothing.
ASKED = """chain cmp configfile cpuid date echo ext2 fat file halt linux loadenv minicmd normal part_gpt
    part_msdos probe regexp search search_fs_file search_fs_uuid search_label sleep test time tr
    true""".split()

# What grub-install builds in, too.
EARLY = """search.fs_uuid {uuid} root
set prefix=($root)/boot/grub
"""


def loader(directory, uuid, modules=MODULES, early=EARLY):
    """Makes DIRECTORY a loader's, as Machine takes it, with a GRUB for the disk of that UUID."""
    (directory / "EFI/BOOT").mkdir(parents=True)
    script = directory / "early.cfg"
    script.write_text(early.format(uuid=uuid))
    subprocess.run(["grub-mkimage", "-O", "x86_64-efi", "-p", "/boot/grub", "-c", script,
                    "-o", directory / "EFI/BOOT/BOOTX64.EFI", *modules], check=True, timeout=60)
    return directory


def answers(directory, uuid, disks):
    """What the grub.cfg of the first of DISKS, which has that UUID, writes between @ and @, until it
    says "@the end". To GRUB the disks are hd0 and up."""
    image = loader(directory / "grub", uuid, ASKED, EARLY + "set pager=0\n")
    last = ["-drive", f"if=none,id=grub,format=raw,readonly=on,file=fat:{image}", "-device",
            "virtio-blk-pci,drive=grub"]
    machine = Machine(directory, None, disks, more=last, timeout=90)
    found = []
    try:
        while machine.expect("@([^@\n]*)@|@the end")[1] is not None:
            found.append(machine.serial.match[1])
    finally:
        print(f"\n==== console ====\n{machine.stop()}")
    return found


def told(facts):
    """What a guest tells of its boot, Console.guest(), less what only one loader says: its command line and the
    initrds that arrived; and the kernel, where the loader says it."""
    words = facts["cmdline"].split(" ")
    rest = [word for word in words if not word.startswith(("BOOT_IMAGE=", "initrd="))]
    kernel = next((w.partition("=")[2] for w in words if w.startswith("BOOT_IMAGE=")), None)
    return {"options": " ".join(rest).rstrip(), "initrd": facts["initrd"]}, kernel
