"""`partless entries` and `partless check`: the loader's menu and its plan, told on the host."""

import json
import re
import struct
import subprocess
from pathlib import Path

import pytest

from disk import kernel, make_disk
from processors import AARCH64, OTHER, OWN, X86_64

MENU = """\
timeout 4
default Debian*
title Rescue
linux /boot/kernel
options single
title Debian "12"
linux /boot/kernel
initrd /boot/first
initrd /boot/second
options ro
options quiet
"""


@pytest.fixture
def image(tmp_path):
    """Makes an ext4 image of the boot files given; the kernel and both initrds are there unless they
    are given as None."""

    def make(name="disk.img", links=None, **files):
        files = {"kernel": kernel(), "first": b"0707011", "second": b"0707012",
                 "partless.conf": MENU} | files
        files |= {link: Path(target) for link, target in (links or {}).items()}
        return make_disk(tmp_path / name, {"/boot": None} | {
            f"/boot/{file}": content for file, content in files.items() if content is not None})

    return make


@pytest.fixture
def run(partless):
    def run(*arguments):
        return subprocess.run([partless, *arguments], capture_output=True, timeout=60, check=False)

    return run


def told(result):
    return result.stdout.decode() + result.stderr.decode()


def test_entries_json_is_what_the_design_says(run, image):
    disk = image()
    result = run("entries", "--json", disk)
    assert result.returncode == 0
    menu = json.loads(result.stdout)
    uuid = subprocess.run(["blkid", "-s", "UUID", "-o", "value", disk], capture_output=True,
                           text=True, check=True, timeout=60)
    assert menu == {
        "default": 'Debian "12"',
        "timeout": 4,
        "entries": [
            {"id": "Rescue", "title": "Rescue", "kind": "linux", "kernel": "/boot/kernel",
             "initrd": [], "options": "single", "from": "/boot/partless.conf", "line": 3,
             "problem": None, "tries_left": None},
            {"id": 'Debian "12"', "title": 'Debian "12"', "kind": "linux",
             "kernel": "/boot/kernel", "initrd": ["/boot/first", "/boot/second"],
             "options": "ro quiet", "from": "/boot/partless.conf", "line": 6, "problem": None,
             "tries_left": None},
        ],
        "disks": [
            {"disk": str(disk), "index": 1, "partition": None, "fs": "ext4",
             "uuid": uuid.stdout.strip(), "label": None, "boot_files": [
                 {"language": "partless", "path": "/boot/partless.conf", "entries": 2,
                  "bootable": 2, "error": None}]},
        ],
        "missing": [],
        "report": [],
    }


def test_json_says_why_nothing_boots(run, image, tmp_path):
    blank = tmp_path / "blank.img"
    blank.write_bytes(bytes(1 << 20))
    broken = image(kernel=None, **{"extlinux.conf": "UI menu.c32\n"})
    result = run("check", "--json", broken, blank)
    assert result.returncode == 1
    menu = json.loads(result.stdout)
    assert (menu["verdict"], menu["boots"]) == ("no", None)
    assert [disk["fs"] for disk in menu["disks"]] == ["ext4", None]
    assert menu["disks"][1]["boot_files"] == []
    assert [(f["language"], f["path"], f["entries"], f["bootable"], f["error"])
            for f in menu["disks"][0]["boot_files"]] == [
        ("partless", "/boot/partless.conf", 2, 0, None),
        ("extlinux", "/boot/extlinux.conf", 0, 0, None)]
    assert {"/boot/grub/grub.cfg", "kernels in /", "loader/entries or EFI/Linux in /efi"} <= set(
        menu["missing"])
    assert not {"/boot/partless.conf", "/boot/extlinux.conf"} & set(menu["missing"])
    assert f"{blank} holds nothing but zeros in its first 64 KiB; is it the right disk?" in menu["report"]
    assert result.stderr.decode().splitlines() == ["partless: " + line for line in menu["report"]]


def test_json_says_which_entry_would_boot(run, image):
    menu = json.loads(run("check", "--json", image(first=None)).stdout)
    assert (menu["default"], menu["verdict"], menu["boots"]) == ("Rescue", "yes", "Rescue")


def test_entries_marks_the_default_for_a_person(run, image):
    result = run("entries", image())
    assert result.returncode == 0
    assert '* Debian "12"\n' in result.stdout.decode()
    assert "  Rescue\n" in result.stdout.decode()


def test_timeout_is_null_when_no_file_says_it(run, image):
    disk = image(**{"partless.conf": "title A\nlinux /boot/kernel\n"})
    assert json.loads(run("entries", "--json", disk).stdout)["timeout"] is None


