"""A file system that was not unmounted reads as `e2fsck -fy` leaves a copy of it, file by file."""

import shutil
import struct

import pytest

import image
import jbd2
from stages import (DAMAGED, Stages, assert_reads_as_e2fsck_leaves_it, assert_reads_as_stage, rdump,
                    report, stages, start)

__all__ = ["stages"]  # a fixture


# Each format of log, replayed to its end.

LOGS = {
    "32-bit": ("ext3", {}),
    "32-bit-v1": ("ext3", {"csum": 1}),
    "32-bit-v2": ("ext3", {"csum": 2}),
    "32-bit-v3": ("ext3", {"csum": 3}),
    "64-bit": ("ext4", {"wide": True}),
    "64-bit-v1": ("ext4", {"wide": True, "csum": 1}),
    "64-bit-v2": ("ext4", {"wide": True, "csum": 2}),
    "64-bit-v3": ("ext4", {"wide": True, "csum": 3}),
    "64-bit-v3-async": ("ext4", {"wide": True, "csum": 3, "asynchronous": True}),
    "32-bit-v1-async": ("ext3", {"csum": 1, "asynchronous": True}),
    "superblock-v1": ("ext3", {"version": 3}),
    "every-tag-has-a-uuid": ("ext4", {"wide": True, "csum": 3, "uuids": "each"}),
    "every-tag-has-a-uuid-32": ("ext3", {"uuids": "each"}),
    "no-tag-has-a-uuid": ("ext4", {"csum": 3, "uuids": "none"}),
    "starts-late": ("ext4", {"csum": 3, "wide": True, "start": 700}),
    "wraps": ("ext4", {"csum": 3, "wide": True, "start": -5}),
    "wraps-at-the-last-block": ("ext3", {"start": -1}),
    "wraps-v1": ("ext3", {"start": -7, "csum": 1}),
    "numbers-wrap": ("ext4", {"csum": 3, "wide": True, "tid": 0xfffffffe}),
    "numbers-wrap-to-negative": ("ext3", {"tid": 0x7ffffffe}),
    "1k": ("ext4-1k", {"csum": 3, "wide": True, "start": -40}),
    "1k-32-bit": ("ext3-1k", {"start": -40}),
    "64k": ("ext4-64k", {"csum": 3, "wide": True, "start": -3}),
    "bigalloc": ("bigalloc", {"csum": 3, "wide": True}),
    "meta_bg": ("meta_bg", {"csum": 3, "wide": True}),
    "no-metadata-checksums": ("no-checksums", {"wide": True}),
}


@pytest.mark.parametrize("name", LOGS)
def test_a_whole_log_is_replayed(stages, img, tmp_path, name):
    shape, options = LOGS[name]
    s, journal = start(stages, shape, img, **options)
    for copies in s.copies:
        journal.transaction(copies)
    journal.write()
    assert_reads_as_stage(img, s.images[3], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)
    assert report(img) == ""


def test_a_fragmented_journal(img, tmp_path):
    def fragment(path):
        (tmp_path / "big").write_bytes(b"b" * (21 << 20))
        image.debugfs(path, f"write {tmp_path}/big /big",
                      *(f"punch /big {n} {n}" for n in range(0, 5200, 2)))
        image.run("tune2fs", "-j", "-J", "size=4", path)
        image.debugfs(path, "rm /big")
        image.e2fsck(path, "-y")

    (tmp_path / "stages").mkdir()
    s = Stages(tmp_path / "stages", ["-t", "ext4", "-O", "^has_journal"], "24M", fragment)
    where = jbd2.journal_blocks(s.images[0])
    assert sum(where[n + 1] != where[n] + 1 for n in range(len(where) - 1)) > 500
    shutil.copy(s.images[0], img)
    journal = jbd2.Journal(img, csum=3, wide=True, start=-9)
    for copies in s.copies:
        journal.transaction(copies)
    journal.write()
    assert_reads_as_stage(img, s.images[3], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)


