"""File systems inside partitions: tables made by sfdisk, and tables that lie."""

import json
import os
import shutil
import struct
import zlib

import pytest

import image

MIB = 1 << 20
PARTS = 3


def text_of(n):
    return f"partition {n}\n".encode()


@pytest.fixture
def fill(tmp_path):
    """Writes an ext4 file system with /name, and a menu, at a byte of an image."""
    def put(disk, at, n, size=8):
        tree = tmp_path / f"tree-{n}"
        (tree / "boot").mkdir(parents=True)
        (tree / "name").write_bytes(text_of(n))
        (tree / "boot" / "partless.conf").write_text(f"title System {n}\nlinux /name\n")
        small = image.mke2fs(tmp_path / f"part-{n}", f"{size}M", "-t", "ext4", "-b", "1024",
                             tree=tree)
        with open(disk, "r+b") as f:
            f.seek(at)
            f.write(small.read_bytes())
    return put


def sfdisk(disk, script, size=64, sector=512):
    """Where the partitions begin, by their numbers."""
    with open(disk, "wb") as f:
        f.truncate(size * MIB)
    image.run("sfdisk", "-q", disk, input=f"sector-size: {sector}\n{script}".encode())
    if sector != 512:  # in which sfdisk cannot read a file back
        return {1: 1 * MIB, 2: 11 * MIB, 3: 21 * MIB}
    table = json.loads(image.run("sfdisk", "-J", disk).stdout)
    return {int(p["node"].removeprefix(str(disk))): p["start"] * sector
            for p in table["partitiontable"]["partitions"]}


TABLES = {
    "gpt": ("label: gpt\n" + ",10M\n" * 3, 512),
    "gpt-4096": ("label: gpt\n" + ",10M\n" * 3, 4096),
    "gpt-gaps": ("label: gpt\n2: start=2M,size=10M\n5: start=14M,size=10M\n9: start=30M,size=9M\n",
                 512),
    "gpt-short": ("label: gpt\ntable-length: 8\n" + ",10M\n" * 3, 512),
    "mbr": ("label: dos\n" + ",10M\n" * 3, 512),
    "mbr-logical": ("label: dos\n1: size=10M\n2: size=50M,type=5\n5: size=10M\n6: size=10M\n", 512),
    "mbr-logical-lba": ("label: dos\n1: size=10M\n2: size=50M,type=f\n5: size=10M\n6: size=10M\n"
                        "7: size=9M\n", 512),
}


@pytest.fixture(params=TABLES)
def disk(request, img, fill):
    """A disk, and the numbers of its partitions that hold a file system."""
    script, sector = TABLES[request.param]
    starts = sfdisk(img, script, sector=sector)
    if "logical" in request.param:
        del starts[2]
    for n, at in starts.items():
        fill(img, at, n)
    return img, sorted(starts)


def test_each_partition_is_read_by_its_number(disk):
    path, numbers = disk
    assert len(numbers) >= 3
    for n in numbers:
        assert image.partless("cat", f"{path}#{n}", "/name", program=image.ASAN).stdout == text_of(n)
    assert b"name" in image.ls(f"{path}#{numbers[0]}", "/")


def test_without_a_number_the_partitions_are_listed(disk):
    path, numbers = disk
    told = image.says("ls", path, "/", code=2)
    assert "partition table" in told
    assert "partless: name one of its partitions:\n" in told
    for n in numbers:
        assert f"{path}#{n}: ext4, " in told
    told = image.says("ls", f"{path}#77", "/", code=2)
    assert f"{path} has no partition 77, but these:" in told and f"{path}#{numbers[-1]}: ext4" in told


def test_the_menu_has_the_entries_of_every_partition(disk):
    path, numbers = disk
    menu = json.loads(image.partless("entries", "--json", path, program=image.ASAN).stdout)
    assert [e["title"] for e in menu["entries"]] == [f"System {n}" for n in numbers]
    menu = json.loads(image.partless("entries", "--json", f"{path}#{numbers[1]}").stdout)
    assert [e["title"] for e in menu["entries"]] == [f"System {numbers[1]}"]
    assert f"{path}#{numbers[2]}" in image.partless("entries", path).stdout.decode()
    image.partless("check", path, program=image.ASAN, ok=(1,))  # /name is no kernel


def test_whole_disks_come_before_partitions(disk, fill, tmp_path):
    path, numbers = disk
    whole = tmp_path / "whole"
    whole.touch()
    fill(whole, 0, 99)
    menu = json.loads(image.partless("entries", "--json", path, whole).stdout)
    assert [e["title"] for e in menu["entries"]] == ["System 99"] + [f"System {n}" for n in numbers]


