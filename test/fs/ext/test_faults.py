"""One fault on the disk, one sentence that names it.

Each script in faults/ is one fault: its docstring says what is wrong and which CVE that was, build()
makes the disk, SAYS is the sentence that must come (None: nothing is wrong with it for a reader),
ASKS the command (cat /file), CODE its exit code (2), SHOWS how its output begins.
"""

import importlib.util
import re
import struct
import subprocess
from pathlib import Path

import pytest

import image

K = 1024
SCRIPTS = sorted(Path(__file__).with_name("faults").glob("*.py"))


def load(script):
    spec = importlib.util.spec_from_file_location(script.stem.replace("-", "_"), script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_fault_is_named(img, script):
    fault = load(script)
    assert fault.__doc__
    fault.build(img)
    code, out, text = image.ask(img, *getattr(fault, "ASKS", ("cat", "/file")))
    assert "Sanitizer" not in text and "runtime error" not in text, text
    assert code in (getattr(fault, "CODE", 2), None)
    assert text == "" if fault.SAYS is None else fault.SAYS in text
    assert out.startswith(getattr(fault, "SHOWS", b""))


@pytest.mark.parametrize("make", ["checked", "bare", "Journal"])
def test_what_the_faults_begin_with_is_sound(img, make):
    getattr(load(image.ROOT / "test/lib/fault.py"), make)(img)
    for command, path in (("cat", "/file"), ("ls", "/dir"), ("ls", "/")):
        code, out, text = image.ask(img, command, path)
        assert code == 0 and out and text == ""


def says(disk, *what):
    return image.says(*what[:1], disk, *what[1:], code=2)


@pytest.fixture
def bare(img):
    load(image.ROOT / "test/lib/fault.py").bare(img)
    return img


def test_a_damaged_inode_costs_only_its_line(bare):
    image.poke(bare, image.inode_offset(bare, "/file", K), bytes(128))
    done = image.partless("ls", bare, "/", program=image.ASAN, ok=(2,))
    lines = [line.split(None, 2) for line in done.stdout.splitlines()]
    assert [b"?", b"?", b"file"] in lines and any(line[2] == b"dir" for line in lines)


def test_every_unread_feature_is_named(bare):
    image.poke(bare, 1024 + 0x60, struct.pack("<I", image.super_u32(bare, 0x60) | 0x1021))
    text = says(bare, "ls", "/")
    assert all(word in text for word in ("'compression'", "'dirdata'", "bit 0x20"))


def test_features_that_only_writers_must_know_are_no_hindrance(bare):
    image.poke(bare, 1024 + 0x64, struct.pack("<I", image.super_u32(bare, 0x64) | 0x80000000))
    assert image.partless("cat", bare, "/file").stdout == b"f" * 20 * K


def test_a_huge_hole_is_listed_and_its_start_is_read(bare):
    at = image.inode_offset(bare, "/file", K)
    image.poke(bare, at + 0x6c, struct.pack("<I", 0x7fffffff))
    assert image.ls(bare, "/")[b"file"][1] == (0x7fffffff << 32) + 20 * K
    with subprocess.Popen([image.ASAN, "cat", bare, "/file"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as cat:
        assert cat.stdout.read(30 * K) == b"f" * 20 * K + bytes(10 * K)
        cat.stdout.close()
        assert cat.wait(image.TIMEOUT) != 0
        assert cat.stderr.read() == b""


# What is there when it is no file system of ours.

@pytest.mark.parametrize("at,data,sentence", [
    (0, b"", "holds nothing but zeros in its first 64 KiB"),
    (0, b"some text", "nothing that Partless knows"),
    (0x400, b"\x10\x20\xf5\xf2", "holds an F2FS file system"),
    (0x10040, b"_BHRfS_M", "a btrfs file system"),
    (0, b"LUKS\xba\xbe\0\2", "an encrypted disk (LUKS); only the guest's kernel can open it, Partless needs /boot on a "
                            "plain ext4 or XFS disk"),
    (0x200, b"LABELONE", "a physical volume of LVM; only the guest's kernel can open it"),
    (0xff6, b"SWAPSPACE2", "swap space"),
    (0x8001, b"CD001", "a CD-ROM (ISO 9660)"),
    (0, b"hsqs", "a squashfs file system"),
    (0, b"QFI\xfb", "is a qcow2 image; convert it with 'qemu-img convert -O raw', or name its format: by <driver type=> "
                     "in the domain, by --format"),
    (0, b"\x1f\x8b\x08", "is a file packed with gzip; unpack it first"),
    (0, b"\xfd7zXZ", "is a file packed with xz"),
    (0x200, b"EFI PART", "a GPT partition table"),
    (0x1fe, b"\x55\xaa", "an MBR partition table"),
])
def test_what_is_there_instead_is_named(img, at, data, sentence):
    with open(img, "wb") as f:
        f.truncate(1 << 20)
        f.seek(at)
        f.write(data)
    assert sentence in says(img, "ls", "/")


def test_images_that_are_hardly_there(img, tmp_path):
    img.touch()
    assert "is empty" in says(img, "ls", "/")
    img.write_bytes(b"x")
    assert "nothing that Partless knows" in says(img, "ls", "/")
    assert "No such file" in says(tmp_path / "absent", "ls", "/")
    assert "neither a file nor a block device" in says(tmp_path, "ls", "/")


def test_wrong_usage_is_exit_code_2(img):
    for args in ([], ["nonsense"], ["ls"], ["ls", img], ["cat", img, "/", "more"], ["--bogus"]):
        assert b"Usage" in image.partless(*args, program=image.ASAN, ok=(2,)).stderr or args
    assert image.partless("--version").stdout.startswith(b"partless ")
    for args in (["--help"], ["ls", "--help"], ["cat", "--help"]):
        assert b"Usage: partless" in image.partless(*args).stdout


def table_of(kind):
    """[(name, bit, answer)] as docs/filesystems.md has them."""
    text = (image.ROOT / "docs" / "filesystems.md").read_text()
    table = re.search(rf"^\| {kind} feature \|.*?(?=\n\n)", text, re.M | re.S)[0]
    rows = re.findall(r"^\| `([\w-]+)` \| (0x[0-9a-f]+) \| (\w+) \|", table, re.M)
    return [(name, int(bit, 16), answer) for name, bit, answer in rows]


def test_the_table_of_features_says_what_the_reader_does(bare):
    rows = table_of("incompat")
    assert len(rows) == 16 and all(answer in ("read", "refused") for _, _, answer in rows)
    before = image.super_u32(bare, 0x60)
    known = 0
    for name, bit, answer in rows:
        known |= bit
        image.poke(bare, 1024 + 0x60, struct.pack("<I", before | bit))
        done = image.partless("ls", bare, "/", ok=(0, 2))
        refused = b"the feature '" in done.stderr or b"external journal" in done.stderr
        assert refused == (answer == "refused"), name
    for bit in (1 << n for n in range(32) if not known & 1 << n):
        image.poke(bare, 1024 + 0x60, struct.pack("<I", before | bit))
        assert f"the feature with bit {bit:#x} is not known" in says(bare, "ls", "/")


@pytest.mark.parametrize("kind,offset,count,define", [
    ("ro_compat", 0x64, 17, "RO_COMPAT"), ("compat", 0x5c, 13, "COMPAT")])
def test_features_that_are_ignored_change_nothing(bare, kind, offset, count, define):
    rows = table_of(kind)
    assert len(rows) == count and all(answer in ("read", "ignored") for _, _, answer in rows)
    used = sum(bit for _, bit, answer in rows if answer == "read")
    # What the code has a name for it uses: to read, or only to tell ext3 from ext4.
    source = (image.ROOT / "fs/ext/format.h").read_text()
    named = {name: int(bit, 16) for name, bit in
             re.findall(rf"#define EXT4_{define}_(\w+) +(0x[0-9a-f]+)u", source)}
    assert used == sum(b for n, b in named.items() if n not in ("LARGE_FILE", "BTREE_DIR"))
    before = image.super_u32(bare, offset)
    listed = image.partless("ls", bare, "/").stdout
    for bit in (1 << n for n in range(32)):
        if bit & used:
            continue
        image.poke(bare, 1024 + offset, struct.pack("<I", before ^ bit))
        done = image.partless("ls", bare, "/")
        assert done.stdout == listed and done.stderr == b"", hex(bit)
        assert image.partless("cat", bare, "/file").stdout == b"f" * 20 * K
