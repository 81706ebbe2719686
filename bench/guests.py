"""The guests that are booted: one ext4 file system each, with one kernel, one initrd and one menu."""

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import guest

ROOT = Path(__file__).resolve().parents[1]
BLOCK = 4096
KERNEL, INITRD = guest.KERNEL, guest.INITRD
LABEL = "bench"
ENV = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "LC_ALL": "C"}

# nokaslr: without it the number of instructions differs from boot to boot.
OPTIONS = f"root=LABEL={LABEL} ro console=ttyS0 earlyprintk=ttyS0,115200 nokaslr panic=-1"
UUID = "5b1f0c52-3f4e-4f64-9b7e-6e2a5d0c7a11"

# What grub-mkconfig writes for a guest with one kernel, without the parts for other machines.
GRUB_CFG = f"""if [ -s $prefix/grubenv ]; then
  set have_grubenv=true
  load_env
fi
set default="0"
if [ x"${{feature_menuentry_id}}" = xy ]; then
  menuentry_id_option="--id"
else
  menuentry_id_option=""
fi
export menuentry_id_option
set timeout=0
menuentry 'Debian GNU/Linux' --class debian --class gnu-linux $menuentry_id_option 'gnulinux-simple' {{
    insmod gzio
    insmod part_gpt
    insmod ext2
    search --no-floppy --fs-uuid --set=root {UUID}
    echo 'Loading Linux ...'
    linux {KERNEL} {OPTIONS}
    echo 'Loading initial ramdisk ...'
    initrd {INITRD}
}}
"""


@dataclass(frozen=True)
class Case:
    """What a guest is like."""
    name: str
    initrd_mib: int
    together: int = 0  # blocks of a file that lie together; 0: all
    journal: int = 0  # blocks in the journal that were not yet written home
    files: int = 0  # more files in /boot
    size_mib: int = 512  # of the file system
    disks: int = 0  # more disks, without a file system

    def title(self):
        more = [f"{self.initrd_mib} MiB initrd"]
        more += [f"pieces of {self.together * BLOCK >> 10} KiB"] if self.together else []
        more += [f"dirty journal of {self.journal} blocks"] if self.journal else []
        more += [f"{self.files} more files"] if self.files else []
        more += [f"{self.size_mib >> 10} GiB file system"] if self.size_mib > 512 else []
        more += [f"{self.disks} more disks"] if self.disks else []
        return ", ".join(more)


CASES = [
    Case("small", 1),
    Case("medium", 32),
    Case("large", 128),
    Case("pieces", 128, together=3),
    Case("dirty", 32, journal=2000),
]

# Compared with "small", to show what the cost of a boot does not depend on.
GROWTH = [
    Case("big-disk", 1, size_mib=64 << 10),
    Case("many-files", 1, files=20000),
    Case("many-disks", 1, disks=8),
]


def run(*argv, text=None, good=(0,)):
    done = subprocess.run([str(a) for a in argv], env=ENV, input=text, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode not in good:
        raise RuntimeError(f"{argv[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}")
    return done.stdout


def noise(n):
    """N bytes that nothing can compress, the same each time."""
    return b"".join(hashlib.sha512(i.to_bytes(8, "little")).digest() for i in range(n // 64 + 1))[:n]


def initrd_of(packed, mib):
    """The guest's own initrd, PACKED, with a file in front of it that makes it MIB large. Unchanged if it is
    larger than that."""
    if mib << 20 <= len(packed) + 1024:
        return packed
    fill = guest.newc("fill", noise((mib << 20) - len(packed) - 1024))
    archive = fill + guest.newc("TRAILER!!!", b"", 0)
    return archive + bytes(-len(archive) % BLOCK) + packed


class Guest:
    """A case as an image file: IMAGE, and KERNEL and INITRD as files of the host."""

    def __init__(self, case, base, directory):
        self.case = case
        self.directory = directory / case.name
        self.image = self.directory / "disk"
        self.kernel = (base / "boot/vmlinuz").resolve()
        self.initrd = self.directory / "initrd"
        stamp = self.directory / "made"
        sources = [Path(__file__), Path(guest.__file__), self.kernel]
        if not stamp.exists() or any(s.stat().st_mtime > stamp.stat().st_mtime for s in sources):
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory.mkdir(parents=True)
            self._make(base)
            stamp.touch()
        self.bytes = self.kernel.stat().st_size + self.initrd.stat().st_size
        self.pieces = {name: self._extents(f"/boot/{name}") for name in ("vmlinuz", "initrd.img")}

    def _make(self, base):
        case, tree = self.case, self.directory / "tree"
        self.initrd.write_bytes(initrd_of((base / "boot/initrd.img").read_bytes(), case.initrd_mib))
        shutil.copytree(base, tree, symlinks=True)
        for name in ("vmlinuz", "initrd.img"):
            (tree / "boot" / name).unlink()
        (tree / "boot/grub").mkdir()
        (tree / "boot/grub/grub.cfg").write_text(GRUB_CFG)
        for i in range(case.files):
            (tree / f"boot/config-{i}").touch()
        (tree / "journaled").write_bytes(noise(case.journal * BLOCK))
        run("truncate", "-s", f"{case.size_mib}M", self.image)
        run("mke2fs", "-q", "-F", "-t", "ext4", "-b", BLOCK, "-L", LABEL, "-U", UUID,
            "-N", 65536, "-J", "size=16", "-d", tree, self.image)
        shutil.rmtree(tree)
        write = ["cd /boot", f"write {self.kernel} vmlinuz", f"write {self.initrd} initrd.img"]
        if case.together:
            taken = range(BLOCK, (case.size_mib << 20) // BLOCK, case.together + 1)
            write = ([f"setb {b}" for b in taken] + write + [f"freeb {b}" for b in taken])
        self._debugfs(write)
        # `freeb` has also freed blocks that others use, as the journal's: this marks them as used again.
        run("e2fsck", "-fy", self.image, good=(0, 1))
        if case.journal:
            self._soil()

    def _debugfs(self, commands):
        return run("debugfs", "-w", "-f", "-", self.image, text="\n".join(commands) + "\n")

    def _soil(self):
        """Leaves the disk as after a loss of power: the journal holds newer blocks than the file system."""
        content = self.directory / "content"
        run("debugfs", "-R", f"dump /journaled {content}", self.image)
        blocks = ",".join(f"{at // BLOCK}-{(at + n) // BLOCK - 1}"
                          for at, n in self._extents("/journaled"))
        self._debugfs(["jo -c -v 3", f"jw -b {blocks} {content}", "jc"])
        content.unlink()

    def _extents(self, path):
        """[(byte on the disk, bytes)] of each piece of a file."""
        out = run("debugfs", "-R", f"ex -l {path}", self.image)
        pieces = []
        for first, last in re.findall(r"(\d+) - +(\d+) +\d+ *$", out, re.M):
            at, n = int(first) * BLOCK, (int(last) - int(first) + 1) * BLOCK
            if pieces and sum(pieces[-1]) == at:
                pieces[-1] = (pieces[-1][0], pieces[-1][1] + n)
            else:
                pieces.append((at, n))
        return pieces