def test_json_is_json_whatever_the_guest_wrote(run, image):
    title = b'\xff\xc3\x28\xed\xa0\x80 \\ " \x1b[2J \x7f\xc2\x9b \xf0\x9f\x90\xa7'
    disk = image(**{"partless.conf": b"title " + title + b"\nlinux /boot/kernel\n"})
    result = run("entries", "--json", disk)
    assert json.loads(result.stdout)["entries"][0]["title"] == (
        '\ufffd\ufffd(\ufffd\ufffd\ufffd \\ " \x1b[2J \x7f\x9b \U0001f427')


HIDDEN = "\u00ad\u061c\u200b\u200d\u202e\u2066\ufe0f\ufeff\ufff0\U000e0041"


@pytest.mark.parametrize("command", ["entries", "check", "ls"])
def test_what_hides_or_turns_text_is_shown_as_such(run, image, command):
    hidden = HIDDEN.encode()
    disk = image(**{"partless.conf": b"title A" + hidden + b"\nlinux /boot/no" + hidden + b"\n"
                                     + hidden + b"\n", "x" + HIDDEN: "1"})
    result = run(command, disk, *(["/boot"] if command == "ls" else []))
    shown = result.stdout.decode() + result.stderr.decode()
    assert not set(shown) & set(HIDDEN)
    assert ("x\\302\\255\\330\\234" if command == "ls" else "A" + "?" * len(HIDDEN)) in shown


def test_json_has_what_hides_or_turns_text_as_escapes(run, image):
    disk = image(**{"partless.conf": f"title A{HIDDEN}\nlinux /boot/kernel\n"})
    shown = run("entries", "--json", disk).stdout.decode()
    assert not set(shown) & set(HIDDEN)
    assert json.loads(shown)["entries"][0]["title"] == "A" + HIDDEN


def test_a_title_cannot_steer_the_terminal(run, image):
    disk = image(**{"partless.conf": b"title A\x1b[2J\xc2\x9b\nlinux /boot/no\x1b\n\x1b]0;x\x07\n"})
    for command in ("entries", "check"):
        result = run(command, disk)
        for byte in b"\x1b\x07\x9b":
            assert byte not in result.stdout + result.stderr


def test_check_says_yes(run, image):
    result = run("check", image())
    assert result.returncode == 0
    assert "It would boot 'Debian \"12\"'." in told(result)


def test_check_says_yes_with_a_word_when_another_entry_takes_over(run, image):
    result = run("check", image(first=None))
    assert result.returncode == 0
    assert "initrd /boot/first is not there" in told(result)
    assert "It would boot 'Rescue'" in told(result)


@pytest.mark.parametrize("content, words", [
    (None, "kernel /boot/kernel is not there"),
    (b"", "kernel /boot/kernel is empty"),
    (b"\xfd7zXZ" + bytes(5000), "is an xz file (unpack it), not an EFI program"),
    (kernel(OTHER), f"is for {OTHER.called} ({OTHER.loader} boots it), this machine is {OWN.called}"),
    (kernel()[:9000], "is truncated: its headers ask for 16384 bytes, the file has 9000"),
], ids=["missing", "empty", "xz", "foreign", "truncated"])
def test_check_says_no_and_why(run, image, content, words):
    result = run("check", image(kernel=content))
    assert result.returncode == 1
    assert words in told(result)
    assert "It would not boot." in told(result)


def test_check_json_has_the_problem_that_only_the_plan_sees(run, image):
    result = run("check", "--json", image(kernel=b"#!/bin/sh\n"))
    assert result.returncode == 1
    assert [e["problem"] for e in json.loads(result.stdout)["entries"]] == [
        "kernel /boot/kernel is a script, not an EFI program"] * 2


@pytest.mark.parametrize("arch, code", [("aarch64", 0), ("arm64", 0), ("AA64", 0), ("x86-64", 1), ("amd64", 1)])
def test_check_judges_by_the_processor_that_it_is_told(run, image, arch, code):
    result = run("check", "--arch", arch, image(kernel=kernel(AARCH64)))
    assert result.returncode == code
    assert ("is for aarch64 (BOOTAA64.EFI boots it), this machine is x86-64" in told(result)) == (code == 1)


def test_a_kernel_for_the_other_processor_is_checked_by_the_option_that_check_names(run, image):
    disk = image(kernel=kernel(AARCH64))
    how = "start it on an aarch64 machine (--arch aarch64 checks it for one), or install a kernel for x86-64"
    assert f"To boot 'Debian \"12\"', {how}.\n" in told(run("check", "--arch", "x86-64", disk))
    assert f"; {how}\n" in told(run("check", "--each", "--arch", "x86-64", disk))
    assert run("check", "--arch", "aarch64", disk).returncode == 0
    back = told(run("check", "--arch", "aarch64", image(kernel=kernel(X86_64))))
    assert "--arch x86-64 checks it for one" in back


