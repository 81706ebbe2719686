"""What cannot boot: each says why in words a person can act on, and then the boot goes on."""

import pytest

from guest import INITRD, KERNEL, OPTIONS, entry
from malformed import MALFORMED, malformed
from processors import ONLY_X86_64

BAD, GOOD = "Bad one", "Good one"
LONG = OPTIONS + " " + "x" * 2000  # the kernel takes 2047 bytes

# What is wrong with the first of two entries, and what the console says about it: the first words
# are there before anything is tried, or come when the entry was tried and failed.
NAMED = {
    "a missing kernel": (dict(linux="/boot/vmlinuz-gone"), {}, "kernel /boot/vmlinuz-gone is not there"),
    "a missing directory": (dict(linux="/gone/vmlinuz"), {}, "kernel /gone/vmlinuz is not there"),
    "a directory for a kernel": (dict(linux="/boot/dir"), {"/boot/dir": None},
                                 "kernel /boot/dir is a directory"),
    "an empty kernel": (dict(linux="/boot/empty"), {"/boot/empty": b""}, "kernel /boot/empty is empty"),
    "a missing initrd": (dict(initrd="/boot/initrd-gone"), {}, "initrd /boot/initrd-gone is not there"),
    "a directory for an initrd": (dict(initrd=[INITRD, "/boot/dir"]), {"/boot/dir": None},
                                  "initrd /boot/dir is a directory"),
}
TRIED = {
    "a text for a kernel": (dict(linux="/boot/text"), {"/boot/text": b"not a program\n" * 99},
                            "is not an EFI program"),
    "zeros for a kernel": (dict(linux="/boot/zeros"), {"/boot/zeros": bytes(8192)},
                           "zeros (was it written completely?)"),
    "options that are too long": (dict(options=LONG), {},
                                  f"the options are {len(LONG)} bytes long, this kernel takes at most 2047"),
}


@pytest.mark.parametrize("fault", NAMED)
def test_an_entry_that_cannot_boot_is_told_and_the_next_one_is_the_default(boot, images, fault):
    wrong, files, sentence = NAMED[fault]
    menu = f"timeout 4\ndefault {BAD}\n" + entry(BAD, **wrong) + entry(GOOD)
    machine = boot(images.guest(menu, files))
    machine.says(sentence)
    machine.says(GOOD)
    machine.guest()
    machine.ends()


@pytest.mark.parametrize("fault", TRIED)
def test_an_entry_that_fails_is_told_and_the_next_one_is_tried(boot, images, fault):
    wrong, files, sentence = TRIED[fault]
    menu = "timeout 1\n" + entry(BAD, **wrong) + entry(GOOD)
    machine = boot(images.guest(menu, files))
    machine.says(f"cannot boot '{BAD}'")
    machine.says(sentence)
    machine.says(GOOD)
    machine.guest()
    machine.ends()


# With these the firmware of Debian 12 ends the machine, when it is handed them.
DEADLY = ["a beginning outside", "a beginning far outside", "a beginning in data", "a section whose end wraps",
          "a file part past its memory"]


def test_malformed_kernels_do_not_end_the_machine(boot, images, base):
    good = (base / KERNEL.lstrip("/")).read_bytes()
    files = {f"/boot/{number}": malformed(good, fault) for number, fault in enumerate(DEADLY)}
    menu = "timeout 1\n" + "".join(entry(fault, linux=path) for path, fault in zip(files, DEADLY)) + entry(GOOD)
    machine = boot(images.guest(menu, files, size="192M"))
    for fault in DEADLY:
        machine.says(f"cannot boot '{fault}'")
        machine.says(MALFORMED[fault].sentence)
    machine.guest()
    machine.ends()


def test_a_kernel_that_was_cut_short_is_told(boot, images, base):
    half = (base / KERNEL.lstrip("/")).read_bytes()[:4 << 20]
    menu = "timeout 1\n" + entry(BAD, linux="/boot/half") + entry(GOOD)
    machine = boot(images.guest(menu, {"/boot/half": half}))
    machine.says("is truncated: its headers ask for")
    machine.guest()
    machine.ends()


def test_a_program_that_is_no_kernel_is_told(boot, images, built):
    program = (built / "test/hello.efi").read_bytes()
    menu = "timeout 1\n" + entry(BAD, linux="/boot/hello.efi") + entry(GOOD)
    machine = boot(images.guest(menu, {"/boot/hello.efi": program}))
    machine.says("is an EFI program, but no Linux kernel")
    machine.guest()
    machine.ends()


def test_where_somebody_is_the_menu_stays_after_a_failure(boot, images):
    menu = "timeout 600\n" + entry(BAD, options=LONG) + entry(GOOD, OPTIONS + " chosen=good")
    machine = boot(images.guest(menu))
    machine.says(GOOD)
    machine.send("\r")
    machine.says(f"cannot boot '{BAD}'")
    machine.says(GOOD)
    machine.is_silent_about("guest:", 10)
    machine.send("\x1b[B", "\r")
    assert "chosen=good" in machine.guest()["cmdline"]
    machine.ends()


def test_a_bad_line_is_told_and_costs_only_itself(boot, images):
    menu = "timeout 4\n" + entry(GOOD).replace("linux", "colour green\nlinux")
    machine = boot(images.guest(menu))
    machine.says("/boot/partless.conf:3: unknown word 'colour'")
    machine.guest()
    machine.ends()


