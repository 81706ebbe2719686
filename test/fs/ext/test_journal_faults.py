"""A damaged or hostile journal: what counts of it, and what is said."""

import shutil
import struct

import pytest

import image
import jbd2
from stages import (DAMAGED, assert_reads_as_e2fsck_leaves_it, assert_reads_as_stage, report, stages,
                    start)

__all__ = ["stages"]  # a fixture
UNUSABLE = "was not unmounted, and its journal cannot be used"


# A damaged log: what lies before the damage counts, and it is said.

DAMAGES = {
    "commit-v1": ({"csum": 1}, "commit", 16, True),
    "commit-v2": ({"csum": 2}, "commit", 16, True),
    "commit-v3": ({"csum": 3}, "commit", 40, True),
    "data-v1": ({"csum": 1}, "data", 100, True),
    "descriptor-v1": ({"csum": 1}, "descriptor", 4000, True),
    "descriptor-v2": ({"csum": 2}, "descriptor", 4000, False),
    "descriptor-v3": ({"csum": 3}, "descriptor", 20, False),
    "revoke-v2": ({"csum": 2}, "revoke", 2000, False),
    "revoke-v3": ({"csum": 3}, "revoke", 2000, False),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_transaction_ends_the_log(stages, img, tmp_path, name):
    options, kind, at, e2fsck_agrees = DAMAGES[name]
    s, journal = start(stages, "ext4", img, wide=True, **options)
    for n, copies in enumerate(s.copies):
        journal.transaction(copies, revokes=[3000 + n])
    journal.flip(kind, 2, at=at)
    journal.write()
    assert_reads_as_stage(img, s.images[1], tmp_path)
    assert f"transaction 2 {DAMAGED}" in report(img)
    if e2fsck_agrees:
        assert_reads_as_e2fsck_leaves_it(img, tmp_path)


@pytest.mark.parametrize("csum", [2, 3])
def test_a_torn_commit_block_counts_by_its_header(stages, img, tmp_path, csum):
    """Linux 6.12 and newer take the rest, which holds nothing, for zeros. e2fsck and older ones do not."""
    s, journal = start(stages, "ext4", img, csum=csum, wide=True)
    for copies in s.copies:
        journal.transaction(copies)
    block = journal.of("commit", 2)
    block.data[64:] = b"old" * ((s.size - 64) // 3)
    journal.write()
    assert_reads_as_stage(img, s.images[3], tmp_path)
    assert report(img) == ""
    block.data[63] ^= 1
    journal.write()
    assert_reads_as_stage(img, s.images[1], tmp_path)
    assert f"transaction 2 {DAMAGED}" in report(img)


@pytest.mark.parametrize("csum", [2, 3])
def test_a_damaged_copy_is_left_out_and_the_rest_counts(stages, img, tmp_path, csum):
    s, journal = start(stages, "ext4", img, csum=csum, wide=True)
    victim = image.blocks(s.images[0], "/boot/victim")[0]
    journal.transaction(s.copies[0] + [(victim, b"A" * s.size)])
    journal.transaction(s.copies[1] + [(victim, b"B" * s.size)])
    journal.transaction(s.copies[2])
    nth = len(s.copies[1])
    journal.flip("data", 2, nth=nth)
    journal.write()
    assert report(img) == ""  # nobody has asked for that block
    told = image.partless("cat", img, "/boot/victim")
    assert "1 block in the journal has a wrong checksum and is not used" in told.stderr.decode()
    assert told.stdout[:s.size] == b"A" * s.size
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)


@pytest.mark.parametrize("csum", [2, 3])
def test_damaged_copies_among_others_leave_those_in_use(stages, img, tmp_path, csum):
    s, journal = start(stages, "ext4", img, csum=csum, wide=True)
    victims = image.blocks(s.images[0], "/boot/victim")
    journal.transaction(s.copies[0] + [(victims[0], b"A" * s.size)])
    journal.transaction(s.copies[1] + [(victim, b"B" * s.size) for victim in victims])
    for n in range(0, len(victims), 2):
        journal.flip("data", 2, nth=len(s.copies[1]) + n)
    journal.write()
    told = image.partless("cat", img, "/boot/victim")
    assert f"{(len(victims) + 1) // 2} blocks in the journal have a wrong" in told.stderr.decode()
    assert told.stdout[:2 * s.size] == b"A" * s.size + b"B" * s.size
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)


def test_damage_that_is_met_on_the_way_to_a_menu_is_told(stages, img):
    s, journal = start(stages, "ext4", img, csum=3, wide=True)
    boot = image.blocks(s.images[0], "/boot")[0]
    journal.transaction([(boot, image.peek(img, boot * s.size, s.size))])
    journal.flip("data", 1)
    journal.write()
    told = image.partless("entries", img, program=image.ASAN, ok=(0, 1)).stderr.decode()
    assert told.count("1 block in the journal has a wrong checksum and is not used") == 1