def test_a_processor_that_nobody_knows_is_wrong_usage(run, image):
    result = run("check", "--arch", "sparc", image())
    assert result.returncode == 2
    assert "the processor 'sparc' is not known: x86-64 or aarch64" in told(result)


def test_an_entry_for_the_other_processor_is_left_out(run, image):
    """Boot Loader Specification: architecture."""
    entries = {f"loader/entries/{name}.conf": f"title {name}\narchitecture {name}\nlinux /kernel\n"
               for name in ("x64", "aa64")}
    disk = image(**{"partless.conf": None}, **entries)
    for arch, title in (("x86-64", "x64"), ("aarch64", "aa64")):
        menu = json.loads(run("entries", "--json", "--arch", arch, disk).stdout)
        assert [entry["title"] for entry in menu["entries"]] == [title]


def test_a_disk_without_a_menu_is_a_no(run, image, tmp_path):
    disk = image(**{"partless.conf": None})
    assert run("check", disk).returncode == 1
    assert run("entries", disk).returncode == 1
    empty = tmp_path / "empty.img"
    empty.write_bytes(bytes(1 << 20))
    assert run("check", empty).returncode == 1
    result = run("entries", "--json", empty)
    assert result.returncode == 1
    menu = json.loads(result.stdout)
    assert (menu["default"], menu["timeout"], menu["entries"], menu["missing"]) == (None, None, [], [])


@pytest.mark.parametrize("command", ["check", "entries"])
def test_every_image_that_cannot_be_opened_is_told(run, image, tmp_path, command):
    gone, folder = tmp_path / "gone.img", tmp_path / "folder"
    folder.mkdir()
    result = run(command, gone, image(), folder)
    assert result.returncode == 2
    assert result.stderr.decode().splitlines()[:2] == [
        f"partless: cannot open '{gone}': No such file or directory",
        f"partless: cannot open '{folder}': it is a directory, neither a file nor a block device; name the image in it"]


@pytest.mark.parametrize("command", ["check", "entries"])
def test_one_file_named_twice_is_one_disk(run, image, tmp_path, command):
    disk, other, link = image(), image("other.img"), tmp_path / "link.img"
    link.hardlink_to(disk)
    for again in (disk, link):
        result = run(command, disk, again, other)
        assert result.returncode == 0
        assert f"partless: {again} is left out: it is the same file as {disk}\n" in result.stderr.decode()
        assert "UUID" not in result.stderr.decode().splitlines()[0]
        assert "the same file-system UUID" not in told(result)
        menu = json.loads(run("entries", "--json", disk, again, other).stdout)
        assert [d["index"] for d in menu["disks"]] == [1, 3]


def test_two_partitions_of_one_file_are_two_disks(run, image, tmp_path):
    whole = tmp_path / "whole.img"
    with whole.open("wb") as f:
        f.truncate(40 << 20)
        for at, name in ((1, "one.img"), (17, "two.img")):
            f.seek(at << 20)
            f.write(image(name).read_bytes())
    subprocess.run(["sfdisk", "-q", whole], input="label: gpt\n2048,16M\n,16M\n", text=True, check=True, timeout=60)
    assert "left out" not in told(run("check", f"{whole}#1", f"{whole}#2"))
    for twice in ((f"{whole}#1", f"{whole}#1"), (whole, f"{whole}#2"), (f"{whole}#2", whole)):
        assert f"{twice[1]} is left out: it is the same file as {twice[0]}" in told(run("check", *twice))


def test_what_cannot_be_read_is_neither_yes_nor_no(run, image, tmp_path):
    result = run("check", tmp_path / "nowhere.img")
    assert result.returncode == 2
    assert "No such file or directory" in told(result)
    disk = image()
    with disk.open("r+b") as f:
        f.seek(2048 + 0x1e)  # the checksum of the first group's descriptor no longer holds
        f.write(b"\x5a\xa5")
    result = run("check", disk)
    assert result.returncode == 2
    assert "Could not tell" in told(result)


