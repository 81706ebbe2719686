"""`partless entries` and `partless check`: the loader's menu and its plan, told on the host."""

import json
import os
import re
import struct
import subprocess

import pytest

ENVIRONMENT = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")
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


def kernel(machine=0x8664, size=16384):
    """What a Linux kernel with an EFI stub shows of itself in its first bytes, and zeros."""
    head = bytearray(size)
    head[:2] = b"MZ"
    struct.pack_into("<I", head, 0x3C, 0x80)
    struct.pack_into("<4sHH12xH", head, 0x80, b"PE\0\0", machine, 1, 112)
    struct.pack_into("<H14xI12xI8xH10xII4xH38xI", head, 0x98, 0x20B, 4096, 4096, 1, size, 4096, 10, 0)
    struct.pack_into("<8sIIII12xI", head, 0x98 + 112, b".text", size - 4096, 4096, size - 4096, 4096, 0x60000020)
    struct.pack_into("<4sH", head, 0x202, b"HdrS", 0x20F)
    struct.pack_into("<I", head, 0x238, 2047)
    return bytes(head)


@pytest.fixture
def image(tmp_path):
    """Makes an ext4 image of the boot files given; the kernel and both initrds are there unless they
    are given as None."""

    def make(name="disk.img", **files):
        files = {"kernel": kernel(), "first": b"0707011", "second": b"0707012", "partless.conf": MENU} | files
        boot = tmp_path / (name + ".tree") / "boot"
        boot.mkdir(parents=True)
        for file, content in files.items():
            if content is not None:
                raw = content if isinstance(content, bytes) else content.encode()
                (boot / file).write_bytes(raw)
        path = tmp_path / name
        with path.open("wb") as f:
            f.truncate(16 << 20)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", boot.parent, path], check=True,
                       env=ENVIRONMENT, timeout=60)
        return path

    return make


@pytest.fixture
def run(partless):
    def run(*arguments):
        return subprocess.run([partless, *arguments], capture_output=True, timeout=60, check=False)

    return run


def told(result):
    return result.stdout.decode() + result.stderr.decode()


def test_entries_json_is_what_the_design_says(run, image):
    result = run("entries", "--json", image())
    assert result.returncode == 0
    assert json.loads(result.stdout) == {
        "default": 'Debian "12"',
        "timeout": 4,
        "entries": [
            {"id": "Rescue", "title": "Rescue", "kind": "linux", "kernel": "/boot/kernel",
             "initrd": [], "options": "single", "from": "/boot/partless.conf", "line": 3,
             "problem": None},
            {"id": 'Debian "12"', "title": 'Debian "12"', "kind": "linux",
             "kernel": "/boot/kernel", "initrd": ["/boot/first", "/boot/second"],
             "options": "ro quiet", "from": "/boot/partless.conf", "line": 6, "problem": None},
        ],
    }


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
    (b"\x1f\x8b" + bytes(5000), "is a gzip file, not an EFI program"),
    (kernel(machine=0xAA64), "is for aarch64, this machine is x86-64"),
    (kernel()[:9000], "is truncated: its headers ask for 16384 bytes, the file has 9000"),
], ids=["missing", "empty", "gzip", "aarch64", "truncated"])
def test_check_says_no_and_why(run, image, content, words):
    result = run("check", image(kernel=content))
    assert result.returncode == 1
    assert words in told(result)
    assert "It would not boot." in told(result)


def test_check_json_has_the_problem_that_only_the_plan_sees(run, image):
    result = run("check", "--json", image(kernel=b"#!/bin/sh\n"))
    assert result.returncode == 1
    assert [e["problem"] for e in json.loads(result.stdout)["entries"]] == [
        "kernel /boot/kernel: is a script, not an EFI program"] * 2


def test_a_disk_without_a_menu_is_a_no(run, image, tmp_path):
    disk = image(**{"partless.conf": None})
    assert run("check", disk).returncode == 1
    assert run("entries", disk).returncode == 1
    empty = tmp_path / "empty.img"
    empty.write_bytes(bytes(1 << 20))
    assert run("check", empty).returncode == 1
    result = run("entries", "--json", empty)
    assert result.returncode == 1
    assert json.loads(result.stdout) == {"default": None, "timeout": None, "entries": []}


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


@pytest.mark.parametrize("command", ["entries", "check"])
def test_wrong_usage_is_neither_yes_nor_no(run, command):
    assert run(command).returncode == 2
    assert run(command, "--no-such-option", "x").returncode == 2
    assert run(command, "--help").returncode == 0


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


def without_superblock(path):
    with path.open("r+b") as f:
        f.seek(1024)
        f.write(bytes(1024))
    return path


def titles(result):
    return [entry["title"] for entry in json.loads(result.stdout)["entries"]]


def test_a_disk_whose_superblock_is_gone_boots_by_its_copy(run, image):
    result = run("check", without_superblock(image()))
    assert result.returncode == 0
    assert "its superblock is damaged, and the copy at block 8193 is used" in told(result)


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


def test_a_bad_setting_is_told_by_the_command_too(run, image):
    result = run("entries", *settings("timeout=soon", "colour=red", "quiet"), image())
    assert result.returncode == 0
    assert result.stderr.decode() == (
        "partless: the command line: 'timeout' takes a number of seconds, 0 to 86400, not 'soon'\n"
        "partless: the command line: unknown setting 'colour'\n"
        "partless: the command line: 'quiet' is no setting: one is NAME=VALUE\n")


def test_the_disk_that_was_named_has_the_default_and_no_other_boots(run, image):
    good = image("good.img")
    bad = image("bad.img", kernel=b"no kernel")
    subprocess.run(["tune2fs", "-L", "bad one", bad], check=True, env=ENVIRONMENT,
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
        assert f"the host names the disk '{name}' (the command line)" in result.stderr.decode()
        assert f"  {bad}: INDEX=2 LABEL=bad one UUID=" in result.stderr.decode()


def test_of_the_guests_menus_the_host_allows_one(run, image):
    disk = image()
    result = run("check", *settings("config=legacy"), disk)
    assert result.returncode == 1
    assert "of the guest's menus the host allows legacy (config, the command line)" in told(result)
    assert run("check", *settings("config=partless"), disk).returncode == 0
    assert run("check", *settings("config=none"), disk).returncode == 1


def test_every_setting_and_every_language_is_documented_once(root):
    names = re.findall(r'{"([a-z-]+)", take_', (root / "config/settings.c").read_text())
    table = (root / "config/config.c").read_text().split("guest_formats[] = {")[1].split("};")[0]
    languages = re.findall(r'{"([a-z-]+)",', table)
    guide = (root / "docs/settings.md").read_text()
    manual = (root / "docs/partless-settings.5").read_text()
    assert len(names) == 9
    assert names == re.findall(r"^\| `([a-z-]+)` \|", guide.split("## Who says it")[0], re.M)[:9]
    assert sorted(names) == sorted(re.findall(r"^\.It Ic ([a-z-]+)", manual, re.M))
    for language in [*languages, "none"]:
        assert f"`{language}`" in guide.split("**`config`**")[1].split("\n\n")[0], language
        assert language in manual


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
    assert told(result).count("cannot read /") == 1
    assert re.search(r"disk.img: \d+ more files cannot be read, for the reasons above\n", told(result))