def test_a_damaged_copy_that_was_revoked_is_nobodys_loss(stages, img, tmp_path):
    s, journal = start(stages, "ext4", img, csum=3, wide=True)
    victim = image.blocks(s.images[0], "/boot/victim")[0]
    journal.transaction([(victim, b"A" * s.size)] + s.copies[0])
    journal.transaction(s.copies[1], revokes=[victim])
    journal.flip("data", 1)
    journal.write()
    assert report(img) == ""
    assert_reads_as_stage(img, s.images[2], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)


@pytest.mark.parametrize("csum", [0, 3])
@pytest.mark.parametrize("count", [4097, 0x7fffffff, 0xffffffff])
def test_revoke_records_longer_than_their_block(stages, img, tmp_path, csum, count):
    s, journal = start(stages, "ext4", img, csum=csum, wide=True)
    journal.transaction(s.copies[0])
    journal.transaction(s.copies[1], revokes=[5], count=count)
    journal.transaction(s.copies[2])
    journal.write()
    assert "a block of revoke records says that it is longer than a block" in report(img)
    assert_reads_as_stage(img, s.images[1], tmp_path)


def test_a_bad_last_commit_of_async_commit_was_only_interrupted(stages, img, tmp_path):
    for options in ({"csum": 1}, {"csum": 3}):
        s, journal = start(stages, "ext4", img, wide=True, asynchronous=True, **options)
        journal.transaction(s.copies[0])
        journal.transaction(s.copies[1])
        journal.flip("commit", 2, at=16)
        journal.write()
        assert report(img) == ""
        assert_reads_as_stage(img, s.images[1], tmp_path)
        assert_reads_as_e2fsck_leaves_it(img, tmp_path)


def test_two_commits_after_a_bad_one_of_async_commit_are_damage(stages, img, tmp_path):
    s, journal = start(stages, "ext4", img, wide=True, asynchronous=True, csum=1)
    for copies in s.copies:
        journal.transaction(copies)
    journal.flip("commit", 2, at=16)
    journal.write()
    assert f"transaction 2 {DAMAGED}" in report(img)
    assert_reads_as_stage(img, s.images[1], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)


# The journal's superblock, and a journal that cannot be used at all.

def be32(n):
    return struct.pack(">I", n)


SUPER_FAULTS = {
    "magic": ({0: b"\0"}, 0, "its magic number is"),
    "type": ({4: be32(1)}, 0, "its type is 1"),
    "block-size": ({12: be32(2048)}, 0, "s_blocksize is 2048"),
    "longer-than-the-file": ({16: be32(70000)}, 0, "s_maxlen is 70000"),
    "shorter-than-any": ({16: be32(1023)}, 0, "s_maxlen is 1023"),
    "first-0": ({20: be32(0)}, 0, "s_first is 0"),
    "first-at-the-end": ({20: be32(1024)}, 0, "s_first is 1024"),
    "start-before-first": ({20: be32(5), 28: be32(4)}, 0, "s_start is 4"),
    "start-at-the-end": ({28: be32(1024)}, 0, "s_start is 1024"),
    "unknown-feature": ({0x28: be32(0x40)}, 0, "features that this version does not know (0x40)"),
    "unknown-read-only-feature": ({0x2c: be32(4)}, 0, "features that this version does not know (0x4)"),
    "two-checksums": ({0x28: be32(2 | 8 | 16)}, 3, "asks for two kinds of checksum at once"),
    "checksum-type": ({0x50: b"\1"}, 3, "s_checksum_type is 1"),
    "fast-commits-everywhere": ({0x28: be32(0x20), 0x54: be32(1)}, 0, "s_num_fc_blks is 1"),
    "fast-commits-without-end": ({0x28: be32(0x20), 0x54: be32(0xffffffff)}, 0,
                                 "s_num_fc_blks is 4294967295"),
}


@pytest.mark.parametrize("name", SUPER_FAULTS)
def test_a_fault_in_the_journals_superblock(stages, img, tmp_path, name):
    edits, csum, sentence = SUPER_FAULTS[name]
    s, journal = start(stages, "ext4", img, csum=csum, wide=True)
    journal.transaction(s.copies[0])
    journal.edits = edits
    journal.write()
    said = report(img)
    assert UNUSABLE in said and sentence in said
    assert_reads_as_stage(img, s.images[0], tmp_path)


def test_a_wrong_checksum_of_the_journals_superblock(stages, img, tmp_path):
    s, journal = start(stages, "ext4", img, csum=3, wide=True)
    journal.transaction(s.copies[0])
    journal.write()
    image.flip(img, journal.where[0] * s.size + 900)
    said = report(img)
    assert UNUSABLE in said and "the journal's superblock has a wrong checksum" in said
    assert_reads_as_stage(img, s.images[0], tmp_path)