def test_each_image_is_a_machine_of_its_own(run, image, tmp_path):
    good, other = image("good.img"), image("other.img", first=None)
    bad, bare = image("bad.img", kernel=b"#!/bin/sh\n"), image("bare.img", **{"partless.conf": None})
    gone = tmp_path / "gone.img"
    result = run("check", "--each", good, gone, bad, bare, other)
    assert result.returncode == 2
    assert result.stderr == b""
    lines = result.stdout.decode().splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [
        f"{good}: would boot 'Debian \"12\"'", f"{gone}: could not tell", f"{bad}: would not boot",
        f"{bare}: would not boot", f"{other}: would boot 'Rescue'"]
    assert lines[lines.index(f"{gone}: could not tell") + 1] == (
        f"  cannot open '{gone}': No such file or directory")
    at = lines.index(f"{bad}: would not boot")
    assert lines[at + 1:at + 3] == [
        f"  '{title}': kernel /boot/kernel is a script, not an EFI program; put a whole file in its place, or "
        "correct the entry" for title in ("Rescue", 'Debian "12"')]
    at = lines.index(f"{bare}: would not boot")
    assert lines[at + 1] == f"  no boot file and no kernel on {bare}"
    assert "  'Debian \"12\"': initrd /boot/first is not there" in lines
    assert run("check", "--each", good, other).returncode == 0
    assert run("check", "--each", good, bad).returncode == 1


def test_each_image_is_an_object_of_a_list_in_json(run, image, tmp_path):
    good, gone, bad = image("good.img"), tmp_path / "gone.img", image("bad.img", kernel=None)
    result = run("check", "--each", "--json", good, gone, bad)
    assert result.returncode == 2
    machines = json.loads(result.stdout)
    assert [(m["image"], m["verdict"], m["boots"]) for m in machines] == [
        (str(good), "yes", 'Debian "12"'), (str(gone), "unknown", None), (str(bad), "no", None)]
    assert machines[1]["report"] == [f"cannot open '{gone}': No such file or directory"]
    assert machines[1]["missing"] == []
    assert len(machines[2]["entries"]) == 2


def test_settings_count_for_each_image(run, image):
    one, two = image("one.img"), image("two.img")
    result = run("check", "--each", *settings("default=Res*"), one, two)
    assert result.returncode == 0
    assert result.stdout.decode().count("would boot 'Rescue'") == 2


def test_two_machines_with_the_same_file_system_are_no_copies_of_each_other(run, image):
    disk = image()
    result = run("check", "--each", disk, disk)
    assert result.returncode == 0
    assert "the same file-system UUID" not in told(result)


def test_each_is_not_limited_to_the_disks_of_one_machine(run, image):
    disk = image()
    result = run("check", "--each", *[disk] * 300)
    assert result.returncode == 0
    assert len([line for line in result.stdout.splitlines() if not line.startswith(b" ")]) == 300
    result = run("check", *[disk] * 300)
    assert (result.returncode, b"at most 256 images" in result.stderr) == (2, True)
    assert run("entries", "--each", disk).returncode == 2


SILENT = "its options name no serial console"


@pytest.mark.parametrize("options, silent", [
    ("ro quiet", True),
    ("console=tty0 ro", True),
    ("ro -- console=ttyS0", True),
    ("xconsole=ttyS0", True),
    ("ro console=ttyS0", False),
    ('"console=ttyS0,115200n8"', False),
    ("console=tty0 console=ttyAMA0", True),  # another processor's
    ("console=hvc0", False),
    ("earlycon", False),
])
def test_an_entry_without_a_serial_console_is_remarked_by_check(run, image, options, silent):
    disk = image(kernel=kernel(X86_64), **{"partless.conf": f"title A\nlinux /boot/kernel\noptions {options}\n"})
    check = ["check", "--arch", "x86-64"]
    result = run(*check, disk)
    assert result.returncode == 0
    assert (SILENT in result.stderr.decode()) == silent
    assert not silent or f"'A' on {disk}: {SILENT}" in result.stderr.decode()
    assert SILENT not in run("entries", disk).stderr.decode()
    assert SILENT not in run(*check, *settings("options-append=console=ttyS0"), disk).stderr.decode() \
        or " -- " in options


@pytest.mark.parametrize("options, silent", [
    ("ro quiet", False),  # the firmware names the console
    ("console=tty0 ro", True),
    ("console=tty0 console=ttyS0", True),
    ("console=tty0 console=ttyAMA0", False),
    ("console=hvc0", False),
])
def test_a_guest_of_arm_has_another_serial_console(run, image, options, silent):
    """tried with Linux 6.1: with tty0 the kernel writes to the serial line all the same, but init does not."""
    disk = image(kernel=kernel(AARCH64), **{"partless.conf": f"title A\nlinux /boot/kernel\noptions {options}\n"})
    result = run("check", "--arch", "aarch64", disk)
    assert result.returncode == 0
    assert (SILENT in told(result)) == silent
    assert ("silent once init has started; add console=ttyAMA0 if you watch it" in told(result)) == silent


def test_an_efi_program_has_its_own_consoles(run, image):
    disk = image(**{"partless.conf": "title A\nefi /boot/kernel\n"})
    assert SILENT not in run("check", disk).stderr.decode()


STALE = "newer than every kernel that"


