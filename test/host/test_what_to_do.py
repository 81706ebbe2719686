"""Where nothing boots, the last line says what to do first."""

import gzip
import subprocess

import pytest

from disk import kernel, make_disk
from processors import OTHER, OWN

UUID = "0c3bf1a4-4c5d-4d4d-9a55-3f0b4a3a9c11"
GONE = "11111111-2222-4333-8444-555555555555"
ROOT = {"/etc/fstab": "", "/etc/os-release": 'PRETTY_NAME="Debian 12"\n'}
INSTALL = "install a kernel in /boot, or write /boot/partless.conf (partless.conf(5))"
STORAGE = "look at the storage, or repair the file system (e2fsck, xfs_repair)"


@pytest.fixture
def image(tmp_path):
    """An ext4 image of the files given, {path: text or bytes}."""

    def make(name, files, *options, uuid="random"):
        return make_disk(tmp_path / name, {"/boot": None} | files, "-U", uuid, *options)

    return make


@pytest.fixture
def blank(tmp_path):
    path = tmp_path / "blank.img"
    path.write_bytes(bytes(1 << 20))
    return path


@pytest.fixture
def said(partless):
    """What `check` says of disks that do not boot, line by line."""

    def said(*arguments):
        result = subprocess.run([partless, "check", *arguments], capture_output=True, text=True, timeout=60,
                                check=False)
        assert result.returncode != 0
        return [line.removeprefix("partless: ") for line in (result.stdout + result.stderr).splitlines()]

    return said


def debugfs(disk, *requests):
    for request in requests:
        subprocess.run(["debugfs", "-w", "-R", request, disk], check=True, capture_output=True,
                       timeout=60)


@pytest.mark.parametrize("device", [f"UUID={GONE}", "LABEL=boot", 'LABEL="boot"', "/dev/vdb1", "PARTUUID=0815-01"])
def test_a_boot_disk_that_fstab_names_is_to_be_attached(image, said, device):
    disk = image("a.img", ROOT | {"/etc/fstab": f"# {device} /boot\n/dev/vda / ext4 ro 0 1\n"
                                                f"{device}\t/boot ext4 defaults 0 2\n"})
    assert said(disk)[-1] == (f"attach the disk that holds this guest's /boot: /etc/fstab on {disk} mounts {device} "
                              "there")


@pytest.mark.parametrize("fstab", [
    "/dev/vda / ext4 ro 0 1\n",
    f"#UUID={GONE} /boot ext4 ro 0 1\n",
    f"UUID={GONE} /boot/efi vfat ro 0 1\n",
    f"UUID={UUID.upper()} /boot ext4 ro 0 1\n",
    "LABEL=boot /boot ext4 ro 0 1\n",
    "#" * 70000 + f"\nUUID={GONE} /boot ext4 ro 0 1\n",
])
def test_a_boot_disk_that_is_here_or_that_nobody_names_is_not_asked_for(image, said, fstab):
    disks = [image("a.img", ROOT | {"/etc/fstab": fstab}), image("b.img", {}, "-L", "boot", uuid=UUID)]
    assert said(*disks)[-1] == INSTALL


@pytest.mark.parametrize("file", ["k", "i"])
def test_a_damaged_inode_of_a_boot_file_is_a_matter_of_the_storage(image, said, file):
    disk = image("a.img", ROOT | {"/boot/partless.conf": "title A\nlinux /k\ninitrd /i\n", "/k": "kernel",
                                  "/i": "070701"})
    debugfs(disk, f"set_inode_field /{file} checksum 0x12345678")
    lines = said(disk)
    assert any("cannot be read" in line for line in lines)
    assert lines[-1] == STORAGE