@pytest.mark.parametrize("shape", ["ext4", "ext3", "ext4-1k"])
def test_a_damaged_inode_of_the_journal_has_a_copy(stages, img, tmp_path, shape):
    s, journal = start(stages, shape, img)
    for copies in s.copies:
        journal.transaction(copies)
    journal.write()
    at = image.inode_offset(img, "<8>", s.size)
    image.poke(img, at, bytes(100))
    assert "read with the superblock's copy of its inode" in report(img)
    assert_reads_as_stage(img, s.images[3], tmp_path)


def test_without_that_copy_the_journal_is_lost(stages, img, tmp_path):
    s, journal = start(stages, "ext4", img)
    journal.transaction(s.copies[0])
    journal.write()
    image.poke(img, image.inode_offset(img, "<8>", s.size), bytes(100))
    image.poke(img, 1024 + 0xfd, b"\0")
    image.poke(img, 1024, jbd2.seal_super(image.peek(img, 1024, 1024)))
    assert UNUSABLE in report(img)
    assert_reads_as_stage(img, s.images[0], tmp_path)


def hostile(s, journal, change):
    """A log whose superblock was given a CHANGE."""
    at = 1024 % s.size
    block = bytearray(image.peek(s.images[0], 1024 - at, s.size))
    raw = bytearray(block[at:at + 1024])
    change(raw)
    block[at:at + 1024] = jbd2.seal_super(raw)
    journal.transaction([((1024 - at) // s.size, bytes(block))])
    journal.write()


@pytest.mark.parametrize("log", [0, 1, 4, 6])
def test_a_log_that_changes_the_block_size_is_refused(stages, img, log):
    s, journal = start(stages, "ext4-1k" if log else "ext4", img, csum=3, wide=True)
    hostile(s, journal, lambda raw: struct.pack_into("<II", raw, 0x14, log == 0, log))
    said = image.says("ls", img, "/", code=2)
    assert "the superblock in its journal does not fit" in said


def test_a_log_that_wipes_the_superblock_is_refused(stages, img):
    s, journal = start(stages, "ext4", img, csum=3, wide=True)
    journal.transaction([(0, bytes(s.size))])
    journal.write()
    assert "the superblock in its journal does not fit" in image.says("ls", img, "/", code=2)


def test_a_log_that_names_its_own_blocks(stages, img, tmp_path):
    s, journal = start(stages, "ext4", img, csum=3, wide=True)
    own = [(journal.where[n], b"\xaa" * s.size) for n in range(40)]
    journal.transaction(own + s.copies[0])
    journal.transaction(s.copies[1])
    journal.write()
    assert_reads_as_stage(img, s.images[2], tmp_path)


def test_copies_beyond_the_disk_are_not_for_us(stages, img, tmp_path):
    s, journal = start(stages, "ext4", img, csum=3, wide=True)
    beyond = [(n, b"\xaa" * s.size) for n in (6144, 1 << 31, (1 << 52) - 1, (1 << 64) - 1)]
    journal.transaction(beyond + s.copies[0])
    journal.write()
    assert_reads_as_stage(img, s.images[1], tmp_path)


def test_a_file_system_that_grew_in_the_log(stages, img, tmp_path):
    s = stages("no-checksums")
    big = tmp_path / "big"
    shutil.copy(s.images[0], big)
    with open(big, "r+b") as f:
        f.truncate(300 << 20)
    shutil.copy(big, img)
    image.run("resize2fs", big)
    (tmp_path / "more").write_bytes(b"m" * 100000)
    image.debugfs(big, f"write {tmp_path}/more /more")
    journal = jbd2.Journal(img, wide=True)
    copies = s.difference(img, big)
    assert any(home >= image.super_u32(img, 4) for home, _ in copies)
    journal.transaction(copies)
    journal.write()
    assert_reads_as_stage(img, big, tmp_path)


def test_a_log_of_nothing_but_descriptors(stages, img, tmp_path):
    s, journal = start(stages, "ext4", img, wide=True)
    for _ in range(journal.end - journal.first):
        journal.put("descriptor", (journal.header(1) + bytes(8)).ljust(s.size, b"\0"))
    journal.write()
    assert_reads_as_stage(img, s.images[0], tmp_path)


def test_a_log_of_nothing_but_revokes(stages, img, tmp_path):
    s, journal = start(stages, "ext4", img, wide=True)
    for n in range(journal.end - journal.first):
        journal.revoke(range(n * 500, n * 500 + 500))
    journal.write()
    assert_reads_as_stage(img, s.images[0], tmp_path)
