"""`partless log` and `--vars`: the variables of a guest's firmware. Stores that the firmware itself has written are
read in test/boot/test_variables.py."""

import fcntl
import json
import os
import re
import struct
import subprocess

import pytest

import image
import varstore
import xfs
from disk import kernel, make_disk
from jbd2 import crc32c
from varstore import ADDED, DELETED, ERASED, HEADER_ONLY, LEAVING, LOADER, flash, store, text, variable, volume

NOTHING = {"oneshot": None, "default": None, "last_booted": None, "timeout": None, "timeout_oneshot": None,
           "last_entry": None, "kept": []}
SILENT = "The firmware keeps nothing for the boot loader.\n"
OF_LOADER = {"vendor": LOADER}


@pytest.fixture
def run(partless):
    def run(*arguments):
        return subprocess.run([partless, *arguments], capture_output=True, timeout=60, check=False)

    return run


@pytest.fixture
def log(run, tmp_path):
    """log(BYTES) is what the command says of a file with these bytes, as JSON and to a person."""

    def read(content, code=0):
        path = tmp_path / "vars.fd"
        path.write_bytes(content)
        path.chmod(0o444)
        machine, person = run("log", "--json", path), run("log", path)
        assert machine.stderr == person.stderr == b""
        assert (machine.returncode, person.returncode) == (code, code)
        path.unlink()
        return json.loads(machine.stdout), person.stdout.decode()

    return read


@pytest.fixture
def refused(run, tmp_path):
    """refused(BYTES) is the sentence with which the command refuses a file with these bytes, without its name."""

    def read(content):
        path = tmp_path / "vars.fd"
        path.write_bytes(content)
        done = run("log", path)
        assert (done.returncode, done.stdout) == (2, b"")
        line, = done.stderr.decode().splitlines()
        assert line.startswith(f"partless: {path}") and "; " in line
        return line.removeprefix(f"partless: {path}")

    return read


@pytest.mark.parametrize("plain", [False, True], ids=["authenticated", "plain"])
def test_what_is_kept_is_told(log, plain):
    machine, person = log(flash(
        ("LoaderEntryOneShot", text("once"), OF_LOADER), ("LoaderEntryDefault", text("usual"), OF_LOADER),
        ("LoaderEntryLastBooted", text("last"), OF_LOADER), ("LoaderConfigTimeout", text("5"), OF_LOADER),
        ("LoaderConfigTimeoutOneShot", text("menu-force"), OF_LOADER), ("LastEntry", "Grüße".encode()),
        ("Tries-0000000F", b"tries-1\n/boot/loader/entries\na 2 1"), plain=plain))
    assert machine == {
        "oneshot": "once", "default": "usual", "last_booted": "last", "timeout": "5",
        "timeout_oneshot": "menu-force", "last_entry": "Grüße",
        "kept": [{"name": "Tries-0000000F", "text": "tries-1\n/boot/loader/entries\na 2 1"}]}
    assert person == """\
The next boot alone starts 'once'.
The default is 'usual'.
The entry saved at the last boot is 'last'.
The menu's timeout is '5'.
The menu's timeout, at the next boot alone, is 'menu-force'.
Partless last started 'Grüße'.
Tries-0000000F:
  tries-1
  /boot/loader/entries
  a 2 1
"""


BLANK = {
    "a store that no firmware has written": volume(b"\xff" * 4096),
    "a store without variables": flash(),
    "erased flash": b"\xff" * 70_000,
    "zeros, as Debian's AAVMF_VARS.fd has": bytes(70_000),
    "variables of other vendors": flash(("LastEntry", b"x", OF_LOADER), ("LoaderEntryDefault", text("x"))),
    "variables that only begin so": flash(("GrubEnv-0", b"x"), ("GrubEnv-0123ABCDE", b"x"), ("Tries-xyzxyzxy", b"x")),
}


@pytest.mark.parametrize("name", BLANK)
def test_a_firmware_that_keeps_nothing(log, name):
    assert log(BLANK[name], code=1) == (NOTHING, SILENT)