@pytest.mark.parametrize("content, words", [
    (gzip.compress(b"x", mtime=0), "unpack it first"), (b"QFI\xfb", "convert it with"), (b"KDMV", "convert it with"),
])
def test_a_disk_that_is_another_kind_of_file_is_the_only_one_to_see_to(image, said, blank, content, words):
    disk = blank.with_name("packed.img")
    disk.write_bytes(content.ljust(100000, b"\0"))
    assert words in said(disk)[-1]
    first = "first unpack or convert the disk that is no raw image, as said above"
    assert said(disk, blank)[-1] == first
    assert said(disk, image("data.img", {}))[-1] == first


@pytest.fixture
def guest(image):
    """A disk with this kernel and these options."""

    def make(kernel, options=b"ro", name="a.img"):
        menu = b"title A\nlinux /k\noptions " + options + b"\n"
        return image(name, ROOT | {"/boot/partless.conf": menu, "/k": kernel})

    return make


REPLACE = "put a whole file in its place, or correct the entry"


@pytest.mark.parametrize("name, options, settings, why, cure", [
    ("short", b"ro", [], "is truncated", REPLACE),
    ("script", b"ro", [], "is a script", REPLACE),
    ("foreign", b"ro", [], f"is for {OTHER.called} ({OTHER.loader} boots it), this machine is {OWN.called}",
     f"start it on an {OTHER.called} machine (--arch {OTHER.called} checks it for one), or install a kernel for "
     f"{OWN.called}"),
    ("efi", b"ro", [], "start it with 'efi' instead of 'linux'", None),
    ("whole", b"x" * 3000, [], "the options are 3017 bytes long, this kernel takes at most 2047",
     "shorten the options"),
    ("whole", b"ro \xe4\xf6", [], "byte 4 of the options is not UTF-8",
     "save the file that the options come from as UTF-8"),
    ("whole", b"ro", ["options-append=" + "x" * 3000],
     "the options are 3017 bytes long, 3000 of them the host's, this kernel takes at most 2047",
     "shorten what the host says: options-append, options-replace (partless-settings(5))"),
    ("whole", b"ro", ["options-append=" + "x" * 1500, "options-replace=" + "y" * 1500],
     "the options are 3018 bytes long, 3000 of them the host's, this kernel takes at most 2047",
     "shorten what the host says: options-append, options-replace (partless-settings(5))"),
], ids=["truncated", "script", "foreign", "efi", "long", "latin-1", "appended", "replaced"])
def test_an_entry_that_fails_says_what_to_do(guest, said, name, options, settings, why, cure):
    kernels = {"short": kernel()[:9000], "script": b"#!/bin/sh\n", "foreign": kernel(OTHER),
               "efi": kernel(linux=False), "whole": kernel()}
    disk = guest(kernels[name], options)
    said_so = [word for setting in settings for word in ("--set", setting)]
    lines = said(*said_so, disk)
    assert any(line.startswith("problem  * A: ") and why in line for line in lines)
    at = lines.index("It would not boot.")
    assert lines[at + 1:at + 2] == ([f"To boot 'A', {cure}."] if cure else [])
    line = next(line for line in said("--each", *said_so, disk) if why in line)
    assert line.startswith("  'A': ") and line.endswith(f"; {cure}" if cure else why)


@pytest.mark.parametrize("bit, words", [
    (0x8, "attach the file system that it belongs to"),
    (0x80000001, "give the guest a /boot whose file system has only the features that filesystems.md lists"),
])
def test_a_feature_that_is_not_read_says_what_to_do(image, said, blank, bit, words):
    disk = image("a.img", ROOT, "-O", "^metadata_csum")
    with disk.open("r+b") as f:
        f.seek(1024 + 0x60)
        f.write(bit.to_bytes(4, "little"))
    lines = said(disk)
    assert lines[-1].endswith(words)
    assert sum(words in line for line in lines) == 1
    first = "first see to the disk whose file system could not be opened, as said above"
    assert said(disk, blank)[-1] == first
    assert said(disk, image("data.img", {}))[-1] == first


def test_without_any_file_system_one_is_to_be_attached(said, blank):
    assert said(blank)[-1] == ("attach the disk that holds the guest's /boot: ext2, ext3, ext4 or XFS on the whole disk or "
                               "on a partition")