def test_many_descriptors_in_one_transaction(stages, img, tmp_path):
    s, journal = start(stages, "ext3-1k", img, uuids="each")
    journal.transaction([c for copies in s.copies for c in copies])
    assert sum(b.kind == "descriptor" for b in journal.blocks) > 3
    journal.write()
    assert_reads_as_stage(img, s.images[3], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)


# Where a sound log ends.

def stale(s, journal, n, tid, time):
    """What an earlier round of the ring has left behind the log."""
    journal.tid, journal.time = tid, time
    journal.transaction(s.copies[n])


@pytest.mark.parametrize("csum", [0, 1, 2, 3])
def test_a_transaction_without_commit_does_not_count(stages, img, tmp_path, csum):
    s, journal = start(stages, "ext4", img, csum=csum, wide=True)
    journal.transaction(s.copies[0])
    journal.transaction(s.copies[1])
    journal.transaction(s.copies[2], commit=False)
    journal.write()
    assert_reads_as_stage(img, s.images[2], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)
    assert report(img) == ""


@pytest.mark.parametrize("csum", [0, 3])
def test_old_blocks_behind_the_tail_do_not_count(stages, img, tmp_path, csum):
    s, journal = start(stages, "ext4", img, csum=csum, wide=True, tid=70)
    journal.transaction(s.copies[0])
    journal.transaction(s.copies[1])
    stale(s, journal, 2, 40, 1600000000)
    journal.write()
    assert_reads_as_stage(img, s.images[2], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)
    assert report(img) == ""


@pytest.mark.parametrize("kind", ["descriptor", "commit"])
def test_old_blocks_with_the_next_number_end_the_log_without_a_word(stages, img, tmp_path, kind):
    s, journal = start(stages, "ext4", img, csum=3, wide=True)
    journal.transaction(s.copies[0])
    journal.transaction(s.copies[1])
    stale(s, journal, 2, 3, 1600000000)
    journal.flip(kind, 3, at={"descriptor": 2000, "commit": 40}[kind])
    journal.write()
    assert_reads_as_stage(img, s.images[2], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)
    assert report(img) == ""


def test_a_commit_of_another_number_ends_the_log(stages, img, tmp_path):
    s, journal = start(stages, "ext3", img)
    journal.transaction(s.copies[0])
    journal.transaction(s.copies[1])
    journal.of("commit", 2).data[11] = 9
    journal.write()
    assert_reads_as_stage(img, s.images[1], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)


def test_a_block_of_an_unknown_kind_ends_the_log(stages, img, tmp_path):
    s, journal = start(stages, "ext3", img)
    journal.transaction(s.copies[0])
    journal.transaction(s.copies[1])
    journal.of("commit", 2).data[7] = 6
    journal.write()
    assert_reads_as_stage(img, s.images[1], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)


def test_an_empty_log_changes_nothing(stages, img, tmp_path):
    s, journal = start(stages, "ext4", img, csum=3, wide=True)
    journal.transaction(s.copies[0])
    journal.start = 0
    journal.write()
    assert_reads_as_stage(img, s.images[0], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)
    assert report(img) == ""


def test_without_needs_recovery_the_log_is_left_alone(stages, img, tmp_path):
    s, journal = start(stages, "ext4", img, csum=3, wide=True)
    journal.transaction(s.copies[0])
    journal.write(seal=False)
    assert_reads_as_stage(img, s.images[0], tmp_path)


def test_a_commit_of_version_1_may_carry_no_checksum(stages, img, tmp_path):
    s, journal = start(stages, "ext3", img, csum=1)
    for copies in s.copies:
        journal.transaction(copies, sum_of_v1=False)
    journal.write()
    assert_reads_as_stage(img, s.images[3], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)
    assert report(img) == ""


# Revoke records.

