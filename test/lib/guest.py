"""Guests for the boot tests: a file system on a whole disk, with a real kernel and the menu that a test wants."""

import fcntl
import gzip
import os
import shutil
import subprocess
from pathlib import Path

import xfs
from processors import X86_64

KERNEL = "/boot/vmlinuz"
INITRD = "/boot/initrd.img"
# no_timer_check: on a busy host, QEMU's timer may be too late for the kernel's test of it.
# A guest of either processor has one of the consoles.
OPTIONS = "root=LABEL=guest ro console=ttyAMA0 console=ttyS0 quiet panic=-1 no_timer_check partless.test=poweroff"


def entry(title, options=OPTIONS, linux=KERNEL, initrd=INITRD, more=""):
    """The text of one menu entry. INITRD is a path, a list of paths, or None."""
    paths = [initrd] if isinstance(initrd, str) else initrd or []
    lines = [f"title {title}", f"linux {linux}"] + [f"initrd {path}" for path in paths]
    return "\n".join(lines) + f"\noptions {options}\n{more}\n"


def base_tree(root, build, name="guest", *, kernel="kernel", arguments=()):
    """The tree of a guest without a menu, with its kernel beside it as KERNEL. ARGUMENTS are further ones for
    scripts/kernel."""
    sources = [root / "scripts/kernel", root / "scripts/mktree", *(root / "scripts/guest").iterdir()]
    return kept(build, name, sources, lambda tree: [
        [root / "scripts/kernel", tree.with_name(kernel), *arguments],
        [root / "scripts/mktree", tree.with_name(kernel), tree]])


def kept(build, name, sources, commands):
    """What the COMMANDS(path) make, which is kept in the build directory as NAME until one of SOURCES is newer."""
    cache = build / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    path, stamp = cache / name, cache / f"{name}.stamp"
    with open(cache / "lock", "w") as lock:  # the tests run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or any(s.stat().st_mtime > stamp.stat().st_mtime for s in sources):
            for command in commands(path):
                subprocess.run(command, check=True)
            stamp.touch()
    return path


def tree_for(processor, root, build, suite=""):
    """base_tree() for a machine of PROCESSOR, with the kernel of the Debian release SUITE."""
    if processor is X86_64 and not suite:
        return base_tree(root, build)
    what = f"{processor}-{suite}" if suite else processor.name
    return base_tree(root, build, f"guest-{what}", kernel=f"kernel-{what}", arguments=[processor.kernel, "", suite])


# The kernels that are asked what they make of a disk, and the Debian releases that have them.
KERNELS = {"6.1": "bookworm", "6.12": "trixie"}


def xfs_tree(processor, root, build, suite=""):
    """base_tree() for a machine of PROCESSOR, whose initrd has the driver of XFS, with the kernel of the Debian release
    SUITE."""
    what = f"xfs-{processor}-{suite}" if suite else f"xfs-{processor}"
    return base_tree(root, build, f"guest-{what}", kernel=f"kernel-{what}",
                     arguments=[processor.kernel, "virtio_pci virtio_blk xfs", suite])


def tpm_tree(processor, root, build, suite):
    """base_tree() for a machine of PROCESSOR, with the kernel of the Debian release SUITE, whose initrd has the drivers
    of a TPM."""
    what = f"tpm-{processor}-{suite}"
    return base_tree(root, build, f"guest-{what}", kernel=f"kernel-{what}",
                     arguments=[processor.kernel, "virtio_pci virtio_blk tpm_tis tpm_crb", suite])


def initrd(name, content):
    """An initrd, not compressed, with one file, whose CONTENT the guest's init prints."""
    data = content.encode() + b"\n"
    return newc("initrd.d", b"", 0o40755) + newc(f"initrd.d/{name}", data) + newc("TRAILER!!!", b"", 0)


def newc(name, data, mode=0o100644):
    """One member of a cpio archive (Documentation/driver-api/early-userspace/buffer-format.rst)."""
    path = name.encode() + b"\0"
    fields = [0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(path), 0]
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + path
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def odd_initrd(name, content):
    """The same, but compressed, and with a length that is not a multiple of 4."""
    packed = gzip.compress(initrd(name, content), mtime=0)
    if len(packed) % 4 == 0:  # a gzip header with a file name is one byte longer for each letter
        packed = packed[:3] + b"\x08" + packed[4:10] + b"\0" + packed[10:]
    assert len(packed) % 4 != 0
    return packed


class Images:
    """Makes disk images in DIRECTORY."""

    def __init__(self, base, directory):
        self.base = base
        self.directory = directory

    def guest(self, menu=None, files=None, links=None, name="guest.img", label="guest", size="64M",
              mke2fs=()):
        """A guest's root disk. MENU is the text of its partless.conf; FILES maps further paths to
        bytes, to the Path of a file that is copied, or to None for a directory; LINKS maps paths to the
        targets of symlinks."""
        tree = self.directory / f"{name}.tree"
        shutil.copytree(self.base, tree, symlinks=True, copy_function=os.link)
        for path, target in (links or {}).items():
            (tree / path.lstrip("/")).symlink_to(target)
        contents = dict(files or {})
        if menu is not None:
            contents["/boot/partless.conf"] = menu.encode()
        for path, data in contents.items():
            target = tree / path.lstrip("/")
            if data is None:
                target.mkdir(parents=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)  # never through the link into the base
            if isinstance(data, Path):
                shutil.copy(data, target)
            else:
                target.write_bytes(data)
        image = self.blank(name, size)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", label, "-d", tree, *mke2fs, image],
                       check=True)
        shutil.rmtree(tree)
        return image

    def blank(self, name, size="16M"):
        """A disk of zeros."""
        image = self.directory / name
        subprocess.run(["truncate", "-s", size, image], check=True)
        return image

    def other_ext4(self, name="other.img"):
        """An ext4 file system without a menu, which is no guest's root."""
        image = self.blank(name)
        tree = self.directory / f"{name}.tree"
        (tree / "home").mkdir(parents=True)
        (tree / "home/letter").write_text("nothing to boot here\n")
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", "other", "-d", tree, image], check=True)
        return image

    def swap(self, name="swap.img"):
        """Swap space."""
        image = self.blank(name)
        image.chmod(0o600)
        subprocess.run(["mkswap", image], check=True, stdout=subprocess.DEVNULL)
        return image

    def xfs(self, name="xfs.img"):
        """An XFS file system without a menu, which is no guest's root."""
        return xfs.mkfs(self.directory / name, size="16m")
