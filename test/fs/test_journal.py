"""A file system that was not unmounted reads as `e2fsck -fy` leaves a copy of it, file by file."""

import random
import shutil
import struct

import pytest

import image
import jbd2

DAMAGED = "of the journal is damaged (wrong checksum): it and what follows is not used"
UNUSABLE = "was not unmounted, and its journal cannot be used"
SHAPES = {
    "ext4": (["-t", "ext4"], "24M"),
    "ext3": (["-t", "ext3"], "24M"),
    "ext4-1k": (["-t", "ext4", "-b", "1024"], "12M"),
    "ext3-1k": (["-t", "ext3", "-b", "1024", "-I", "128"], "12M"),
    "ext4-64k": (["-t", "ext4", "-b", "65536"], "160M"),
    "bigalloc": (["-t", "ext4", "-O", "bigalloc", "-C", "16384"], "32M"),
    "meta_bg": (["-t", "ext4", "-O", "meta_bg,^resize_inode"], "24M"),
    "no-checksums": (["-t", "ext4", "-O", "^metadata_csum"], "24M"),
}


class Stages:
    """One file system as it was after each of three changes, and the blocks that each of them wrote."""

    def __init__(self, directory, options, size, prepare=lambda path: None):
        rng = random.Random(2)
        tree = directory / "tree"
        (tree / "boot").mkdir(parents=True)
        for name in ("vmlinuz", "initrd", "menu", "other", "victim"):
            (tree / "boot" / name).write_bytes(f"old {name}\n".encode() + rng.randbytes(9000))
        self.images = [image.mke2fs(directory / "0", size, *options, tree=tree)]
        prepare(self.images[0])
        changes = []
        for n, name in enumerate(("vmlinuz", "initrd", "menu")):
            content = f"new {name}\n".encode() + rng.randbytes(70000)
            if name == "menu":  # a block that must be escaped in the log
                content = b"\xc0\x3b\x39\x98" + content
            (directory / f"new{n}").write_bytes(content)
            changes.append([f"rm /boot/{name}", f"write {directory}/new{n} /boot/{name}",
                            f"mkdir /dir-{n}", f"symlink /dir-{n}/link ../boot/{name}",
                            f"write {directory}/new{n} /dir-{n}/copy"])
        changes[2] += ["rm /boot/other", "rm /dir-0/copy", "rm /dir-0/link", "rmdir /dir-0"]
        for n, commands in enumerate(changes):
            shutil.copy(directory / str(n), directory / str(n + 1))
            self.images.append(directory / str(n + 1))
            image.debugfs(self.images[-1], *commands)
            image.e2fsck(self.images[-1], "-y")
        self.size = 1024 << image.super_u32(self.images[0], 0x18)
        self.copies = [self.difference(a, b) for a, b in zip(self.images, self.images[1:])]

    def difference(self, before, after):
        log = set(jbd2.journal_blocks(after, image.super_u32(after, 0xe0)).values())
        found = []
        with open(before, "rb") as a, open(after, "rb") as b:
            n = 0
            while new := b.read(self.size):
                if a.read(self.size) != new and n not in log:
                    found.append((n, self.in_use(n, new)))
                n += 1
        return found

    def in_use(self, n, data):
        """The superblock in the log says that the file system is mounted, as the kernel's does."""
        at = 1024 - n * self.size
        if not 0 <= at < self.size:
            return data
        return data[:at] + jbd2.seal_super(data[at:at + 1024]) + data[at + 1024:]


@pytest.fixture(scope="session")
def stages(tmp_path_factory):
    made = {}

    def get(shape):
        if shape not in made:
            options, size = SHAPES[shape]
            made[shape] = Stages(tmp_path_factory.mktemp("stages"), options, size)
        return made[shape]

    yield get


def rdump(path, directory):
    """What debugfs reads on the image, as a tree of the host."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    image.debugfs(path, f"rdump / {directory}")
    shutil.rmtree(directory / "lost+found", ignore_errors=True)
    return directory


def assert_reads_as_stage(path, stage, tmp_path):
    image.assert_same(path, rdump(stage, tmp_path / "want"), image.ASAN)


def assert_reads_as_e2fsck_leaves_it(path, tmp_path):
    fixed = tmp_path / "fixed"
    shutil.copy(path, fixed)
    image.run("e2fsck", "-fy", fixed, ok=(0, 1))
    image.assert_same(path, rdump(fixed, tmp_path / "want"), image.ASAN)
    return fixed


def report(path):
    return image.partless("ls", path, "/", program=image.ASAN).stderr.decode()


def start(stages, shape, img, **options):
    """A copy of the first stage, and an empty log on it."""
    s = stages(shape)
    shutil.copy(s.images[0], img)
    return s, jbd2.Journal(img, **options)


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
    journal.flip(kind, 3, at=2000)
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


# A damaged log: what lies before the damage counts, and it is said.

DAMAGES = {
    "commit-v1": ({"csum": 1}, "commit", 16, True),
    "commit-v2": ({"csum": 2}, "commit", 16, True),
    "commit-v3": ({"csum": 3}, "commit", 3000, True),
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
def test_a_damaged_copy_is_left_out_and_the_rest_counts(stages, img, tmp_path, csum):
    s, journal = start(stages, "ext4", img, csum=csum, wide=True)
    victim = image.blocks(s.images[0], "/boot/victim")[0]
    journal.transaction(s.copies[0] + [(victim, b"A" * s.size)])
    journal.transaction(s.copies[1] + [(victim, b"B" * s.size)])
    journal.transaction(s.copies[2])
    nth = len(s.copies[1])
    journal.flip("data", 2, nth=nth)
    journal.write()
    assert "1 blocks in the journal have a wrong checksum and are not used" in report(img)
    text = image.partless("cat", img, "/boot/victim").stdout
    assert text[:s.size] == b"A" * s.size
    assert_reads_as_e2fsck_leaves_it(img, tmp_path)


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


# Fast commits.

FAST = "the last changes are fast commits, which are not replayed"
FAST_COMMITS = {
    "whole": ({}, True),
    "over-three-blocks": ({"blocks": 3}, True),
    "of-an-earlier-transaction": ({"tid": 3}, False),
    "of-a-later-transaction": ({"tid": 5}, False),
    "without-its-end": ({"tail": False}, False),
    "wrong-checksum": ({"crc": 12345}, False),
    "unknown-features": ({"features": 1}, False),
    "unknown-record": ({"records": ((10, b""),)}, False),
}


@pytest.mark.parametrize("name", FAST_COMMITS)
def test_only_a_whole_fast_commit_is_told(stages, img, tmp_path, name):
    options, told = FAST_COMMITS[name]
    fast = 256
    s = fast_stages(tmp_path)
    shutil.copy(s.images[0], img)
    journal = jbd2.Journal(img, csum=3, wide=True, fast=fast)
    for copies in s.copies:
        journal.transaction(copies)
    journal.fast_commit(**options)
    journal.write()
    assert (FAST in report(img)) == told
    assert_reads_as_stage(img, s.images[3], tmp_path)


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


def test_fast_commits_behind_an_empty_log_are_not_told(img, tmp_path):
    s = fast_stages(tmp_path)
    shutil.copy(s.images[0], img)
    journal = jbd2.Journal(img, csum=3, wide=True, fast=256)
    journal.fast_commit()
    journal.start = 0
    journal.write()
    assert report(img) == ""


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