def test_a_file_with_a_number_sign_in_its_name(img, fill):
    path = img.with_name("disk#2")
    path.touch()
    fill(path, 0, 1)
    assert image.partless("cat", path, "/name").stdout == text_of(1)
    for name in ("no#2", "no#", "no#x", "no#99999999999999999999"):
        assert "No such file" in image.says("ls", img.with_name(name), "/", code=2)


def test_a_disk_without_partitions_says_so(img, fill):
    img.touch()
    fill(img, 0, 1)
    told = image.says("ls", f"{img}#1", "/", code=2)
    assert f"has no partition 1, nor any other; for the whole disk, name {img}\n" in told


def test_partitions_count_from_one(disk):
    path, numbers = disk
    for command in (["ls", f"{path}#0", "/"], ["check", f"{path}#0"]):
        told = image.says(*command, code=2)
        assert f"{path} has no partition 0, but these:" in told and f"{path}#{numbers[-1]}: ext4" in told


def test_a_disk_without_partitions_has_no_partition_0_either(img, fill):
    img.touch()
    fill(img, 0, 1)
    told = image.says("ls", f"{img}#0", "/", code=2)
    assert f"has no partition 0, nor any other; for the whole disk, name {img}\n" in told


def test_of_a_partition_without_a_file_system_the_others_are_named(img):
    sfdisk(img, "label: gpt\n" + ",10M\n" * 3)
    told = image.says("ls", f"{img}#2", "/", code=2)
    assert "partless: name another partition of its disk:\n" in told
    assert f"  {img}#1: " in told and f"  {img}#3: " in told and f"  {img}#2: " not in told


def test_of_the_only_partition_no_other_is_named(img):
    sfdisk(img, "label: gpt\n,10M\n")
    assert "name " not in image.says("ls", f"{img}#1", "/", code=2)


def test_what_else_the_partitions_hold_is_told(img):
    starts = sfdisk(img, "label: gpt\n" + ",10M\n" * 2)
    image.poke(img, starts[1], b"hsqs")
    assert (f"partless:   {img}#1: a squashfs file system, 10 MiB\n"
            f"partless:   {img}#2: nothing but zeros in its first 64 KiB, 10 MiB\n"
            ) in image.says("ls", img, "/", code=2)


# Tables that lie.

@pytest.fixture
def gpt(img, fill):
    fill_at = sfdisk(img, TABLES["gpt"][0])
    for n, at in fill_at.items():
        fill(img, at, n)
    return img


def test_a_damaged_gpt_gives_way_to_its_copy(gpt):
    for at in (512 + 0x30, 2 * 512 + 40):
        shutil.copy(gpt, f"{gpt}.copy")
        image.flip(f"{gpt}.copy", at)
        done = image.partless("cat", f"{gpt}.copy#2", "/name", program=image.ASAN)
        assert done.stdout == text_of(2)
        assert b"its GPT is damaged, so the copy at its end is used" in done.stderr
        os.unlink(f"{gpt}.copy")


def test_a_gpt_that_is_damaged_twice_is_told(gpt):
    image.flip(gpt, 512 + 0x30)
    image.flip(gpt, 64 * MIB - 512 + 0x30)
    assert "its GPT is damaged, and so is the copy at its end" in image.says(
        "ls", f"{gpt}#1", "/", code=2)
    image.says("check", gpt, code=2)


def forge(disk, change):
    """Changes the first GPT and puts its checksums right; the copy at the end is destroyed."""
    header = bytearray(image.peek(disk, 512, 92))
    entries = bytearray(image.peek(disk, 1024, 128 * 128))
    change(header, entries)
    struct.pack_into("<I", header, 88, zlib.crc32(entries))
    struct.pack_into("<I", header, 16, 0)
    struct.pack_into("<I", header, 16, zlib.crc32(header))
    image.poke(disk, 512, header)
    image.poke(disk, 1024, entries)
    image.poke(disk, 64 * MIB - 512, bytes(512))


def test_a_forged_gpt_is_as_good_as_any(gpt):
    forge(gpt, lambda header, entries: None)
    assert image.partless("cat", f"{gpt}#3", "/name").stdout == text_of(3)