# What is read when these variables lie in the store.
STATES = {
    "deleted": ([("LastEntry", b"a", {"state": DELETED})], None),
    "not written to its end": ([("LastEntry", b"a", {"state": HEADER_ONLY})], None),
    "leaving, with nothing in its place": ([("LastEntry", b"a", {"state": LEAVING})], "a"),
    "leaving, then another": ([("LastEntry", b"a", {"state": LEAVING}), ("LastEntry", b"b")], "b"),
    "leaving, another before it": ([("LastEntry", b"a"), ("LastEntry", b"b", {"state": LEAVING})], "a"),
    "two are leaving": ([("LastEntry", b"a", {"state": LEAVING}), ("LastEntry", b"b", {"state": LEAVING})], "b"),
    "two are added": ([("LastEntry", b"a"), ("LastEntry", b"b")], "a"),
    "behind a header that was not written to its end":
        ([variable(b"", b"", state=ERASED), ("LastEntry", b"a")], "a"),
    "behind a header whose sizes were not written":
        ([variable(b"", b"", state=HEADER_ONLY, name_size=0xFFFFFFFF, data_size=0xFFFFFFFF), ("LastEntry", b"a")],
         "a"),
    "behind one that is deleted, with a name that is none":
        ([(b"odd", b"", {"state": DELETED}), ("LastEntry", b"a")], "a"),
    "behind the end": ([("Other", b"x"), b"\xff" * 4, ("LastEntry", b"a")], None),
    "of another vendor, too": ([("LastEntry", b"a", OF_LOADER), ("LastEntry", b"b")], "b"),
    "empty": ([("LastEntry", b"")], ""),
}


@pytest.mark.parametrize("name", STATES)
def test_the_state_of_a_variable_says_whether_it_counts(log, name):
    variables, wanted = STATES[name]
    machine, person = log(flash(*variables), code=1 if wanted is None else 0)
    assert machine["last_entry"] == wanted
    assert person == (SILENT if wanted is None else f"Partless last started '{wanted}'.\n")


def test_a_store_that_is_full_to_its_last_byte_is_read(log):
    """The variable that ends it needs no padding, and no byte follows."""
    first = variable("LastEntry", b"abc")
    assert log(volume(store(first, room=28 + len(first) - 1)))[0]["last_entry"] == "abc"


def test_text_of_a_stranger_cannot_steer_the_terminal(log):
    ugly = "a\x1b[2J\n\u202eb"
    machine, person = log(flash(("LoaderEntryDefault", text(ugly), OF_LOADER), ("LastEntry", ugly.encode() + b"\xff"),
                                ("GrubEnv-00000000", b"one\rtwo\n\x9b\n\nend")))
    assert machine["default"] == ugly
    assert machine["last_entry"] == ugly + "\ufffd"
    assert machine["kept"] == [{"name": "GrubEnv-00000000", "text": "one\rtwo\n\ufffd\n\nend"}]
    assert person == ("The default is 'a?[2J??b'.\nPartless last started 'a?[2J??b?'.\n"
                      "GrubEnv-00000000:\n  one?two\n  ?\n  \n  end\n")


@pytest.mark.parametrize("data, wanted", [
    (b"", ""), (b"a\0", "a"), (b"a\0\0\0b\0", "a"), (text("\U0001f600"), "\U0001f600"),
    (b"\x3d\xd8", "\ufffd"), (b"\0\xdea\0", "\ufffda"), (b"\x3d\xd8\x3d\xd8\0\xde", "\ufffd\U0001f600")])
def test_units_become_characters(log, data, wanted):
    assert log(flash(("LoaderEntryDefault", data, OF_LOADER)))[0]["default"] == wanted


def test_half_a_unit_is_told_and_costs_only_its_variable(run, tmp_path):
    path = tmp_path / "vars.fd"
    path.write_bytes(flash(("LoaderEntryDefault", b"abc", OF_LOADER), ("LastEntry", b"x")))
    done = run("log", "--json", path)
    assert done.returncode == 2
    assert json.loads(done.stdout) == NOTHING | {"last_entry": "x"}
    assert done.stderr.decode() == (
        f"partless: the variable LoaderEntryDefault in {path} has 3 bytes, which is no text in UTF-16: it is left "
        "out; let the program that wrote it write it again\n")