def test_a_truncated_disk_is_told_and_another_disk_boots(boot, images):
    cut = images.guest(entry(BAD), name="cut.img", label="cut")
    with open(cut, "r+b") as disk:
        disk.truncate(40 << 20)
    machine = boot(cut, images.guest("timeout 4\n" + entry(GOOD)))
    machine.says(f"the file system has {64 << 20} bytes and the disk only {40 << 20}")
    machine.guest()
    machine.ends()


def nothing_boots(machine, sentence):
    """The report stays for 30 seconds, and then the firmware goes on."""
    machine.says(sentence)
    machine.is_silent_about("BdsDxe", 25)
    machine.says("BdsDxe: failed to start")  # late where the machine is busy: its clock is slow then


@pytest.mark.trial
def test_an_empty_disk_is_told_and_the_firmware_goes_on(boot, images):
    nothing_boots(boot(images.blank("blank.img")), "virtio disk 1 holds nothing but zeros")


@pytest.mark.trial
def test_a_truncated_disk_alone_is_told_and_the_firmware_goes_on(boot, images):
    cut = images.guest(entry(BAD), name="cut.img")
    with open(cut, "r+b") as disk:
        disk.truncate(1 << 20)
    nothing_boots(boot(cut), f"the file system has {64 << 20} bytes and the disk only {1 << 20}")


def test_no_disk_at_all_is_told_and_the_firmware_goes_on(boot):
    nothing_boots(boot(), "no disk was found")


def test_a_menu_without_a_bootable_entry_is_told_and_the_firmware_goes_on(boot, images):
    menu = "timeout 1\n" + entry(BAD, linux="/boot/vmlinuz-gone")
    disk = images.guest(menu, {"/boot/vmlinuz": b""})  # else it would be found without a menu
    nothing_boots(boot(disk), "kernel /boot/vmlinuz-gone is not there")


def test_when_nothing_boots_the_console_says_why_for_each_disk(boot, images):
    broken = images.guest(files={"/boot/vmlinuz": b"", "/boot/grub/grub.cfg": b"set timeout=5\n"})
    machine = boot(broken, images.other_ext4(), images.blank("blank.img"))
    machine.says("put the missing files there, correct the entries")  # the screen has the end of it
    machine.says("Partless returns to the firmware.")
    for sentence in ["kernels in /boot on virtio disk 1: none of them can boot",
                     "kernel /boot/vmlinuz is empty",
                     "virtio disk 3 holds nothing but zeros",
                     "/boot/grub/grub.cfg on virtio disk 1: no entries",
                     "no boot file and no kernel on virtio disk 2",
                     "found on no disk: partless.conf in /boot; grub.cfg in /boot/grub2,",
                     "put the missing files there, correct the entries",
                     "code=entry.not-found"]:
        machine.says(sentence)


def test_when_all_entries_failed_the_firmware_goes_on(boot, images):
    menu = "timeout 1\n" + entry(BAD, options=LONG) + entry(GOOD, linux="/boot/text")
    machine = boot(images.guest(menu, {"/boot/text": b"no program\n" * 999}))
    machine.says(f"cannot boot '{BAD}'")
    machine.says(f"cannot boot '{GOOD}'")
    nothing_boots(machine, "is not an EFI program")


HOSTING = ONLY_X86_64  # the firmware for aarch64 has other words than docs/hosts/libvirt.md


def meaning(root, *words):
    """What docs/hosts/libvirt.md says of the sight in whose row all WORDS are."""
    page = (root / "docs/hosts/libvirt.md").read_text()
    found, = [row for row in page.splitlines() if row.startswith('| "failed') and all(word in row for word in words)]
    return found.split("|")[2]


@HOSTING
def test_what_the_firmware_says_without_the_loader_s_file(boot, images, root, loader):
    loader.unlink()
    machine = boot(images.guest(entry(GOOD)), usb_only=True)
    machine.expect(r'failed to load Boot\d+ "UEFI QEMU QEMU USB HARDDRIVE[^\n]*: Not Found')
    machine.says("EFI Internal Shell")
    assert "no `EFI/BOOT/BOOTX64.EFI`" in meaning(root, "failed to load", "Not Found", "the loader's disk", "shell")


@HOSTING
def test_what_the_firmware_says_when_the_guest_s_disk_comes_first(boot, images, root):
    machine = boot(images.guest("timeout 1\n" + entry(GOOD)))
    machine.expect(r'failed to load Boot\d+ "UEFI Misc Device"[^\n]*: Not Found')
    machine.says("Partless boots")
    assert "does no harm" in meaning(root, "failed to load", "Not Found", "then Partless")


@HOSTING
def test_what_the_firmware_says_after_the_loader(boot, images, host, root):
    (host / "partless.conf").write_text("on-failure firmware\n")
    machine = boot(images.blank("blank.img"), usb_only=True)
    machine.says("Partless returns to the firmware.")
    machine.expect(r'failed to start Boot\d+ "UEFI QEMU QEMU USB HARDDRIVE[^\n]*: Not Found')
    assert "its last lines say why" in meaning(root, "failed to start", "Not Found")