REVOKES = {
    "32-bit": ("ext3", {}),
    "64-bit": ("ext4", {"wide": True}),
    "v2": ("ext4", {"wide": True, "csum": 2}),
    "v3": ("ext4", {"wide": True, "csum": 3}),
    "v3-32-bit": ("ext3", {"csum": 3}),
    "without-the-feature": ("ext3", {"revoke_feature": False}),
    "wraps": ("ext4", {"wide": True, "csum": 3, "start": -4}),
    "numbers-wrap": ("ext3", {"tid": 0xffffffff}),
}


@pytest.mark.parametrize("first", [False, True], ids=["behind", "before"])
@pytest.mark.parametrize("name", REVOKES)
def test_a_revoked_copy_is_not_used(stages, img, tmp_path, name, first):
    """A file's block, written in place, was a directory's before: its old copy lies in the log."""
    shape, options = REVOKES[name]
    s, journal = start(stages, shape, img, **options)
    victims = image.blocks(s.images[0], "/boot/victim")
    stale_copies = [(b, b"stale".ljust(s.size, b"!")) for b in victims]
    journal.transaction(s.copies[0] + stale_copies)
    journal.transaction(s.copies[1], revokes=victims[:1] + [12345], revoke_first=first)
    journal.transaction(s.copies[2], revokes=victims[1:] + list(range(3000, 3200)),
                        revoke_first=first)
    journal.write()
    assert_reads_as_stage(img, s.images[3], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)


def test_a_revoke_covers_its_own_transaction_and_no_later_one(stages, img, tmp_path):
    s, journal = start(stages, "ext4", img, csum=3, wide=True)
    first, second, third = image.blocks(s.images[0], "/boot/victim")
    fill = [bytes([65 + n]) * s.size for n in range(4)]
    journal.transaction([(first, fill[0]), (second, fill[1])], revokes=[third])
    journal.transaction([(first, fill[2])], revokes=[first])
    journal.transaction([(second, fill[3]), (third, fill[3])], commit=True)
    journal.write()
    fixed = assert_reads_as_e2fsck_leaves_it(img, tmp_path)
    home = image.peek(s.images[0], first * s.size, s.size)
    assert image.peek(fixed, first * s.size, s.size) == home
    assert image.partless("cat", img, "/boot/victim").stdout[:s.size] == home


def test_a_revoke_of_a_transaction_without_commit_does_not_count(stages, img, tmp_path):
    s, journal = start(stages, "ext4", img, csum=3, wide=True)
    homes = [home for home, _ in s.copies[0]]
    journal.transaction(s.copies[0])
    journal.transaction([], revokes=homes, commit=False)
    journal.write()
    assert_reads_as_stage(img, s.images[1], tmp_path)
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)


def test_more_revoke_records_than_are_kept_at_once(tmp_path, img):
    """Their transactions are 100 blocks of records long. Only one that has more than 2^20 alone is too much."""
    (tmp_path / "stages").mkdir()
    s = Stages(tmp_path / "stages", ["-t", "ext3", "-J", "size=10"], "32M")
    for blocks, says in ((100, ""), (1100, "its journal names more than 1048576 blocks at once")):
        shutil.copy(s.images[0], img)
        journal = jbd2.Journal(img)
        victims = image.blocks(s.images[0], "/boot/victim")
        stale_copies = [(b, b"stale".ljust(s.size, b"!")) for b in victims]
        records, each = iter(range(1 << 22, 0, -1)), (s.size - 16) // 4
        journal.transaction(s.copies[0] + stale_copies, revokes=[home for home, _ in s.copies[1]])
        while len(journal.blocks) < 1300:
            journal.transaction([], revokes=victims, commit=False)
            journal.tid -= 1
            for _ in range(blocks):
                journal.revoke([next(records) for _ in range(each)])
            journal.commit()
            journal.tid += 1
        journal.transaction(s.copies[1] + [(victim, image.peek(s.images[0], victim * s.size, s.size))
                                           for victim in victims])
        journal.transaction(s.copies[2], commit=False)
        journal.write()
        told = image.partless("ls", img, "/").stderr.decode()
        assert says in told and (says or not told)
        if not says:
            image.assert_same(img, rdump(s.images[2], tmp_path / "want"))