@pytest.mark.parametrize("file, menu", [
    ("grub/grub.cfg", "menuentry A { linux /boot/vmlinuz-6.1.0-9\n}\n"
                      "menuentry B { linux /boot/vmlinuz-5.10.0-1\n}\n"),
    ("extlinux.conf", "LABEL A\nLINUX vmlinuz-6.1.0-9\n"),
], ids=["grub", "extlinux"])
@pytest.mark.parametrize("kernel_there, stale", [
    ("vmlinuz-6.1.0-10", True),
    ("vmlinuz-6.1.0-8", False),
    ("vmlinuz-6.1.0-10.dpkg-new", False),
    ("vmlinuz", False),
])
def test_a_menu_older_than_a_kernel_is_remarked(run, image, file, menu, kernel_there, stale):
    files = {name: kernel() for name in ("vmlinuz-6.1.0-9", "vmlinuz-5.10.0-1", kernel_there)}
    disk = image(**files, **{file: menu, "partless.conf": None})
    for command in ("check", "entries"):
        told = run(command, disk).stderr.decode()
        assert (STALE in told) == stale
        if stale:
            assert f"/boot/vmlinuz-6.1.0-10 on {disk}: {STALE} /boot/{file} names; was " in told
            assert ("update-grub" in told) == ("grub" in file)


@pytest.mark.parametrize("menu, links", [
    # What the symlink leads to counts, and of a name without a version nobody knows.
    ("title A\nlinux /boot/newest\n", {"newest": "vmlinuz-6.12"}),
    ("title A\nlinux /boot/kernel\n", {}),
    # An entry that is not the default names it.
    ("title A\nlinux /boot/vmlinuz-6.1\ntitle B\nlinux /boot/vmlinuz-6.12\n", {}),
], ids=["symlink", "no version", "another entry"])
def test_a_menu_that_may_name_the_newest_kernel_is_not_remarked(run, image, menu, links):
    disk = image(links=links, **{"partless.conf": menu, "vmlinuz-6.1": kernel(),
                                 "vmlinuz-6.12": kernel()})
    assert STALE not in told(run("check", disk))
    assert STALE not in told(run("check", image("none.img", **{
        "partless.conf": None, "vmlinuz-6.1": kernel(), "vmlinuz-6.12": kernel()})))


CUT_OFF = "the upgrade was cut off; let the guest finish it"


@pytest.mark.parametrize("file, menu", [
    ("grub/grub.cfg", "menuentry A { linux /boot/vmlinuz-6.1.0-1\ninitrd /boot/initrd.img-6.1.0-1\n}\n"),
    ("partless.conf", "title A\nlinux /boot/vmlinuz-6.1.0-1\ninitrd /boot/initrd.img-6.1.0-1\n"),
], ids=["grub", "partless"])
@pytest.mark.parametrize("initrd, says", [
    (None, "and has no initrd"),
    ("garbage" * 99, "and its initrd /boot/initrd.img-6.1.0-2 does not begin as an initrd"),
    ("", "and its initrd /boot/initrd.img-6.1.0-2 is empty"),
], ids=["none", "garbage", "empty"])
def test_an_upgrade_that_was_cut_off_is_remarked(run, image, file, menu, initrd, says):
    files = {"partless.conf": None, file: menu, "initrd.img-6.1.0-1": "070701", "initrd.img-6.1.0-2": initrd}
    disk = image(**files, **{f"vmlinuz-6.1.0-{n}": kernel() for n in (1, 2)})
    for command in ("check", "entries"):
        result = run(command, disk)
        assert result.returncode == 0
        assert (f"/boot/vmlinuz-6.1.0-2 on {disk}: newer than every kernel that /boot/{file} names, {says}: {CUT_OFF}"
                in told(result))
        assert told(result).count("6.1.0-2 ") <= 2


@pytest.mark.parametrize("others", [
    {"vmlinuz-6.1.0-0": kernel()},
    {"vmlinuz-6.1.0-1.old": kernel()},
    {"vmlinuz-0-rescue-1234": kernel()},
    {"vmlinuz-6.1.0-2": ""},
    {"vmlinuz-6.1.0-2": kernel(), "grub/grub.cfg":
     "menuentry A { linux /boot/vmlinuz-6.1.0-2\ninitrd /boot/initrd.img-6.1.0-2\n}\n"
     "menuentry B { linux /boot/vmlinuz-6.1.0-1\ninitrd /boot/initrd.img-6.1.0-1\n}\n"},
], ids=["older", "old", "rescue", "empty", "named by the menu"])
def test_no_upgrade_that_was_cut_off(run, image, others):
    disk = image(**{"partless.conf": None, "vmlinuz-6.1.0-1": kernel(), "initrd.img-6.1.0-1": "070701", "grub/grub.cfg":
                    "menuentry A { linux /boot/vmlinuz-6.1.0-1\ninitrd /boot/initrd.img-6.1.0-1\n}\n"} | others)
    assert "newer than" not in told(run("check", disk))