def header_length(length):
    return volume(store(), header=length)


# The file's bytes, and what the command says about them.
LIES = {
    "a qcow2 image": (b"QFI\xfb" + bytes(4096), " is a qcow2 image, only a raw one is read; convert it"),
    "an empty file": (b"", " has 0 bytes, too few for a guest's variables; name the flash"),
    "a file of 55 bytes": (b"\xff" * 55, " has 55 bytes, too few"),
    "another file": (b"#!/bin/sh\n" * 100, " is no firmware volume; name the flash"),
    "a disk: zeros, then more": (bytes(4096) + b"x", " is no firmware volume; name the flash"),
    "erased flash, then more": (b"\xff" * 4096 + b"x", " is no firmware volume; name the flash"),
    "all bytes alike, not blank": (b"x" * 4096, " is no firmware volume; name the flash"),
    "a signature that is none": (volume(store(), signature=b"_FVI"), " is no firmware volume; name the flash"),
    "the firmware's code": (volume(store(), kind=varstore.PLAIN), " is a firmware volume, but not one of variables"),
    "a revision that is to come": (volume(store(), revision=3), ": its firmware volume has revision 3, only 2 is read;"),
    "a volume longer than the file": (flash()[:-1], " has 4167 bytes, its firmware volume 4168: the file was cut off;"),
    "a volume of 2^64 - 1 bytes": (volume(store(), length=2**64 - 1), f"its firmware volume {2**64 - 1}: the file"),
    "a volume shorter than its header": (volume(store(), length=71), " firmware volume cannot have 72 bytes;"),
    "a header of 0 bytes": (header_length(0), " firmware volume cannot have 0 bytes;"),
    "a header without a map": (header_length(56), " firmware volume cannot have 56 bytes;"),
    "a header of odd length": (header_length(73), " firmware volume cannot have 73 bytes;"),
    "a header longer than the volume": (header_length(65528), " firmware volume cannot have 65528 bytes;"),
    "a wrong checksum": (volume(store(), wrong=1), ": the checksum of its firmware volume is wrong;"),
    "a volume that ends with its header": (volume(b""), ": its firmware volume has no room for a variable store;"),
    "a volume that ends in the store's header": (volume(b"\xff" * 27), " has no room for a variable store;"),
    "a store of another kind": (volume(store(signature=LOADER)), " holds something else than edk2's variable store;"),
    "a store that is not formatted": (volume(store(form=0xFF)), " is not formatted (0xff) or not healthy (0xfe);"),
    "a store that is not healthy": (volume(store(state=0xFC)), " is not formatted (0x5a) or not healthy (0xfc);"),
    "a store shorter than its header":
        (volume(store(size=27)), ": its variable store has 27 bytes, which is less than its header;"),
    "a store longer than its volume":
        (volume(store(size=4097)), ": its variable store has 4097 bytes, which is more than its firmware volume;"),
    "a store of 2^32 - 1 bytes": (volume(store(size=2**32 - 1)), f" has {2**32 - 1} bytes, which is more than"),
    "something else where a variable begins":
        (flash(("A", b"x"), b"\0\0\0\0"), ": at byte 168 there is neither a variable nor erased flash;"),
    "a variable whose beginning is half written":
        (flash(("A", b"", {"start": 0xFFAA})), ": at byte 100 there is neither a variable nor erased flash;"),
    "a header behind the end of the store":
        (volume(store(variable("A", b"")[:59], room=28 + 59)),
         ": the variable at byte 100 ends at byte 160, behind the end of its store at byte 159;"),
    "a name behind the end of the store":
        (flash(("A", b"", {"name_size": 4010})), ": the variable at byte 100 ends at byte 4170, behind the end"),
    "data behind the end of the store":
        (flash(("A", b"", {"data_size": 4005})), ": the variable at byte 100 ends at byte 4169, behind the end"),
    "sizes whose sum is more than 32 bits":
        (flash(("A", b"", {"name_size": 2**32 - 2, "data_size": 2**32 - 2})), f" ends at byte {160 + 2**33 - 4}, "),
    "a deleted variable that ends behind the store":
        (flash(("A", b"", {"state": DELETED, "data_size": 4005})), " ends at byte 4169, behind the end"),
    "a name without bytes": (flash((b"", b"x")), ": the variable at byte 100 has a name that is empty or does not end"),
    "a name that is a NUL alone": (flash((b"\0\0", b"")), " has a name that is empty or does not end with its 2 bytes;"),
    "a name of half a unit": (flash((b"A\0\0", b"x")), " has a name that is empty or does not end with its 3 bytes;"),
    "a name without a NUL": (flash((b"A\0B\0", b"")), " has a name that is empty or does not end with its 4 bytes;"),
    "a name with a NUL inside": (flash((b"A\0\0\0B\0\0\0", b"")), " does not end with its 8 bytes;"),
    "more variables than are read":
        (volume(store(variable("A", b"", state=DELETED, plain=True) * 8193, plain=True, room=300_000)),
         " has more than 8192 variables;"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused_by_name(refused, lie):
    content, says = LIES[lie]
    assert says in refused(content)


def test_as_many_variables_as_are_read(log):
    deleted = variable("A", b"", state=DELETED, plain=True) * 8191
    content = volume(store(deleted + variable("LastEntry", b"x", plain=True), plain=True, room=330_000))
    assert log(content)[0]["last_entry"] == "x"


def test_a_file_larger_than_any_flash_is_refused(run, tmp_path):
    path = tmp_path / "disk.img"
    with open(path, "wb") as file:
        file.truncate((64 << 20) + 1)
    done = run("log", path)
    assert done.returncode == 2
    assert f"{path} has 64 MiB, a guest's flash at most 64; name the flash" in done.stderr.decode()
    os.truncate(path, 64 << 20)
    assert run("log", path).returncode == 1


def test_a_file_that_cannot_be_opened_is_told(run, tmp_path):
    for words in (["log", tmp_path / "none"], ["entries", "--vars", tmp_path / "none", tmp_path / "disk.img"]):
        done = run(*words)
        assert done.returncode == 2
        assert done.stderr.decode() == f"partless: cannot open '{tmp_path}/none': No such file or directory\n"
    assert "it is a directory" in run("log", tmp_path).stderr.decode()


def test_a_flash_that_qemu_writes_to_is_told_when_it_is_refused(run, tmp_path):
    """QEMU holds a lock of the open file on this byte as long as it may write."""
    path = tmp_path / "vars.fd"
    for content, refused in ((flash(("LastEntry", b"x")), False), (flash(b"\0\0"), True)):
        path.write_bytes(content)
        with open(path, "rb") as file:
            fcntl.fcntl(file, fcntl.F_OFD_SETLK, struct.pack("hhqqi", fcntl.F_RDLCK, os.SEEK_SET, 101, 1, 0))
            done = run("log", path)
        assert done.returncode == (2 if refused else 0)
        assert (f"{path}: a running QEMU writes to it" in done.stderr.decode()) == refused


def test_wrong_usage_is_told(run):
    for words, says in ((["log"], "which file of variables?"), (["log", "a", "b"], "one file of variables at a time"),
                        (["check", "--each", "--vars=a", "b"], "--vars is of one machine, --each of many")):
        done = run(*words)
        assert done.returncode == 2
        assert says in done.stderr.decode()


GRUBENV = "/boot/grub/grubenv"
ENVIRONMENT = "# GRUB Environment Block\nnext_entry=B\n".ljust(1024, "#")
UUID = "6f4a2a53-8a2b-4f3c-9d1e-0c5b7a9e1f42"


NAME = f"GrubEnv-{crc32c((UUID + GRUBENV).encode()):08x}"
MENU = ("load_env\nset default=$next_entry\nset next_entry=\nsave_env next_entry\n"
        "menuentry A { linux /boot/kernel console=ttyS0 }\nmenuentry B { linux /boot/kernel console=ttyS0 }\n")
ASKING = {"/boot/kernel": kernel(), "/boot/grub/grub.cfg": MENU.encode(), GRUBENV: ENVIRONMENT.encode()}


@pytest.fixture
def asking(tmp_path):
    """A guest whose grubenv asks for B at its next boot alone, and was changed 123456789 ns after a full second."""
    disk = make_disk(tmp_path / "disk.img", ASKING)
    subprocess.run(["tune2fs", "-U", UUID, disk], check=True, stdout=subprocess.DEVNULL)
    image.debugfs(disk, f"set_inode_field {GRUBENV} ctime_extra {123456789 << 2}")
    return disk


def known_as(inode, nanoseconds):
    """The line by which Partless knows the file."""
    return (f"Partless 1: {GRUBENV} on {UUID}, inode {inode}, changed {nanoseconds}, 1024 bytes, "
            f"CRC {crc32c(ENVIRONMENT.encode()) ^ 0xffffffff:08x}\n")


def head(disk):
    """The same by what e2fsprogs tell of it."""
    told = image.debugfs(disk, f"stat {GRUBENV}")
    seconds, extra = (int(number, 16) for number in re.search(r"ctime: 0x(\w+):(\w+)", told).groups())
    assert extra >> 2 == 123456789
    nanoseconds = (seconds + ((extra & 3) << 32)) * 10**9 + (extra >> 2)
    return known_as(image.inode_number(disk, GRUBENV), nanoseconds)


KEPT = {
    "none": (None, "B"),
    "the loader's": ("{head}next_entry=\n", "A"),
    "of a file that was changed later": ("{later}next_entry=\n", "B"),
    "another choice": ("{head}next_entry=A\n", "A"),
    "no head": ("next_entry=\n", "B"),
    "empty": ("", "B"),
}


@pytest.mark.parametrize("command", ["entries", "check"])
@pytest.mark.parametrize("kept", KEPT)
def test_what_a_script_saved_counts_as_long_as_the_file_is_the_same(run, asking, tmp_path, command, kept):
    text, boots = KEPT[kept]
    path, known = tmp_path / "vars.fd", head(asking)
    later = known.replace("456789,", "456790,")
    assert later != known
    path.write_bytes(flash(*([] if text is None else [(NAME, text.format(head=known, later=later).encode())])))
    before = path.read_bytes()
    done = run(command, "--json", "--vars", path, asking)
    assert done.returncode == 0
    assert path.read_bytes() == before
    assert json.loads(done.stdout)["default"] == boots
    assert (b"at its next boot only" in done.stderr) == (boots == "B")


@pytest.mark.parametrize("bigtime", [0, 1])
def test_a_file_on_xfs_is_known_by_what_xfs_db_tells(run, tmp_path, bigtime):
    tree, path = tmp_path / "tree", tmp_path / "vars.fd"
    for name, content in ASKING.items():
        (tree / name[1:]).parent.mkdir(parents=True, exist_ok=True)
        (tree / name[1:]).write_bytes(content)
    disk = xfs.mkfs(tmp_path / "xfs.img", "-m", f"bigtime={bigtime},uuid={UUID}", tree=tree)
    told = xfs.db(disk, f"path {GRUBENV}", "print")
    inode = int(re.search(r"v3.inumber = (\d+)", told)[1])
    seconds, nanoseconds = (int(subprocess.run(
        ["date", "-d", re.search(r"core.ctime.sec = (.*)", told)[1], "+%s"], capture_output=True, check=True).stdout),
        int(re.search(r"core.ctime.nsec = (\d+)", told)[1]))
    path.write_bytes(flash((NAME, (known_as(inode, seconds * 10**9 + nanoseconds) + "next_entry=\n").encode())))
    assert json.loads(run("entries", "--json", disk).stdout)["default"] == "B"
    assert json.loads(run("entries", "--json", "--vars", path, disk).stdout)["default"] == "A"


@pytest.mark.parametrize("command", ["entries", "check"])
def test_without_the_variables_there_is_no_answer(run, asking, tmp_path, command):
    path = tmp_path / "vars.fd"
    path.write_bytes(flash()[:-1])
    done = run(command, "--json", "--vars", path, asking)
    assert (done.returncode, done.stdout) == (2, b"")
    assert "the file was cut off; copy all of it" in done.stderr.decode()