# The ring ends before the area of fast commits (test_fast_commits.py).

def fast_stages(tmp_path):
    (tmp_path / "fast").mkdir()
    return Stages(tmp_path / "fast", ["-t", "ext4", "-O", "fast_commit", "-J",
                                      "size=5,fast_commit_size=1024"], "32M")


def test_a_log_that_wraps_before_the_fast_commits(img, tmp_path):
    s = fast_stages(tmp_path)
    shutil.copy(s.images[0], img)
    journal = jbd2.Journal(img, csum=3, wide=True, fast=256, start=-9)
    for copies in s.copies:
        journal.transaction(copies)
    journal.write()
    assert_reads_as_stage(img, s.images[3], tmp_path)


# Journals that debugfs wrote.

@pytest.mark.parametrize("csum", [[], ["-c"]], ids=["plain", "checksums"])
@pytest.mark.parametrize("shape", ["ext4", "ext3", "ext4-1k"])
def test_a_journal_that_debugfs_wrote(stages, img, tmp_path, shape, csum):
    s = stages(shape)
    shutil.copy(s.images[0], img)
    victims = image.blocks(img, "/boot/victim")
    (tmp_path / "stale").write_bytes(b"stale!!!" * (s.size // 8) * len(victims))
    commands = [f"jo {' '.join(csum)}",
                f"jw -b {','.join(map(str, victims))} {tmp_path}/stale"]
    for n, copies in enumerate(s.copies):
        (tmp_path / f"t{n}").write_bytes(b"".join(data for _, data in copies))
        commands.append(f"jw -b {','.join(str(home) for home, _ in copies)} {tmp_path}/t{n}")
    commands += [f"jw -r {','.join(map(str, victims))}", "jc"]
    image.debugfs(img, *commands)
    assert image.super_u32(img, 0x60) & jbd2.NEEDS_RECOVERY
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)
    if shape == "ext3" and csum:
        # Its version 1 sums up the revoke block too, which no recovery does.
        assert f"transaction 5 {DAMAGED}" in report(img)
    else:
        assert_reads_as_stage(img, s.images[3], tmp_path)
        assert report(img) == ""


# A journal on another device.

def test_an_external_journal(img, tmp_path):
    device = tmp_path / "journal"
    uuid = "0f0e0d0c-0b0a-0908-0706-050403020100"
    image.run("mke2fs", "-q", "-F", "-O", "journal_dev", "-b", "4096", "-U", uuid, device, "8M")
    # mke2fs would want a real device to join them.
    image.mke2fs(img, "24M", "-t", "ext4", "-O", "^has_journal")
    raw = bytearray(image.peek(img, 1024, 1024))
    struct.pack_into("<I", raw, 0x5c, struct.unpack_from("<I", raw, 0x5c)[0] | 4)
    raw[0xd0:0xe0] = bytes.fromhex(uuid.replace("-", ""))
    image.poke(img, 1024, jbd2.seal_super(raw, recover=False))
    assert image.ls(img, "/", image.ASAN)[b"lost+found"][0] == "dir"
    assert report(img) == ""
    image.poke(img, 1024, jbd2.seal_super(raw))
    said = image.says("ls", img, "/", code=2)
    assert "was not unmounted, and its journal lies on another disk" in said and uuid in said
    said = image.says("ls", device, "/", code=2)
    assert "this disk is the external journal of a file system on another disk" in said


def test_needs_recovery_without_a_journal(img):
    image.mke2fs(img, "8M", "-t", "ext2")
    image.poke(img, 1024, jbd2.seal_super(image.peek(img, 1024, 1024)))
    assert "was not unmounted, and has no journal" in report(img)