def test_an_image_that_qemu_writes_to_is_told_when_it_would_not_boot(run, image):
    good, bad = image("good.img"), image("bad.img", kernel=None)
    words = "a running QEMU writes to it"
    for disk in (good, bad):
        assert words not in told(run("check", disk))
        with subprocess.Popen(["qemu-system-x86_64", "-S", "-display", "none", "-nodefaults",
                               "-accel", "tcg", "-drive", f"file={disk},format=raw,if=virtio",
                               "-qmp", "stdio"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as qemu:
            qemu.stdin.write(b'{"execute": "qmp_capabilities"}\n')
            qemu.stdin.flush()
            # By its answer, which follows its greeting, it has opened its disk.
            answers = [qemu.stdout.readline(), qemu.stdout.readline()]
            result = run("check", disk)
            qemu.kill()
        assert b"return" in answers[1]
        assert (words in told(result)) == (disk == bad)


@pytest.mark.parametrize("command", ["entries", "check"])
def test_wrong_usage_is_neither_yes_nor_no(run, command):
    assert run(command).returncode == 2
    assert run(command, "--no-such-option", "x").returncode == 2
    assert run(command, "--help").returncode == 0


@pytest.mark.parametrize("words", ["ls {} /", "cat {} /boot/kernel", "entries {}", "entries --json {}", "check {}",
                                   "check --each {}", "check --each --json {}"])
def test_output_that_could_not_be_written_is_an_error(partless, image, words):
    command = [partless, *words.replace("{}", str(image())).split()]
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert "partless: cannot write: No space left on device\n" in done.stderr
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command], stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "partless: cannot write: standard output is closed\n" in done.stderr


def test_a_disk_that_is_no_guest_does_not_matter(run, image, tmp_path):
    data = tmp_path / "data.img"
    data.write_bytes(bytes(1 << 20))
    assert run("check", data, image()).returncode == 0
    assert run("check", image("two.img"), data).returncode == 0


def test_the_first_disk_that_boots_has_the_default(run, image):
    first = image("first.img", **{"partless.conf": "title First\nlinux /boot/kernel\n"})
    broken = image("broken.img", kernel=None)
    second = image("second.img", **{"partless.conf": "title Second\nlinux /boot/kernel\n"})

    def default(*disks):
        return json.loads(run("entries", "--json", *disks).stdout)["default"]

    assert default(first, second) == "First"
    assert default(second, first) == "Second"
    assert default(broken, second, first) == "Second"


@pytest.mark.parametrize("one, other, told_so", [(True, True, True), (True, False, False), (False, False, False)])
def test_which_disk_goes_first_is_told_where_both_boot(run, image, one, other, told_so):
    """That a kernel is none is known when it is looked at, which the menu does not do."""
    disks = [image(name, kernel=kernel() if good else b"#!/bin/sh\n")
             for name, good in (("a.img", one), ("b.img", other))]
    assert b"both have an entry to boot" in run("entries", *disks).stderr
    check = run("check", *disks)
    assert (b"both have an entry to boot" in check.stderr) == told_so
    assert check.returncode == (0 if one else 1)


def without_superblock(path):
    with path.open("r+b") as f:
        f.seek(1024)
        f.write(bytes(1024))
    return path


def titles(result):
    return [entry["title"] for entry in json.loads(result.stdout)["entries"]]


def test_a_disk_whose_superblock_is_gone_has_a_menu_by_its_copy(run, image):
    result = run("entries", without_superblock(image()))
    assert result.returncode == 0
    assert "its superblock is damaged, and the copy at block 8193 is used" in told(result)


ROOT_FILES = {"../etc/fstab": "", "../etc/os-release": ""}


@pytest.mark.parametrize("options", ["", "root=/dev/vda", "root=UUID=%s", "root=PARTUUID=0815"])
def test_a_root_that_linux_does_not_mount_is_a_no_until_it_is_repaired(run, image, options):
    disk = image(**ROOT_FILES)
    uuid = subprocess.run(["blkid", "-p", "-s", "UUID", "-o", "value", disk], capture_output=True, text=True,
                          check=True, timeout=60).stdout.strip()
    wish = ["--set", "options-replace=" + options.replace("%s", uuid)]
    assert run("check", *wish, disk).returncode == 0
    without_superblock(disk)
    said = f"Partless can start 'Debian \"12\"'; Linux will not mount its root on {disk} until e2fsck has repaired it."
    result = run("check", *wish, disk)
    assert result.returncode == 1
    assert said in told(result)
    result = run("check", "--each", *wish, disk)
    assert result.returncode == 1
    assert result.stdout.decode().splitlines()[:2] == [f"{disk}: would not boot", "  " + said]
    result = json.loads(run("check", "--json", *wish, disk).stdout)
    assert (result["verdict"], result["boots"]) == ("no", None)
    assert run("check", *wish, "--set", "options-append=rootflags=sb=8193", disk).returncode == 0
    repaired = subprocess.run(["e2fsck", "-fy", "-b", "8193", "-B", "1024", disk], capture_output=True,
                              check=False, timeout=60)
    assert repaired.returncode == 1  # "file system errors corrected"
    assert run("check", *wish, disk).returncode == 0


def test_a_boot_disk_read_by_a_copy_is_no_root(run, image):
    boot, root = without_superblock(image()), image("root.img", **ROOT_FILES | {"partless.conf": None})
    result = run("check", boot, root)
    assert result.returncode == 0
    assert "It would boot" in told(result)


def test_a_disk_whose_superblock_is_gone_is_passed_over_where_another_boots(run, image):
    conf = {"partless.conf": "title Lost\nlinux /boot/kernel\n"}
    lost, sound = without_superblock(image("lost.img", **conf)), image("sound.img")
    result = run("entries", "--json", lost, sound)
    assert titles(result) == ["Rescue", 'Debian "12"']
    assert result.stderr == b""
    unbootable = image("unbootable.img", kernel=None)
    assert titles(run("entries", "--json", lost, unbootable)) == ["Lost", "Rescue", 'Debian "12"']


def test_boot_files_that_take_too_much_memory_cost_only_themselves(run, image):
    append = "APPEND " + "a " * 31000 + "\n"
    labels = "".join(f"LABEL l{n}\nKERNEL /boot/kernel root=/dev/vdz{n}\n" for n in range(512))
    bomb = image("bomb.img", **{"partless.conf": None, "extlinux.conf": append + labels})
    result = run("check", bomb, image())
    assert "bomb.img: its boot files are left out: they may take 8 MiB" in told(result)
    assert "It would boot 'Debian \"12\"'." in told(result)
    assert result.returncode == 0


def test_a_report_full_of_remarks_hides_no_failure(run, image, tmp_path):
    menu = "".join(f"title T{n}\nlinux /boot/gone{n}\n" for n in range(300))
    noise = image("noise.img", **{"partless.conf": menu + "title K\nlinux /boot/kernel\n",
                                  "kernel": "junk that is no program"})
    result = run("check", noise)
    assert result.returncode == 1
    assert "is not an EFI program" in told(result)
    assert "It would not boot." in told(result)


def settings(*assignments):
    return [a for assignment in assignments for a in ("--set", assignment)]


def test_settings_change_the_menu_as_in_the_loader(run, image):
    disk = image()
    result = run("entries", "--json", *settings(
        "timeout=9", "default=Res*", "options-append=extra root=/dev/vda"), disk)
    menu = json.loads(result.stdout)
    assert (menu["timeout"], menu["default"]) == (9, "Rescue")
    assert [e["options"] for e in menu["entries"]] == [
        "single extra root=/dev/vda", "ro quiet extra root=/dev/vda"]
    result = run("entries", "--json", *settings("options-replace=root=/dev/vda a"), disk)
    assert {e["options"] for e in json.loads(result.stdout)["entries"]} == {"root=/dev/vda a"}
    assert result.stderr == b""


@pytest.mark.parametrize("command", [["entries"], ["check"], ["check", "--each"], ["check", "--json"]])
@pytest.mark.parametrize("setting, says", [
    ("timeout=soon", "'timeout' takes a number of seconds, 0 to 86400, not 'soon'"),
    ("tiemout=1", "unknown setting 'tiemout': partless-settings(5) lists them"),
    ("Timeout=1", "unknown setting 'Timeout': say timeout"),
    ("partless.timeout=1", "unknown setting 'partless.timeout': say timeout"),
    ("partless.=1", "unknown setting 'partless.': partless-settings(5) lists them"),
    ("quiet", "'quiet' is not a setting: say NAME=VALUE"),
    ("on-failure=explode", "'on-failure' takes next, wait, reset, poweroff or firmware, not 'explode'"),
])
def test_a_bad_setting_is_wrong_usage(run, image, command, setting, says):
    result = run(*command, *settings("timeout=1", setting), image())
    assert result.returncode == 2
    assert result.stdout == b""
    assert result.stderr.decode().startswith(f"partless: the command line: {says}")
    assert result.stderr.count(b"\n") == 1


def test_the_disk_that_was_named_has_the_default_and_no_other_boots(run, image):
    good = image("good.img")
    bad = image("bad.img", kernel=b"no kernel")
    subprocess.run(["tune2fs", "-L", "bad one", bad], check=True,
                   stdout=subprocess.DEVNULL, timeout=60)
    assert run("check", good, bad).returncode == 0
    assert run("check", bad, good).returncode == 0
    for name in ("bad one", "LABEL=bad one", "2", "INDEX=2"):
        result = run("check", *settings(f"disk={name}"), good, bad)
        assert result.returncode == 1, name
        assert b"by hand    Rescue" in result.stdout
        assert b"It would not boot." in result.stdout
        menu = json.loads(run("entries", "--json", *settings(f"disk={name}"), good, bad).stdout)
        assert menu["entries"][0]["title"] == f"Rescue ({bad})"
    for name in ("SERIAL=2", "UUID=2", "INDEX=0", "INDEX=3", "LABEL=", "good", "LABEL=bad"):
        result = run("check", *settings(f"disk={name}"), good, bad)
        assert result.returncode == 1, name
        assert f"the host's disk={name} (the command line) matches no disk" in result.stderr.decode()
        assert f"  {bad}: INDEX=2 LABEL=bad one UUID=" in result.stderr.decode()


def test_under_lockdown_the_menu_has_only_what_boots_by_itself(run, image):
    first, second = image("first.img"), image("second.img")
    for words, places in ((["disk=INDEX=2"], 4), (["disk=INDEX=2", "lockdown=yes"], 2), (["lockdown=yes"], 4)):
        result = run("entries", "--json", *settings(*words), first, second)
        titles = [entry["title"] for entry in json.loads(result.stdout)["entries"]]
        assert len(titles) == places
        assert titles[0] == {2: "Rescue", 4: f"Rescue ({second if 'disk=INDEX=2' in words else first})"}[places]
    assert "lockdown (the command line) leaves out 2 of 4 entries" in told(
        run("check", *settings("disk=INDEX=2", "lockdown=yes"), first, second))


def test_of_the_guests_menus_the_host_allows_one(run, image):
    disk = image()
    result = run("check", *settings("config=legacy"), disk)
    assert result.returncode == 1
    assert "of the guest's menus the host allows legacy (config, the command line)" in told(result)
    assert run("check", *settings("config=partless"), disk).returncode == 0
    assert run("check", *settings("config=none"), disk).returncode == 1


def test_every_setting_and_every_language_is_documented_once(root):
    names = re.findall(r'{"([a-z-]+)", take_', (root / "config/settings.c").read_text())
    languages = re.findall(r'ROW\(\w+, "([a-z-]+)"', (root / "config/languages.h").read_text())
    guide = (root / "docs/settings.md").read_text()
    manual = (root / "docs/partless-settings.5").read_text()
    assert len(names) == 10
    assert names == re.findall(r"^\| `([a-z-]+)` \|", guide.split("## Which disk goes first")[0], re.M)[:10]
    assert sorted(names) == sorted(re.findall(r"^\.It Ic ([a-z-]+)", manual, re.M))
    menus = re.findall(r"^\| .* \| `([a-z-]+)` \|", (root / "docs/menus.md").read_text(), re.M)
    assert len(languages) > 5 and menus == list(dict.fromkeys(languages))


def test_the_times_of_on_failure_are_documented(root):
    seconds = dict(re.findall(r"^#define TIMEOUT_(\w+)\s+(\d+)", (root / "loader/loader.h").read_text(), re.M))
    guide = (root / "docs/settings.md").read_text().split("**`on-failure`**")[1].split("**`log`**")[0]
    manual = (root / "docs/partless-settings.5").read_text().split(".It Ic on-failure")[1].split(".It")[0]
    assert f"after {seconds['RETRY']} seconds; when none is left, the firmware gets control after {seconds['LAST']}" in guide
    assert f"after {seconds['RETRY']} seconds, and when none is left" in manual
    assert f"after {seconds['LAST']};" in manual


def test_damage_in_the_way_to_many_files_is_told_once(run, image):
    disk = image()
    with disk.open("r+b") as f:
        f.seek(1024 + 24)  # s_log_block_size; the descriptors lie behind the superblock's block
        block = 1024 << struct.unpack("<I", f.read(4))[0]
        f.seek(max(2048, block) + 0x1e)
        f.write(b"\x99\x99")
    result = run("check", disk)
    assert result.returncode == 2
    assert told(result).count("the descriptor of group 0 has a wrong checksum") == 1
    assert len(told(result).splitlines()) < 10
    assert told(result).endswith("look at the storage, or repair the file system (e2fsck, xfs_repair)\n")
    assert told(result).count("cannot read /") == 1
    assert re.search(r"disk.img: \d+ more files cannot be read, for the reasons above\n", told(result))
