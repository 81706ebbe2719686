"""Guests without a partless.conf: whose menu it is, which root they get, and what is too much."""

import bz2
import gzip
import json
import lzma
import os
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from disk import as_linux, make_disk
from processors import OWN

UUID = "0c3bf1a4-4c5d-4d4d-9a55-3f0b4a3a9c11"
CPIO = b"070701" + bytes(506)
ROOT = {"/etc/fstab": "", "/etc/os-release": 'PRETTY_NAME="Debian 12"\n'}


@pytest.fixture
def image(tmp_path):
    """image({path: content}) makes a disk of these files, as make_disk() takes them."""

    def make(files, name="disk.img", label="", size="16M"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        return make_disk(tmp_path / name, files, "-O", "^has_journal", "-N", "3000",
                         "-U", UUID if name == "disk.img" else "random", "-L", label, size=size)

    return make


@pytest.fixture
def entries(partless):
    def entries(*images):
        result = subprocess.run([partless, "entries", "--json", *images], capture_output=True,
                                timeout=120, check=False)
        return json.loads(result.stdout), by_name(result.stderr.decode(), images)

    return entries


def by_name(told, images):
    """What was TOLD, with the names of images instead of their paths."""
    for image in images:
        told = told.replace(f"{image.parent}/", "")
    return told


def options(menu):
    return [entry["options"] for entry in menu["entries"]]


def test_the_order_of_the_languages(image, entries):
    files = ROOT | {
        "/boot/partless.conf": "title Own\nlinux /boot/vmlinuz-1\n",
        "/boot/grub/grub.cfg": "menuentry Scripted { linux /boot/vmlinuz-1\n}\n",
        "/loader/entries/a.conf": "title Specified\nlinux /boot/vmlinuz-1\n",
        "/boot/extlinux/extlinux.conf": "LABEL Extended\nLINUX /boot/vmlinuz-1\n",
        "/boot/grub/menu.lst": "title Legacy\nkernel /boot/vmlinuz-1\n",
        "/boot/vmlinuz-1": "kernel",
    }
    for number, title in enumerate(["Own", "Scripted", "Specified", "Extended", "Legacy", "Debian 12 (1)"]):
        menu, told = entries(image(files, f"{number}.img"))
        assert [e["title"] for e in menu["entries"]] == [title]
        assert told == ""
        del files[list(files)[len(ROOT)]]


def test_a_menu_that_cannot_boot_is_passed_over_and_told(image, entries):
    disk = image(ROOT | {
        "/boot/grub/menu.lst": "title Old\nkernel /boot/vmlinuz-0\n",
        "/boot/vmlinuz-1": "kernel"})
    menu, told = entries(disk)
    assert [e["title"] for e in menu["entries"]] == ["Debian 12 (1)"]
    assert told == ("partless: /boot/grub/menu.lst on disk.img: none of its entries can boot\n"
                    "partless:   'Old': kernel /boot/vmlinuz-0 is not there\n")


def why(partless, command, *arguments):
    """What the command says of disks that do not boot."""
    result = subprocess.run([partless, command, *arguments], capture_output=True, text=True,
                            timeout=60, check=False)
    assert result.returncode == 1 or command == "entries"
    return [line.removeprefix("partless: ") for line in result.stderr.splitlines()]


def places():
    """What is looked for and where, as the guests' rows of config/languages.h say it."""
    table = (Path(__file__).parents[2] / "config/languages.h").read_text().split("define HOST_LANGUAGES")[0]
    found = {}
    for what, paths in re.findall(r'ROW\(\w+, "[a-z]+", (NULL|"[^"]*"), ([^)]*)\)', table):
        for path in re.findall(r'"([^"]*)"', paths):
            folder, _, name = path.rpartition("/")
            if what == "NULL":
                found.setdefault(name, []).append(folder or "/")
            else:
                found.setdefault(what.strip('"'), []).append(path)
    return found


PLACES = "; ".join(f"{what} in {', '.join(folders)}" for what, folders in places().items())


def test_the_table_of_places_has_been_understood():
    assert places()["extlinux.conf"] == ["/boot/extlinux", "/boot", "/extlinux", "/", "/boot/syslinux"]
    assert places()["kernels"] == ["/boot", "/", "/usr/lib/modules", "/lib/modules"]


@pytest.mark.parametrize("command", ["check", "entries"])
def test_a_disk_without_a_boot_file_says_where_one_was_looked_for(image, partless, command):
    disk = image(ROOT)
    assert why(partless, command, disk) == [
        f"no boot file and no kernel on {disk}",
        "found on no disk: " + PLACES,
        "install a kernel in /boot, or write /boot/partless.conf (partless.conf(5))"]


def blanks(folder, count):
    """COUNT disks without anything on them."""
    paths = [folder / f"blank{number}.img" for number in range(count)]
    for path in paths:
        path.write_bytes(b"")
        os.truncate(path, 1 << 20)
    return paths


def test_lines_that_found_no_room_are_counted_once(image, partless, tmp_path):
    """Where nothing boots, a disk that holds nothing has all disks read once more."""
    disk = image({"/boot/partless.conf": "title A\nlinux /k\n" + f"not {'x' * 100}\n" * 10})
    blank, = blanks(tmp_path, 1)
    disks = [Path(shutil.copy(disk, tmp_path / f"{number}.img")) for number in range(20)]
    left_out = [next(line for line in why(partless, "check", *images) if line.endswith("lines more"))
                for images in (disks, [*disks, blank])]
    assert left_out[0] == left_out[1]


def test_boot_files_that_yield_nothing_are_told_one_by_one(image, partless):
    disk = image({"/boot/grub/grub.cfg": "set timeout=5\n", "/boot/extlinux.conf": "TIMEOUT 5\n",
                  "/grub/menu.lst/directory": ""})
    lines = why(partless, "check", disk)
    assert f"/boot/grub/grub.cfg on {disk}: no entries" in lines
    assert f"/boot/extlinux.conf on {disk}: no entries" in lines
    assert f"/grub/menu.lst on {disk}: not read (wrong type of file)" in lines
    assert "correct the boot file, or write /boot/partless.conf (partless.conf(5))" == lines[-1]
    assert "grub.cfg in /boot/grub2, /grub, /grub2, /EFI/BOOT;" in lines[-2]


def test_each_of_many_disks_says_why_it_does_not_boot(image, partless):
    bare, menu, broken = (image(files, name) for name, files in {
        "bare.img": ROOT, "menu.img": {"/boot/grub/grub.cfg": "#"},
        "broken.img": {"/boot/extlinux.conf": "LABEL A\nLINUX /gone\nNONSENSE x\n"}}.items())
    lines = why(partless, "check", bare, menu, broken)
    assert f"boot files on {broken}:" in lines
    assert f"  /boot/extlinux.conf on {broken}: none of its entries can boot" in lines
    assert f"/boot/grub/grub.cfg on {menu}: no entries" in lines
    assert f"no boot file and no kernel on {bare}" in lines
    assert lines[-1].startswith("put the missing files there, correct the entries")


def test_what_the_host_left_out_is_told(image, partless):
    disk = image(ROOT | {"/boot/vmlinuz-1": "kernel"})
    lines = why(partless, "check", "--set", "config=legacy", disk)
    assert "found on no disk: menu.lst in /boot/grub, /grub; grub.conf in /boot/grub, /grub" in lines
    assert f"nothing that the host allows (config=legacy) on {disk}: other menus were not looked at" in lines
    assert lines[-1].startswith("allow more by the host's setting 'config'")
    lines = why(partless, "check", "--set", "config=none", disk)
    assert f"nothing that the host allows (config=none) on {disk}: other menus were not looked at" in lines
    assert not any("no kernel" in line or line.startswith("found on no disk") for line in lines)
    lines = why(partless, "check", "--set", "disk=another", disk)
    assert f"by hand only, because the host names the disk 'another': the entries on {disk}" in lines
    assert lines[-1].startswith("start an entry by hand, or correct the host's setting 'disk'")
    lines = why(partless, "check", "--set", "disk=another", "--set", "lockdown=yes", disk)
    assert "lockdown (the command line) leaves out 1 of 1 entries, which do not boot by themselves" in lines
    assert f"left out, because the host names the disk 'another': the entries on {disk}" in lines
    assert lines[-1] == "correct the host's setting 'disk' (partless-settings(5))"


def test_kernels_that_cannot_boot_are_told_with_their_folder(image, partless):
    disk = image(ROOT | {"/vmlinuz-1": ""})
    lines = why(partless, "check", disk)
    assert lines[:2] == [f"kernels in / on {disk}: none of them can boot",
                         "  'Debian 12 (1)': kernel /vmlinuz-1 is empty"]


def test_two_hundred_disks_take_few_lines(image, partless, tmp_path):
    bare = image({})
    bares = [shutil.copy(bare, tmp_path / f"bare{number}.img") for number in range(100)]
    lines = why(partless, "check", *blanks(tmp_path, 100), *bares)
    assert "and 84 more disks or partitions without a file system that Partless reads" in lines
    assert any(line.startswith("no boot file and no kernel on ") and line.endswith(" and 92 more")
               for line in lines)
    assert lines[-1].startswith("install a kernel")


def kernel_files(text="", initrd=True):
    files = {"/boot/vmlinuz-6.1": "kernel", "/etc/kernel/cmdline": text + "\n"}
    return files | ({"/boot/initrd.img-6.1": CPIO} if initrd else {})


@pytest.mark.parametrize("initrd, text, want", [
    (True, "quiet", f"quiet root=UUID={UUID} ro"),
    (True, "rw quiet", f"rw quiet root=UUID={UUID}"),
    (False, "", "root=/dev/vda ro"),
    (False, "ro single", "ro single root=/dev/vda"),
    (True, f"root=UUID={UUID.upper()} ro", f"root=UUID={UUID.upper()} ro"),
    (True, "root=/dev/vda", "root=/dev/vda"),
    (True, "root=/dev/mapper/vg-root rd.lvm=1", "root=/dev/mapper/vg-root rd.lvm=1"),
    (True, "root=LABEL=here", "root=LABEL=here"),
])
def test_a_root_that_is_true(image, entries, initrd, text, want):
    menu, told = entries(image(ROOT | kernel_files(text, initrd), label="here"))
    assert options(menu) == [want]
    assert told == ""


@pytest.mark.parametrize("text, told_too", [
    ("root=UUID=11111111-2222-4333-8444-555555555555", "UUID=" + UUID),
    ("root=LABEL=there", "LABEL=here"),
    ("root=/dev/vda1", "/dev/vda"),
    ("root=/dev/xvda1", "/dev/vda"),
    ("root=/dev/sda", "/dev/vda"),
    ("root=PARTUUID=084a6d6e-01", "no partition"),
])
def test_a_root_that_cannot_be_right_stays_and_is_told(image, entries, partless, text, told_too):
    disk = image(ROOT | kernel_files(text), label="here")
    menu, told = entries(disk)
    assert options(menu) == [text]
    says = (f"'Debian 12 (6.1)' (/boot on disk.img) has {text}, but the root file system on disk.img is {told_too}; "
            "correct root=, or attach the disk that it means\n")
    assert told == "partless: " + says
    assert says in check(partless, disk)[2]


def test_one_wrong_root_is_told_once(image, entries):
    disk = image(ROOT | {"/k": "kernel", "/loader/entries/a.conf": "linux /k\noptions root=/dev/sda1",
                         "/loader/entries/b.conf": "linux /k\noptions root=/dev/sda1"})
    assert entries(disk)[1].count("has root=/dev/sda1") == 1


def test_boot_on_its_own_gets_the_other_disk_for_root(image, entries):
    boot = image({"/vmlinuz-6.1": "kernel"}, "boot.img")
    root = image(ROOT | {"/etc/kernel/cmdline": "quiet\n"})
    menu, _ = entries(boot, root)
    assert [e["title"] for e in menu["entries"]] == ["Debian 12 (6.1)"]
    assert options(menu) == ["quiet root=/dev/vdb ro"]
    assert options(entries(root, boot)[0]) == ["quiet root=/dev/vda ro"]


def test_no_root_is_added_that_is_not_known(image, entries):
    boot = image({"/vmlinuz-6.1": "kernel"}, "boot.img")
    assert options(entries(boot)[0]) == [""]
    one, two = image(ROOT), image(ROOT, "two.img")
    assert options(entries(boot, one, two)[0]) == [""]


def unified(sections):
    """A unified kernel image, as far as its headers go."""
    names = [".linux", *sections]
    head = bytearray(0x80 + 24 + 112 + 40 * len(names))
    body = b""
    for number, (name, data) in enumerate({".linux": b"kernel", **sections}.items()):
        struct.pack_into("<8sIIII12xI", head, 0x80 + 24 + 112 + 40 * number, name.encode(), len(data),
                         4096 + len(body), 512 if len(data) < 512 else len(data), 4096 + len(body),
                         0x60000020)
        body += data.ljust(512, b"\0")
    head[:2] = b"MZ"
    struct.pack_into("<I", head, 0x3C, 0x80)
    struct.pack_into("<4sHH12xH", head, 0x80, b"PE\0\0", OWN.number, len(names), 112)
    struct.pack_into("<H14xI12xI8xH10xII4xH38xI", head, 0x98, 0x20B, 4096, 4096, 1, 4096 + len(body), 4096,
                     10, 0)
    return bytes(head).ljust(4096, b"\0") + body


def test_unified_images_say_what_they_are(image, entries):
    os_release = b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n'
    sections = {".osrel": os_release, ".cmdline": b"quiet"}
    menu, told = entries(image(ROOT | {
        "/boot/EFI/Linux/debian-6.1+0-3.efi": unified(sections | {".uname": b"6.1.0-18-amd64"}),
        "/boot/EFI/Linux/debian-5.10.efi": unified(sections | {".uname": b"5.10.0-9-amd64"}),
        "/boot/EFI/Linux/bare.efi": unified({}),
        "/boot/loader/loader.conf": "default *5.10*\n"}))
    assert [(e["id"], e["title"], e["kind"], e["options"]) for e in menu["entries"]] == [
        ("debian-5.10.efi", "Debian GNU/Linux 12 (5.10.0-9-amd64)", "efi", ""),
        ("bare.efi", "bare.efi", "efi", ""),
        ("debian-6.1.efi", "Debian GNU/Linux 12 (6.1.0-18-amd64)", "efi", "")]
    assert menu["default"] == "debian-5.10.efi"
    assert told == ("partless: 'Debian GNU/Linux 12 (6.1.0-18-amd64)' (/boot/EFI/Linux/debian-6.1+0-3.efi on disk.img) is "
                    "passed over: it was started as often as its boot counter allows, and no boot of it was called good\n")
    assert [entry["tries_left"] for entry in menu["entries"]].count(0) == 1


def test_grub_lists_unified_images_by_their_files(image, entries):
    named = {".osrel": b'ID=debian\nPRETTY_NAME="Debian"\n', ".cmdline": b"quiet"}
    menu, told = entries(image(ROOT | {
        "/boot/grub/grub.cfg": "default=debian-6.9.efi\nuki\n"
                               "submenu Named { uki --path /boot/EFI/Linux/debian-6.9.efi }\n"
                               "submenu Moved { uki -f -p /empty -e debian-6.10.efi }\n",
        "/boot/EFI/Linux/debian-6.9.efi": unified(named),
        "/boot/EFI/Linux/debian-6.10.efi": unified(named),
        "/boot/EFI/Linux/bare.efi": unified({})}))
    assert [(e["id"], e["title"], e["kind"], e["kernel"]) for e in menu["entries"]] == [
        ("debian-6.10.efi", "Debian", "efi", "/boot/EFI/Linux/debian-6.10.efi"),
        ("debian-6.9.efi", "Debian", "efi", "/boot/EFI/Linux/debian-6.9.efi"),
        ("Named>debian-6.9.efi", "Named>Debian", "efi", "/boot/EFI/Linux/debian-6.9.efi"),
        ("Moved>debian-6.10.efi", "Moved>Debian", "efi", "/boot/EFI/Linux/debian-6.10.efi")]
    assert menu["default"] == "debian-6.9.efi"
    assert told == ""


def test_the_saved_entry_of_blscfg_is_the_default(image, entries):
    files = {f"/boot/loader/entries/debian-6.{n}.conf": f"title Debian 6.{n}\nlinux /vmlinuz-6.{n}\n"
             for n in (8, 9, 10)}
    menu, told = entries(image(ROOT | files | {f"/boot/vmlinuz-6.{n}": "kernel" for n in (8, 9, 10)} | {
        "/boot/grub/grub.cfg": 'load_env\nset default="$saved_entry"\nset timeout=4\n'
                               "blscfg --path /boot/loader/entries --enable-fallback\n",
        "/boot/grub/grubenv": "# GRUB Environment Block\nsaved_entry=debian-6.9\n"}))
    assert [e["id"] for e in menu["entries"]] == ["debian-6.10", "debian-6.9", "debian-6.8"]
    assert (menu["default"], menu["timeout"]) == ("debian-6.9", 4)
    assert told == ""


@pytest.mark.parametrize("path, line", [
    ("/boot/grub/menu.lst", "title x\nkernel /k\n"),
    ("/boot/extlinux/extlinux.conf", "LABEL x\nLINUX /k\n"),
    ("/loader/entries/a.conf", "options x\n"),
])
def test_a_file_of_ten_megabytes_is_refused(image, entries, path, line):
    menu, told = entries(image({path: line * (10_000_000 // len(line)), "/k": "kernel"},
                               size="32M"))
    assert menu["entries"] == []
    assert f"{path} on disk.img is not read: it has" in told and "are allowed" in told


@pytest.mark.parametrize("path, line", [
    ("/boot/grub/menu.lst", "title x\nkernel /k\n"),
    ("/boot/extlinux/extlinux.conf", "LABEL x\nLINUX /k\n"),
])
def test_the_entries_past_the_bound_are_left_out(image, entries, path, line):
    menu, told = entries(image({path: line * 50_000, "/k": "kernel"}))
    assert len(menu["entries"]) == 512
    assert menu["default"] is not None
    assert "more than 512 entries: the rest is not read" in told


def test_a_thousand_entry_files_end(image, entries):
    files = {f"/loader/entries/{n}.conf": "linux /k\n" for n in range(1000)}
    menu, told = entries(image(files | {"/k": "kernel"}))
    assert len(menu["entries"]) == 512
    assert "/loader/entries: more than 512 entries: the rest is not read" in told


def test_a_thousand_entry_files_end_for_grub_too(image, entries):
    files = {f"/loader/entries/{n}.conf": "linux /k\n" for n in range(1000)}
    menu, told = entries(image(files | {"/k": "kernel", "/boot/grub/grub.cfg": "blscfg\n"}))
    assert len(menu["entries"]) == 512
    assert "/loader/entries: more than 512 entries: the rest is not read" in told


def test_names_of_any_length_cost_themselves_only(image, entries):
    long = "x" * 100_000
    menu, told = entries(image({"/k": "kernel", "/boot/extlinux/extlinux.conf":
        f"DEFAULT {long}\nONTIMEOUT last\nLABEL {long}\nLINUX /k\nMENU BEGIN {long}\n"
        f"LABEL a\nMENU LABEL {long}\nLINUX /k\nLABEL b\nLINUX {long}\nMENU END\n"
        f"INCLUDE {long}\nLABEL c\nLINUX /k\nINITRD {long}\nLABEL last\nLINUX /k\n"}))
    assert [e["problem"] is None for e in menu["entries"]] == [True, True, False, False, True]
    assert all(len(e["title"]) <= 255 and len(e["id"]) <= 255 for e in menu["entries"])
    assert menu["default"] == "last"
    assert len(told) < 4000


def test_a_thousand_kernels_end(image, entries):
    files = {f"/boot/vmlinuz-{n}": "" for n in range(1000)}
    menu, told = entries(image(files, size="24M"))
    assert len(menu["entries"]) == 64
    assert "/boot on disk.img: more than 64 kernels: the rest is not looked at" in told


def test_of_many_kernels_without_an_initrd_few_are_told(image, entries):
    files = {f"/boot/vmlinuz-{n}": "kernel" for n in range(2, 50)}
    menu, told = entries(image(files | {"/boot/vmlinuz-1": "kernel", "/boot/initrd-1": CPIO}))
    assert menu["entries"][0]["kernel"] == "/boot/vmlinuz-1"
    assert told.count("not the default") == 10


def test_files_that_include_each_other_end(image, entries):
    include = "".join(f"INCLUDE {n}.cfg\n" for n in range(30))
    files = {f"/boot/extlinux/{n}.cfg": include for n in range(30)}
    menu, told = entries(image(files | {
        "/boot/extlinux/extlinux.conf": include + "LABEL a\nLINUX /k\n", "/k": "kernel"}))
    assert [e["id"] for e in menu["entries"]] == ["a"]
    assert "it includes itself" in told and "more bad lines from here on" in told


def test_too_many_included_files_are_left_out(image, entries):
    files = {f"/boot/extlinux/{n}.cfg": f"LABEL {n}\nLINUX /k\n" for n in range(30)}
    include = "".join(f"INCLUDE {n}.cfg\n" for n in range(30))
    menu, told = entries(image(files | {"/boot/extlinux/extlinux.conf": include, "/k": "kernel"}))
    assert [e["id"] for e in menu["entries"]] == [str(n) for n in range(16)]
    assert "/boot/extlinux/16.cfg is not read: too many files are included" in told


def test_what_is_asked_for_once_is_what_the_next_boot_takes(image, entries):
    menu, told = entries(image(ROOT | {
        "/boot/grub/grub.cfg": "load_env\nset default=$next_entry\nset next_entry=\nsave_env next_entry\n"
                               "menuentry A { linux /boot/vmlinuz-1\n}\n"
                               "menuentry B { linux /boot/vmlinuz-1\n}\n",
        "/boot/grub/grubenv": "# GRUB Environment Block\nnext_entry=B\n",
        "/boot/vmlinuz-1": "kernel",
    }))
    assert menu["default"] == "B"
    assert "the guest asks for 'B' at its next boot only; after that 'A' boots" in told


def test_what_a_script_does_not_save_as_done_is_not_asked_for(image, entries):
    menu, told = entries(image(ROOT | {
        "/boot/grub/grub.cfg": "load_env\nset default=$next_entry\nmenuentry A { linux /boot/vmlinuz-1\n}\n"
                               "menuentry B { linux /boot/vmlinuz-1\n}\n",
        "/boot/grub/grubenv": "# GRUB Environment Block\nnext_entry=B\n",
        "/boot/vmlinuz-1": "kernel",
    }))
    assert menu["default"] == "A"
    assert "'B', asked for the next boot alone by grubenv on disk.img, is left out: it would be booted each time" in told


def test_a_menu_that_cannot_boot_still_has_its_default(image, entries):
    menu, _ = entries(image({
        "/boot/grub/grub.cfg": "default=1\nmenuentry A { linux /vmlinuz-a\n}\n"
                               "menuentry B { linux /vmlinuz-b\n}\n"}))
    assert menu["default"] == "B"
    assert all(entry["problem"] for entry in menu["entries"])


def test_a_script_that_names_a_partition_means_the_bare_disk_it_moved_to(image, entries):
    menu, _ = entries(image({
        "/boot/grub/grub.cfg": "set root='hd0,gpt2'\nsearch --set=root --fs-uuid stale\n"
                               "menuentry A { linux /boot/vmlinuz-1 root=UUID=stale\n}\n",
        "/boot/vmlinuz-1": "kernel"}))
    assert [(e["title"], e["kernel"], e["problem"]) for e in menu["entries"]] == [
        ("A", "/boot/vmlinuz-1", None)]


def test_the_hosts_default_goes_before_what_is_asked_for_once(image, partless):
    disk = image({
        "/boot/grub/grub.cfg": "load_env\nset default=$next_entry\n"
                               "menuentry A { linux /boot/vmlinuz-1\n}\n"
                               "menuentry B { linux /boot/vmlinuz-1\n}\n",
        "/boot/grub/grubenv": "# GRUB Environment Block\nnext_entry=B\n",
        "/boot/vmlinuz-1": "kernel"})
    for wanted in "AB":
        told = subprocess.run([partless, "entries", "--json", "--set", f"default={wanted}", disk],
                              capture_output=True, text=True, timeout=60, check=False)
        assert json.loads(told.stdout)["default"] == wanted


def test_what_is_left_to_a_person_has_no_default(image, partless):
    disk = image({"/boot/partless.conf": "title A\nlinux /k\n", "/k": "kernel"})
    told = subprocess.run([partless, "entries", "--json", "--set", "disk=another", disk],
                          capture_output=True, text=True, timeout=60, check=False)
    menu = json.loads(told.stdout)
    assert menu["default"] is None
    assert [entry["title"] for entry in menu["entries"]] == ["A"]


LINKS = {"/vmlinuz": Path("boot/vmlinuz-6.1"), "/initrd.img": Path("boot/initrd.img-6.1"),
         "/vmlinuz.old": Path("/boot/vmlinuz-5.10")}


def test_links_into_a_boot_of_its_own_are_no_alarm(image, entries):
    boot = image({"/vmlinuz-6.1": "kernel", "/initrd.img-6.1": CPIO}, "boot.img")
    root = image(ROOT | LINKS)
    for disks in ((root, boot), (boot, root)):
        menu, told = entries(*disks)
        assert [e["title"] for e in menu["entries"]] == ["Debian 12 (6.1)"]
        assert told == ""


def test_links_that_lead_nowhere_are_told_when_nothing_boots(image, entries):
    menu, told = entries(image(ROOT | LINKS))
    assert menu["entries"] == []
    assert ("partless: kernel /vmlinuz on disk.img is a link to /boot/vmlinuz-6.1, "
            "which is not there: is /boot a disk of its own?\n") in told


@pytest.mark.parametrize("path, text", [
    ("/boot/partless.conf", "title A\nlinux /vmlinuz\n"),
    ("/boot/grub/grub.cfg", "menuentry A { linux /vmlinuz\n}\n"),
    ("/loader/entries/a.conf", "title A\nlinux /vmlinuz\n"),
    ("/boot/extlinux/extlinux.conf", "LABEL A\nLINUX /vmlinuz\n"),
    ("/boot/grub/menu.lst", "title A\nkernel /vmlinuz\n"),
])
def test_a_kernel_that_is_a_link_to_nothing_says_to_what(image, entries, path, text):
    menu, told = entries(image(ROOT | LINKS | {path: text}))
    problem = "kernel /vmlinuz is a link to /boot/vmlinuz-6.1, which is not there"
    assert [e["problem"] for e in menu["entries"]] == [problem]
    assert f"'A': {problem}" in told
    assert " on disk.img: none of its entries can boot" in told


def test_an_initrd_that_is_a_link_to_nothing_says_to_what(image, entries):
    menu, _ = entries(image(ROOT | LINKS | {
        "/k": "kernel", "/boot/partless.conf": "title A\nlinux /k\ninitrd /initrd.img\n"}))
    assert [e["problem"] for e in menu["entries"]] == [
        "initrd /initrd.img is a link to /boot/initrd.img-6.1, which is not there"]


def test_a_chain_of_links_is_told_by_its_end(image, entries):
    menu, _ = entries(image(ROOT | {
        "/boot/vmlinuz": Path("vmlinuz-6.4"), "/boot/vmlinuz-6.4": Path("../usr//lib/./vmlinuz"),
        "/boot/partless.conf": "title A\nlinux /boot/vmlinuz\n"}))
    assert [e["problem"] for e in menu["entries"]] == [
        "kernel /boot/vmlinuz is a link to /usr/lib/vmlinuz, which is not there"]


def test_links_in_a_circle_end(image, entries):
    menu, told = entries(image(ROOT | {
        "/boot/a": Path("b"), "/boot/b": Path("a"), "/boot/vmlinuz": Path("vmlinuz"),
        "/boot/vmlinuz-6.1": Path("vmlinuz-6.2"), "/boot/vmlinuz-6.2": Path("vmlinuz-6.1"),
        "/boot/partless.conf": "title A\nlinux /boot/a\n"}))
    assert all(e["problem"] for e in menu["entries"])
    assert "perhaps in a circle" in told


MODULES = {"/usr/lib/modules/6.1/vmlinuz": "kernel", "/usr/lib/modules/6.1/initramfs.img": CPIO}


def test_kernels_among_the_modules_come_when_no_disk_boots(image, entries):
    root, boot = image(ROOT | MODULES), image({"/vmlinuz-6.0": "kernel"}, "boot.img")
    menu, told = entries(root)
    kernel, initrd = MODULES
    assert [(e["kernel"], e["initrd"]) for e in menu["entries"]] == [(kernel, [initrd])]
    assert menu["entries"][0]["options"] == f"root=UUID={UUID} ro"
    assert told == ""
    for disks in ((root, boot), (boot, root)):
        assert [e["kernel"] for e in entries(*disks)[0]["entries"]] == ["/vmlinuz-6.0"]


def test_a_menu_that_cannot_boot_gives_way_to_kernels_among_the_modules(image, entries):
    menu, told = entries(image(ROOT | MODULES | {
        "/boot/grub/grub.cfg": "menuentry A { linux /vmlinuz-0\n}\n"}))
    assert [e["kernel"] for e in menu["entries"]] == ["/usr/lib/modules/6.1/vmlinuz"]
    assert [(f["path"], f["bootable"]) for f in menu["disks"][0]["boot_files"]] == [
        ("/boot/grub/grub.cfg", 0), ("/usr/lib/modules", 1)]
    assert "/boot/grub/grub.cfg on disk.img: none of its entries can boot" in told


def test_kernels_among_the_modules_that_cannot_boot_were_found_all_the_same(image, partless):
    lines = why(partless, "check", image(ROOT | {"/usr/lib/modules/6.1/vmlinuz": ""}))
    assert "  'Debian 12 (6.1)': kernel /usr/lib/modules/6.1/vmlinuz is empty" in lines
    [missing] = [line for line in lines if line.startswith("found on no disk: ")]
    assert missing.endswith("kernels in /boot, /, /lib/modules")
    assert not any(line.startswith("no boot file and no kernel") for line in lines)


def test_the_host_may_keep_kernels_among_the_modules_out(image, partless):
    disk = image(ROOT | MODULES)
    for config, code in (("grub", 1), ("kernels", 0)):
        told = subprocess.run([partless, "entries", "--set", f"config={config}", disk],
                              capture_output=True, timeout=60, check=False)
        assert told.returncode == code


def check(partless, *images):
    told = subprocess.run([partless, "check", *images], capture_output=True, text=True, timeout=60,
                          check=False)
    return told.returncode, told.stdout, by_name(told.stderr, images)


GARBAGE = b"cut off\n" * 1000
GRUB = """menuentry A { linux /k
initrd /first
}
menuentry B { linux /k
initrd /second
}
menuentry C { linux /k
initrd /second
}
"""


def test_an_initrd_that_begins_as_none_is_told_once(image, entries, partless):
    disk = image(ROOT | {"/boot/grub/grub.cfg": GRUB, "/k": unified({}), "/first": CPIO,
                         "/second": GARBAGE})
    says = "initrd /second on disk.img does not begin as an initrd; let the guest make it anew"
    menu, told = entries(disk)
    assert told.count(says) == 1 and told.count("\n") == 1
    assert [e["problem"] for e in menu["entries"]] == [None] * 3
    assert check(partless, disk)[2].count(says) == 1


def test_of_a_kernel_without_a_menu_a_bad_initrd_is_told_once(image, entries, partless):
    disk = image(ROOT | kernel_files() | {"/boot/vmlinuz-6.2": "kernel", "/boot/initrd.img-6.2": GARBAGE})
    says = ("partless: kernel /boot/vmlinuz-6.2 on disk.img: its initrd /boot/initrd.img-6.2 does not begin as an initrd: "
            "not the default; let the guest make it anew\n")
    assert entries(disk)[1] == says
    assert check(partless, disk)[2].count("does not begin as an initrd") == 1


def test_a_kernel_without_a_menu_comes_from_a_folder_not_from_a_line(image, entries, partless):
    disk = image(ROOT | kernel_files())
    assert [(e["from"], e["line"]) for e in entries(disk)[0]["entries"]] == [("/boot", None)]
    done = subprocess.run([partless, "entries", disk], capture_output=True, timeout=60, check=True)
    assert b"    from     /boot\n" in done.stdout


def test_an_empty_initrd_leaves_its_turn_to_the_next_entry(image, entries):
    menu, told = entries(image(ROOT | {"/boot/grub/grub.cfg": GRUB, "/k": "kernel", "/first": "",
                                       "/second": CPIO}))
    assert [e["problem"] for e in menu["entries"]] == ["initrd /first is empty", None, None]
    assert "the default entry 'A' of disk.img cannot boot (initrd /first is empty): 'B' takes its place" in told


@pytest.mark.parametrize("pack", [
    bytes, gzip.compress, bz2.compress, lzma.compress,
    lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE)])
def test_what_the_packers_make_is_known(image, entries, pack):
    assert entries(image(ROOT | kernel_files() | {"/boot/initrd.img-6.1": pack(CPIO)}))[1] == ""


def linux():
    """What a Linux kernel with an EFI stub shows of itself."""
    return as_linux(unified({}))


def test_a_root_that_may_be_on_an_encrypted_disk_is_remarked_by_check_alone(image, entries, partless, tmp_path):
    """In an ordinary boot of a guest whose root we cannot read that would be an alarm for nothing."""
    root = "root=UUID=99999999-1111-4222-8333-444444444444"
    boot = image({"/grub/grub.cfg": f"menuentry A {{ linux /k {root} console={OWN.serial}\ninitrd /i\n}}\n", "/k": linux(),
                  "/i": CPIO}, "boot.img")
    locked = tmp_path / "locked.img"
    locked.write_bytes(b"LUKS\xba\xbe\0\x02".ljust(48 << 20, b"\0"))
    assert entries(boot, locked)[1] == ""
    assert check(partless, boot, locked)[2] == (
        f"partless: 'A' on boot.img has {root}, which no disk that could be read has: it may be on locked.img, which "
        "holds an encrypted disk (LUKS)\n")


SERIAL = ROOT | {"/etc/kernel/cmdline": f"ro console={OWN.serial}"}
LONE = SERIAL | {"/lib/modules/6.1/modules.dep": ""}


def test_a_lone_kernel_with_modules_and_no_initrd_is_told(image, partless):
    kernel = {"/boot/vmlinuz-6.1": linux(), "/etc/kernel/cmdline": f"console={OWN.serial}\n"}
    says = "kernel /boot/vmlinuz-6.1 on disk.img: no initrd for 6.1, and its modules are in /lib/modules/6.1"
    code, out, told = check(partless, image(LONE | kernel))
    assert code == 0 and out.startswith("boots")
    assert says in told
    assert check(partless, image(SERIAL | kernel, "none/disk.img"))[2] == ""
    assert check(partless, image(LONE | kernel | {"/boot/initrd.img-6.1": CPIO}, "has/disk.img"))[2] == ""


ELSEWHERE = "11111111-2222-4333-8444-555555555555"
SEARCH = f"search --no-floppy --fs-uuid --set=root {ELSEWHERE}\n"


@pytest.mark.parametrize("script, line", [
    (f"set timeout=1\n{SEARCH}menuentry A {{ linux /vmlinuz-0\n}}\n", 2),
    (f"menuentry A {{\n{SEARCH}linux /vmlinuz-0\n}}\n", 2),
    (f"submenu S {{\n{SEARCH}menuentry A {{\nlinux /vmlinuz-0\n}}\n}}\n", 2),
    (f"menuentry A {{\n{SEARCH}linux /boot/k\ninitrd /initrd-0\n}}\n", 2),
])
def test_a_file_that_is_missing_is_told_with_the_search_that_found_nothing(image, entries, script, line):
    menu, told = entries(image({"/boot/grub/grub.cfg": script, "/boot/k": "kernel"}))
    what = "initrd /initrd-0" if "initrd" in script else "kernel /vmlinuz-0"
    assert (f"{what} is not there; /boot/grub/grub.cfg:{line}: there is no file system with the UUID {ELSEWHERE}"
            in menu["entries"][0]["problem"])


@pytest.mark.parametrize("script", [
    f"{SEARCH}menuentry A {{\nsearch --fs-uuid --set=root {UUID}\nlinux /vmlinuz-0\n}}\n",
    f"{SEARCH}search --fs-uuid --set=root {UUID}\nmenuentry A {{ linux /vmlinuz-0\n}}\n",
    f"menuentry B {{\n{SEARCH}}}\nmenuentry A {{ linux /vmlinuz-0\n}}\n",
])
def test_a_search_that_was_not_for_the_missing_file_is_not_told_with_it(image, entries, script):
    menu, _ = entries(image({"/boot/grub/grub.cfg": script, "/readme": ""}))
    assert menu["entries"][-1]["problem"] == "kernel /vmlinuz-0 is not there"


@pytest.mark.parametrize("default, menu, told_too", [
    ("Nope", "A", True),
    ("7", "A", True),
    ("Nope>B", "A", True),
    ("", "A", False),
    ("A", "A", False),
    ("0", "A", False),
    ("S>B", "A", False),
    ("1>0", "A", False),
])
def test_a_default_of_grubs_that_names_nothing_is_told(image, entries, default, menu, told_too):
    script = (f"set default='{default}'\nmenuentry {menu} {{ linux /k\n}}\n"
              "submenu S {\nmenuentry B { linux /k\n}\n}\n")
    says = f"partless: /boot/grub/grub.cfg on disk.img: no entry matches its default, '{default}'\n"
    assert entries(image({"/boot/grub/grub.cfg": script, "/k": "kernel"}))[1] == (says if told_too else "")


def test_an_unknown_command_in_a_loop_is_told_once(image, entries):
    disk = image({"/boot/grub/grub.cfg": "while true; do\nx\ny\ndone\n", "/boot/vmlinuz-1": "kernel"})
    menu, told = entries(disk)
    assert told == ("partless: /boot/grub/grub.cfg:2: unknown command 'x'\n"
                    "partless: /boot/grub/grub.cfg:3: unknown command 'y'\n"
                    "partless: /boot/grub/grub.cfg: the script does not come to an end: the rest is not read\n"
                    "partless: /boot/grub/grub.cfg on disk.img: no entries; passed over\n")
    assert [e["kernel"] for e in menu["entries"]] == ["/boot/vmlinuz-1"]


NO_INITRD = {
    "/boot/grub/grub.cfg": "menuentry A { linux KERNEL OPTIONS\n}\n",
    "/boot/partless.conf": "title A\nlinux KERNEL\noptions OPTIONS\n",
    "/loader/entries/a.conf": "title A\nlinux KERNEL\noptions OPTIONS\n",
    "/boot/extlinux/extlinux.conf": "LABEL A\nLINUX KERNEL\nAPPEND OPTIONS\n",
}


@pytest.mark.parametrize("kernel", ["/boot/vmlinuz-6.1", "/boot/vmlinuz", "/lib/modules/6.1/vmlinuz"])
@pytest.mark.parametrize("path", NO_INITRD)
def test_a_menu_that_names_no_initrd_is_told_of_the_modules(image, partless, path, kernel):
    menu = NO_INITRD[path].replace("KERNEL", kernel).replace("OPTIONS", f"root=/dev/vda console={OWN.serial}")
    disk = image(LONE | {path: menu, "/boot/vmlinuz-6.1": linux(), "/lib/modules/6.1/vmlinuz": linux(),
                         "/boot/vmlinuz": Path("vmlinuz-6.1")})
    code, _, told = check(partless, disk)
    assert code == 0
    assert told == (f"partless: kernel {kernel} on disk.img: no initrd for 6.1, and its modules are in /lib/modules/6.1: "
                    "it may not find its root; let the guest make one\n")


@pytest.mark.parametrize("root, wants", [
    (f"UUID={UUID}", True), ("LABEL=here", True), (f"/dev/disk/by-uuid/{UUID}", True), ("/dev/mapper/vg-root", True),
    ("/dev/vda", False), ("PARTUUID=084a6d6e-01", False)])
def test_a_root_that_an_initrd_alone_can_find_is_told(image, partless, root, wants):
    menu = {"/boot/partless.conf": f"title A\nlinux /k\noptions root={root} console={OWN.serial}\n", "/k": linux()}
    disk = image(ROOT | menu, label="here")
    says = (f"partless: 'A' on disk.img has root={root} and no initrd, and Linux by itself finds no root by such a name; "
            "let the guest make an initrd, or name the root by its device, as root=/dev/vda, or by PARTUUID=\n")
    code, _, told = check(partless, disk)
    assert code == 0
    assert (told == says) == wants and ("no initrd" in told) == wants
    both = image(ROOT | menu | {"/boot/partless.conf": menu["/boot/partless.conf"] + "initrd /i\n", "/i": CPIO},
                 "has/disk.img", label="here")
    assert "no initrd" not in check(partless, both)[2]


def test_a_unified_image_brings_its_own_initrd(image, partless):
    options = f"root=UUID={UUID} console={OWN.serial}"
    disk = image(LONE | {"/boot/partless.conf": f"title A\nlinux /boot/vmlinuz-6.1\noptions {options}\n",
                         "/boot/vmlinuz-6.1": unified({})})
    assert check(partless, disk)[::2] == (0, "")


def test_a_missing_file_of_another_disk_is_told_with_that_disk(image, entries):
    menu = image({"/grub/grub.cfg": "search --label --set=root there\n"
                                    "menuentry A { linux /vmlinuz\n}\n"}, "menu.img")
    other = image(ROOT | {"/readme": ""}, label="there")
    shown, _ = entries(menu, other)
    assert [e["problem"] for e in shown["entries"]] == [f"kernel /vmlinuz on {other} is not there"]


def test_a_menu_without_entries_beside_kernels_is_told(image, partless):
    """As a crash in update-grub leaves it: the guest's own options are missed."""
    kernel = SERIAL | {"/boot/vmlinuz-6.1": linux(), "/boot/initrd.img-6.1": CPIO}
    for number, empty in enumerate(("", "\0" * 512)):
        code, out, told = check(partless, image(kernel | {"/boot/grub/grub.cfg": empty}, f"{number}/disk.img"))
        assert code == 0 and out.startswith("boots")
        assert "/boot/grub/grub.cfg on disk.img: no entries; passed over" in told
    assert check(partless, image(kernel | {"/boot/partless.conf": "timeout 3\n"}, "own/disk.img"))[2] == ""


def test_of_a_disk_in_a_qcow2_file_nobody_can_tell(partless, tmp_path):
    disk = tmp_path / "disk.qcow2"
    disk.write_bytes(b"QFI\xfb".ljust(1 << 20, b"\0"))
    code, out, told = check(partless, disk)
    assert code == 2 and out.startswith("Could not tell")
    assert "qemu-img convert" in told


def test_a_kernel_that_was_cut_off_is_told_with_what_to_do(image, partless):
    code, out, _ = check(partless, image(SERIAL | {"/boot/vmlinuz-6.1": linux()[:700]}))
    assert code == 1
    assert "kernel /boot/vmlinuz-6.1 is truncated: " in out
    assert out.endswith("It would not boot.\nTo boot 'Debian 12 (6.1)', put a whole file in its place, or correct the "
                        "entry.\n")


def test_links_into_a_boot_that_is_not_there_ask_for_its_disk(image, partless):
    lines = why(partless, "check", image(ROOT | {"/vmlinuz": Path("boot/vmlinuz-6.1")}))
    assert any(line.endswith("which is not there: is /boot a disk of its own?") for line in lines)
    assert lines[-1] == "attach the disk that holds the guest's /boot, or install a kernel in /boot"