@pytest.mark.parametrize("at,form,value", [
    (24, "<Q", 7),              # not where it lies
    (72, "<Q", 1 << 63),        # entries beyond everything
    (72, "<Q", 64 * 2048 - 1),  # entries that cross the end
    (80, "<I", 0xffffffff),     # entries without number
    (84, "<I", 0),              # entries without size
    (84, "<I", 130),
    (84, "<I", 1 << 31),
    (12, "<I", 0xffffffff),     # a header without end
    (12, "<I", 0),
])
def test_a_header_that_contradicts_itself_is_refused(gpt, at, form, value):
    forge(gpt, lambda header, entries: struct.pack_into(form, header, at, value))
    assert "its GPT is damaged" in image.says("ls", f"{gpt}#1", "/", code=2)


@pytest.mark.parametrize("first,last", [
    (0, 100), (100, 99), (1 << 63, (1 << 64) - 1), (2048, (1 << 64) - 1), (2048, 1 << 55),
    (64 * 2048, 64 * 2048 + 1),
])
def test_a_partition_that_is_not_on_the_disk_is_left_out(gpt, first, last):
    forge(gpt, lambda header, entries: struct.pack_into("<QQ", entries, 32, first, last))
    done = image.partless("cat", f"{gpt}#2", "/name", program=image.ASAN)
    assert done.stdout == text_of(2)
    assert b"partition 1 does not lie on the disk and is left out" in done.stderr
    image.says("ls", f"{gpt}#1", "/", code=2)


def test_more_partitions_than_are_looked_at(gpt):
    def all_of_them(header, entries):
        for n in range(128):
            entries[n * 128:n * 128 + 128] = entries[:128]
    forge(gpt, all_of_them)
    for n in (1, 128):
        assert image.partless("cat", f"{gpt}#{n}", "/name", program=image.ASAN).stdout == text_of(1)


@pytest.fixture
def logical(img, fill):
    starts = sfdisk(img, TABLES["mbr-logical"][0])
    for n, at in starts.items():
        if n != 2:
            fill(img, at, n)
    return img, starts[2]


def test_logical_partitions_in_a_circle(logical):
    path, extended = logical
    second = struct.unpack("<I", image.peek(path, extended + 0x1ce + 8, 4))[0] * 512
    image.poke(path, extended + second + 0x1ce, image.peek(path, extended + 0x1ce, 16))
    assert "its logical partitions form a circle" in image.says(
        "ls", f"{path}#5", "/", code=0)


def test_a_chain_that_leaves_its_partition_ends_there(logical):
    path, extended = logical
    image.poke(path, extended + 0x1ce + 8, b"\xff" * 4)
    assert image.partless("cat", f"{path}#5", "/name", program=image.ASAN).stdout == text_of(5)
    image.says("ls", f"{path}#6", "/", code=2)


def test_a_damaged_link_of_the_chain_is_told(logical):
    path, extended = logical
    image.poke(path, extended + 0x1fe, b"\0\0")
    assert "the table of logical partition 5 is damaged" in image.says(
        "ls", f"{path}#5", "/", code=2)
    assert image.partless("cat", f"{path}#1", "/name", program=image.ASAN).stdout == text_of(1)


def test_a_table_without_a_partition_has_no_number(logical):
    """What deleting the first logical partition leaves behind; Linux and sfdisk count on."""
    path, extended = logical
    image.poke(path, extended + 0x1be, bytes(16))
    assert image.partless("cat", f"{path}#5", "/name", program=image.ASAN).stdout == text_of(6)


def test_an_extended_partition_beyond_the_disk(logical):
    path, _ = logical
    image.poke(path, 0x1ce + 8, b"\xff" * 8)
    assert "beyond its end" in image.says("ls", f"{path}#5", "/", code=2)


def test_a_chain_without_end_is_cut(img):
    """200 tables, each naming the next; none twice."""
    sfdisk(img, "label: dos\n,60M,E\n")
    base = struct.unpack("<I", image.peek(img, 0x1be + 8, 4))[0]
    for n in range(200):
        at = (base + n * 8) * 512
        image.poke(img, at + 0x1be, struct.pack("<BBBBBBBBII", 0, 0, 0, 0, 0x83, 0, 0, 0, 1, 4)
                   + struct.pack("<BBBBBBBBII", 0, 0, 0, 0, 5, 0, 0, 0, (n + 1) * 8, 8))
        image.poke(img, at + 0x1fe, b"\x55\xaa")
    assert "more than 60 logical partitions" in image.says("ls", f"{img}#5", "/", code=2)


def test_a_boot_sector_is_no_partition_table(img):
    image.mke2fs(img, "8M", "-t", "ext2")
    image.poke(img, 0x1be, b"\x90" * 64)
    image.poke(img, 0x1fe, b"\x55\xaa")
    image.partless("ls", img, "/")
    assert "nor any other" in image.says("ls", f"{img}#1", "/", code=2)
