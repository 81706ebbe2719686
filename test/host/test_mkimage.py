"""scripts/mkimage: what the media hold, that they are always the same, and what is refused."""

import os
import re
import shutil
import signal
import subprocess
import time

import pytest

from qemu import digest

START = 40 * 512  # of the partition
CLUSTER = re.compile(r"(\d+) bytes per cluster.*?(\d+) data clusters", re.S)


@pytest.fixture
def content(tmp_path, build):
    """A loader's directory, with the link to the host's settings that is installed there."""
    directory = tmp_path / "content"
    (directory / "EFI/BOOT").mkdir(parents=True)
    for name in ("BOOTX64.EFI", "BOOTAA64.EFI"):
        shutil.copy(build / name, directory / "EFI/BOOT")
    (directory / "partless.conf").symlink_to(tmp_path / "settings")
    return directory


@pytest.fixture
def place(tmp_path):
    """Where the media are made."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def mkimage(root, content, place):
    """mkimage(FILE, ...) makes media of `content`, in `place`. With `fails` it has to fail and say that, and to leave
    `place` as it was."""

    def run(*names, fails=None, code=1, script=(root / "scripts/mkimage",), directory=content, **environment):
        before = digest(place)
        done = subprocess.run([*script, "--directory", directory, *names], cwd=place, capture_output=True, text=True,
                              env={**os.environ, **environment})
        said = done.stdout + done.stderr
        if fails is None:
            assert done.returncode == 0, said
        else:
            assert (done.returncode, said.startswith("mkimage: "), said.count("\n")) == (code, True, 1), said
            assert fails in said and digest(place) == before
        assert not [path for path in place.iterdir() if path.name.startswith(".")]

    return run


def tool(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout


def fat(place, name):
    """The FAT file system in a medium, as a file."""
    data = (place / name).read_bytes()
    start = START
    if name.endswith(".iso"):
        said = tool("xorriso", "-indev", place / name, "-report_el_torito", "plain")
        [(platform, emulation, size, block)] = re.findall(r"boot img : +1 +(\w+) +y +(\w+) .* (\d+) +(\d+)$", said, re.M)
        assert (platform, emulation, size) == ("UEFI", "none", "1")
        assert re.findall(r"El Torito img path : +1 +(\S+)", said) == ["/EFI.IMG"]
        start = int(block) * 2048
    path = place / f"{name}.fat"
    path.write_bytes(data[start:])
    return path


def checked(path):
    """What fsck.fat says of a FAT file system: bits, bytes of a cluster, clusters, and those in use."""
    said = tool("fsck.fat", "-nv", path)
    assert not re.search("differ|invalid|wrong|should|fault|dirty", said), said
    bits = int(re.search(r"(\d+) bit entries", said)[1])
    size, clusters = map(int, CLUSTER.search(said).groups())
    used = int(re.search(r"files, (\d+)/", said)[1])
    return bits, size, clusters, used


def unpacked(place, name):
    """The files in a medium: their paths and bytes."""
    to = place.parent / "unpacked"
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    subprocess.run(["mcopy", "-s", "-i", fat(place, name), "::/", to], check=True)
    return {str(path.relative_to(to)): path.read_bytes() for path in to.rglob("*") if path.is_file()}


def files(content):
    return {str(path.relative_to(content)): path.read_bytes() for path in content.rglob("*") if path.is_file()}


def test_an_image_is_a_gpt_with_one_efi_system_partition(mkimage, place):
    mkimage("a.img")
    assert "No errors detected" in tool("sfdisk", "--verify", place / "a.img")
    [partition] = re.findall(r"^\S+1 : (.*)$", tool("sfdisk", "-d", place / "a.img"), re.M)
    assert re.match(r"start= +40, size= +\d+, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, ", partition)
    assert "EFI System" in tool("sfdisk", "-l", place / "a.img")
    data = (place / "a.img").read_bytes()
    assert data[510:512] == b"\x55\xaa" and data[450] == 0xEE  # the protective MBR
    assert data[512:520] == data[-512:-504] == b"EFI PART"
    assert len(data) % 4096 == 0 and len(data) < 320 << 10
    checked(fat(place, "a.img"))


def test_a_cd_has_no_more_than_the_file_system(mkimage, place):
    mkimage("a.iso")
    said = tool("xorriso", "-indev", place / "a.iso", "-find", "/")
    assert said.split() == ["'/'", "'/BOOT.CATALOG'", "'/EFI.IMG'"]
    data = (place / "a.iso").read_bytes()
    blocks = int.from_bytes(data[16 * 2048 + 80:16 * 2048 + 84], "little")
    assert blocks * 2048 == len(data) < 340 << 10  # the firmware takes the file system to reach to the end
    checked(fat(place, "a.iso"))


@pytest.mark.parametrize("name", ["a.img", "a.iso"])
def test_all_that_is_in_the_directory_is_on_the_medium(mkimage, place, content, tmp_path, name):
    (tmp_path / "settings").write_text("timeout 3\n")
    (tmp_path / "kernel").write_bytes(os.urandom(100000))
    (content / "rescue/with blank").mkdir(parents=True)
    (content / "rescue/vmlinuz").symlink_to("../../kernel")
    (content / "empty").touch()
    for n in range(40):
        (content / f"rescue/with blank/a name of many letters [{n}].txt").write_text(f"{n}\n")
    mkimage(name)
    assert unpacked(place, name) == files(content)
    assert unpacked(place, name)["partless.conf"] == b"timeout 3\n"
    bits, size, clusters, used = checked(place / f"{name}.fat")
    assert (bits, clusters - used) == (12, 1)


def test_without_settings_there_is_no_file_for_them(mkimage, place):
    mkimage("a.img")
    assert set(unpacked(place, "a.img")) == {"EFI/BOOT/BOOTX64.EFI", "EFI/BOOT/BOOTAA64.EFI"}


# In bytes; around the numbers of clusters at which FAT gets other entries, and at which clusters must be larger.
SIZES = {"12 bits, full": (1800 << 10, 12), "16 bits, nearly": (2 << 20, 12), "12 bits with large clusters": (30 << 20, 12),
         "16 bits": (70 << 20, 16)}


@pytest.mark.parametrize("name", ["a.img", "a.iso"])
@pytest.mark.parametrize("size", SIZES)
def test_the_number_of_clusters_agrees_with_the_entries(mkimage, place, content, name, size):
    (content / "fill").touch()
    os.truncate(content / "fill", SIZES[size][0])
    mkimage(name)
    bits, _, clusters, used = checked(fat(place, name))
    assert bits == SIZES[size][1]
    assert clusters <= 4084 - 16 if bits == 12 else 4085 + 16 <= clusters <= 65524 - 16
    assert used < clusters
    assert (place / name).stat().st_size < SIZES[size][0] * 1.02 + (330 << 10)


def test_the_file_system_is_right_for_each_size(mkimage, place, content):
    """A few clusters more each time, past the largest FAT12 with clusters of 512 bytes."""
    (content / "fill").touch()
    for size in range(1770 << 10, 1850 << 10, 8001):
        os.truncate(content / "fill", size)
        mkimage("a.img")
        bits, _, clusters, used = checked(fat(place, "a.img"))
        assert used < clusters <= 4068 if bits == 12 else clusters >= 4101


@pytest.mark.trial
def test_more_than_2_gib_are_fat32(mkimage, place, content):
    (content / "fill").touch()
    os.truncate(content / "fill", 3 << 30)
    mkimage("a.img")
    with open(place / "a.img", "rb") as image, open(place / "fat", "wb") as to:
        image.seek(START)
        shutil.copyfileobj(image, to, 1 << 24)
    bits, size, clusters, used = checked(place / "fat")
    assert (bits, size) == (32, 4096) and clusters >= 65525 + 16 and used < clusters


@pytest.mark.parametrize("name", ["a.img", "a.iso"])
def test_the_same_directory_makes_the_same_bytes(mkimage, place, content, root, tmp_path, name):
    (tmp_path / "settings").write_text("timeout 3\n")
    (content / "Z").write_text("z")
    (content / "a long name.conf").write_text("a")
    mkimage(name)
    first = (place / name).read_bytes()
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in sorted(content.rglob("*"), reverse=True):  # in another order, with other times and other modes
        to = copy / path.relative_to(content)
        to.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            to.write_bytes(path.read_bytes())
            to.chmod(0o600)
            os.utime(to, (10**9, 10**9 + len(to.name)))
    os.symlink(root / "scripts/mkimage", tmp_path / "mkimage")
    mkimage(name, directory=copy, script=["sh", "-c", 'umask 077; exec "$@"', "-", tmp_path / "mkimage"],
            TZ="Asia/Kathmandu", LC_ALL="C.UTF-8", LANG="C.UTF-8", SOURCE_DATE_EPOCH="1700000000", MTOOLS_LOWER_CASE="1",
            MTOOLS_NFATS="1", HOME="/nowhere")
    assert (place / name).read_bytes() == first
    assert (place / name).stat().st_mode & 0o777 == 0o644


def test_a_medium_is_replaced_by_a_rename(mkimage, place, content):
    mkimage("a.img", "a.iso")
    for name in ("a.img", "a.iso"):
        with open(place / name, "rb") as running:
            before = running.read()
            (content / "new").write_text("new")
            mkimage(name)
            running.seek(0)
            assert running.read() == before != (place / name).read_bytes()
        (content / "new").unlink()


BAD = {
    "no loader": (lambda d: shutil.rmtree(d / "EFI"), "there is no EFI/BOOT/BOOT*.EFI in '"),
    "a name with a colon": (lambda d: (d / "a:b").touch(), "content/a:b' has a name that FAT cannot hold"),
    "a name with a newline": (lambda d: (d / "a\nb").touch(), "content/a' has a name that FAT cannot hold"),
    "a name not of ASCII": (lambda d: (d / "ä").mkdir(), "has a name that FAT cannot hold"),
    "a name with a dot at its end": (lambda d: (d / "a.").touch(), "content/a.' has a name that FAT cannot hold"),
    "two names in one": (lambda d: [(d / name).touch() for name in ("Rescue", "rescue")],
                         "content/rescue' is there more than once, in capitals and small letters"),
    "a broken link": (lambda d: (d / "link").symlink_to("/nowhere"), "content/link' is a link that leads nowhere"),
    "a link in a circle": (lambda d: (d / "EFI/up").symlink_to(".."), "cannot be read: find: File system loop detected"),
    "a pipe": (lambda d: os.mkfifo(d / "pipe"), "content/pipe' is neither a file nor a directory"),
    "a file of 4 GiB": (lambda d: ((d / "huge").touch(), os.truncate(d / "huge", 1 << 32)),
                        "content/huge' has 4294967296 bytes, and FAT holds files of less than 4 GiB"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_fat_cannot_hold_is_named(mkimage, place, content, what):
    change, sentence = BAD[what]
    (place / "a.img").write_text("old")
    change(content)
    mkimage("a.img", "a.iso", fails=sentence)


@pytest.mark.parametrize("what, sentence", [("EFI/BOOT/BOOTX64.EFI", "content/EFI/BOOT/BOOTX64.EFI' cannot be read"),
                                            ("EFI", "cannot be read: find: './EFI': Permission denied")])
def test_what_cannot_be_read_is_named(mkimage, root, place, content, tmp_path, what, sentence):
    (content / what).chmod(0)
    script = [root / "scripts/mkimage"]
    if os.getuid() == 0:
        for path in (tmp_path, place):
            path.chmod(0o777)
        shutil.copy(script[0], place.parent / "mkimage")  # the sources may be readable only by root
        script = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", place.parent / "mkimage"]
    mkimage("a.img", fails=sentence, script=script)
    (content / what).chmod(0o755)


def test_a_full_disk_is_told(mkimage, root, place, content):
    if os.getuid() != 0:
        pytest.skip("a disk is mounted by root")
    inside = 'mount -t tmpfs -o size=200k full . && cd . && exec "$@"'
    script = ["unshare", "--mount", "sh", "-c", f"cd {place} && {inside.replace('cd .', f'cd {place}')}", "-",
              root / "scripts/mkimage"]
    mkimage("a.img", fails="there is no space for 'a.img': it needs 324 KiB, and 200 are left", script=script)
    assert list(place.iterdir()) == []


def test_what_a_program_says_that_fails_is_told(mkimage, place, tmp_path):
    """And nothing stays of the half of a medium."""
    (tmp_path / "mcopy").write_text("#!/bin/sh\necho No space left on device >&2\nexit 1\n")
    (tmp_path / "mcopy").chmod(0o755)
    for name in ("a.img", "a.iso"):
        (place / name).write_text("old")
        mkimage(name, fails=f"'{name}' cannot be made: mcopy failed: No space left on device",
                PATH=f"{tmp_path}:{os.environ['PATH']}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing_behind(root, place, content, tmp_path, number):
    (tmp_path / "mcopy").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "mcopy").chmod(0o755)
    (tmp_path / "tmp").mkdir()
    process = subprocess.Popen([root / "scripts/mkimage", "--directory", content, "a.iso"], cwd=place, text=True,
                               stderr=subprocess.PIPE, start_new_session=True, env={
                                   **os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "TMPDIR": str(tmp_path / "tmp")})
    for _ in range(200):
        if [path for path in place.iterdir() if path.stat().st_size]:
            break
        time.sleep(0.05)
    time.sleep(0.3)
    os.killpg(process.pid, number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 1 and "mkimage: " in said and "'a.iso'" in said, said
    assert list(place.iterdir()) == [] == list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize("program, package", [("mformat", "mtools"), ("sfdisk", "fdisk"), ("xorriso", "xorriso")])
def test_a_program_that_is_missing_is_told_with_its_package(mkimage, root, tmp_path, program, package):
    (tmp_path / "bin").mkdir()
    for name in ("sh", "sed", "dirname", "rm", "awk", "mformat", "sfdisk", "xorriso"):
        if name != program:
            (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    text = (root / "scripts/mkimage").read_text()
    (tmp_path / "mkimage").write_text(text.replace("PATH=$PATH:/usr/sbin:/sbin", ":"))
    (tmp_path / "mkimage").chmod(0o755)
    mkimage("a.img", "a.iso", fails=f"The program {program} is missing: please install {package}",
            script=[tmp_path / "mkimage"], PATH=str(tmp_path / "bin"))


def test_a_medium_lies_outside_of_what_it_holds(mkimage, content):
    mkimage(content / "a.img", fails="would lie in")
    mkimage(content / "EFI/a.iso", fails="would lie in")


@pytest.mark.parametrize("names, sentence, code", [
    (["a.qcow2"], "'a.qcow2': the name of an image ends in .img, that of a CD in .iso", 2),
    (["a.img", "--what"], "'--what': the name of an image ends in .img", 2),
    (["--what", "a.img"], "there is no option '--what': see --help", 2),
    (["nowhere/a.img"], "there is no directory 'nowhere' for 'nowhere/a.img'", 1),
    (["--directory", "nowhere", "a.img"], "there is no directory 'nowhere' that can be read", 1),
    (["/dev/null/a.img"], "there is no directory '/dev/null'", 1)])
def test_wrong_usage_is_told(mkimage, names, sentence, code):
    mkimage(*names, fails=sentence, code=code)


def test_what_is_no_file_is_not_replaced(mkimage, place):
    (place / "a.img").mkdir()
    mkimage("a.img", fails="'a.img' is there and is not a file")


def test_help_has_the_option_of_the_man_page(root):
    said = tool(root / "scripts/mkimage", "--help")
    assert "--directory DIR" in said and "Fl -directory" in (root / "docs/partless-mkimage.1").read_text()
    assert subprocess.run([root / "scripts/mkimage"], capture_output=True).returncode == 2
