"""A file system in four stages. The blocks in which two stages differ, written to the journal of the first, make it
read as the second."""

import random
import shutil

import pytest

import image
import jbd2

DAMAGED = "of the journal is damaged (wrong checksum): it and what follows is not used"
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
    """A file system before and after each of three changes, and the blocks that each change wrote."""

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
        """Marks a superblock for the journal as that of a mounted file system, as the kernel does."""
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
    """Copies what debugfs reads on the image to DIRECTORY, and returns that."""
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
    """Makes IMG a copy of the first stage. Returns the stages, and an empty journal for IMG."""
    s = stages(shape)
    shutil.copy(s.images[0], img)
    return s, jbd2.Journal(img, **options)
