"""XFS disks whose machine stopped, as far as the disk can tell: mounted by this kernel, changed, and cut off from their
log. Needs root, and XFS in this kernel."""

import contextlib
import os
import shutil
import subprocess

import image
import xfs


def run(*argv):
    subprocess.run(argv, check=True, timeout=600, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def mounted(img, mount, *options):
    mount.mkdir(exist_ok=True)
    run("mount", "-o", ",".join(["loop", *options]), img, mount)
    try:
        yield mount
    finally:
        run("umount", mount)


class Churn:
    """Changes of every kind to a tree, as chance has it."""

    def __init__(self, top, chance, names):
        self.top, self.chance, self.names, self.dirs, self.files = top, chance, names, [top], []
        self.kinds = {self.write: 30, self.rewrite: 12, self.unlink: 12, self.mkdir: 10, self.rename: 8, self.symlink: 8,
                      self.link: 4, self.sync: 4, self.fill: 2, self.rmtree: 2, self.pieces: 2, self.empty: 1}

    def run(self, rounds):
        for _ in range(rounds):
            change, = self.chance.choices(list(self.kinds), self.kinds.values())
            with contextlib.suppress(OSError):  # a name that is there, or too long, and the like
                change()

    def path(self):
        name = "".join(self.chance.choices("abcdefgh", k=self.chance.choice([1, 3, 8, 20, 90])))
        return self.chance.choice(self.dirs) / name

    def file(self):
        return self.chance.choice(self.files or [self.top / "none"])

    def bytes(self, most):
        return f"{self.chance.random()}\n".encode() * self.chance.randrange(most // 20)

    def write(self):
        path = self.path()
        path.write_bytes(self.bytes(self.chance.choice([40, 3000, 70000])))
        self.files.append(path)

    def rewrite(self):
        with open(self.file(), "r+b") as f:
            f.seek(self.chance.choice([0, 4096, 100000, 1 << 20]))
            f.write(self.bytes(9000))
            f.truncate(self.chance.choice([f.tell(), 0, 100, 9000]))

    def unlink(self):
        path = self.file()
        path.unlink()
        self.files.remove(path)

    def mkdir(self):
        path = self.path()
        path.mkdir()
        self.dirs.append(path)

    def rename(self):
        path, new = self.file(), self.path()
        path.rename(new)
        self.files[self.files.index(path)] = new

    def symlink(self):
        self.path().symlink_to("t" * self.chance.choice([5, 60, 300, 900]))

    def link(self):
        os.link(self.file(), self.path())

    def sync(self):
        with open(self.file(), "r+b") as f:
            os.fsync(f.fileno())

    def fill(self):
        """A directory that holds many names."""
        self.mkdir()
        for n in range(self.chance.choice(self.names)):
            (self.dirs[-1] / f"{'z' * self.chance.randrange(40)}{n}").touch()

    def empty(self):
        for name in os.listdir(self.dirs[-1])[3:]:
            (self.dirs[-1] / name).unlink()

    def rmtree(self):
        shutil.rmtree(self.chance.choice(self.dirs[1:] or [self.top / "none"]))
        self.dirs = [path for path in self.dirs if path.exists()]
        self.files = [path for path in self.files if path.exists()]

    def pieces(self):
        """A file of many extents."""
        with open(self.file(), "r+b") as f:
            for n in range(self.chance.choice([10, 200])):
                f.seek(n * 8192)
                f.write(b"y" * 4096)


def crash(img, mount, chance, rounds, made=(), mounts=(), size="300m", flushed=True, names=(20, 200, 1500)):
    """Makes IMG a disk that was in use when all stopped. FLUSHED: just after its log was written."""
    xfs.mkfs(img, *made, size=size)
    with mounted(img, mount, *mounts):
        Churn(mount, chance, names).run(rounds)
        run("xfs_io", "-x", "-c", f"shutdown {'-f' if flushed else ''}", mount)


def replayed(img, mount):
    """image.manifest() of what the kernel makes of it."""
    copy = img.with_name(f"{img.name}.copy")
    image.run("cp", "--sparse=always", img, copy)
    with mounted(copy, mount):
        found = image.manifest(mount)
    copy.unlink()
    return found
