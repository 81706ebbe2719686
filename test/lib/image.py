"""Disk images made by e2fsprogs, and what `partless` says about them."""

import hashlib
import os
import re
import struct
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLAIN = ROOT / "build" / "partless"
ASAN = ROOT / "build" / "partless-asan"
TIMEOUT = 120
CAP = 1 << 20  # bytes that are read of a file whose size is a lie

ENV = {
    **os.environ,
    "LC_ALL": "C",
    "E2FSPROGS_FAKE_TIME": "1700000000",
    "MKE2FS_CONFIG": str(Path(__file__).with_name("mke2fs.conf")),
    "PATH": os.environ.get("PATH", "") + ":/sbin:/usr/sbin",
}


def run(*argv, ok=(0,), **kwargs):
    done = subprocess.run([os.fsencode(a) for a in argv], capture_output=True, env=ENV, timeout=TIMEOUT,
                          check=False, **kwargs)
    assert done.returncode in ok, (argv, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


def mke2fs(image, size, *options, tree=None):
    """Makes IMAGE, filled from TREE; SIZE is as mke2fs reads it."""
    image.unlink(missing_ok=True)
    fill = ["-d", tree] if tree else []
    run("mke2fs", "-q", "-F", *options, *fill, image, size)
    return image


def revision_0():
    """mke2fs's option for a file system of revision 0, as before 1995; it was renamed in e2fsprogs 1.47.1."""
    version = re.match(rb"mke2fs (\d+)\.(\d+)(?:\.(\d+))?", run("mke2fs", "-V").stderr)
    return ["-r", "0"] if tuple(int(part or 0) for part in version.groups()) < (1, 47, 1) else ["-E", "revision=0"]


def e2fsck(image, *options):
    """Runs e2fsck, which may end with 0, clean, or with 1, changed as asked for."""
    run("e2fsck", "-f", *options, image, ok=(0, 1))


def debugfs(image, *commands):
    """Runs commands of debugfs, which may write; returns what they print."""
    done = run("debugfs", "-w", "-f", "-", image, input="\n".join(commands).encode() + b"\n")
    return done.stdout.decode(errors="replace")


def debugfs_cat(image, path):
    """The text of a file, as debugfs reads it."""
    return run("debugfs", "-R", f"cat {path}", image).stdout.decode()


def blocks(image, path):
    return [int(b) for b in debugfs(image, f"blocks {path}").splitlines()[-1].split()]


def inode_number(image, path):
    return int(debugfs(image, f"imap {path}").split("Inode ")[1].split()[0])


def inode_offset(image, path, block_size):
    """The byte at which the inode of PATH begins."""
    text = debugfs(image, f"imap {path}")
    found = re.search(r"located at block (\d+), offset (0x[0-9a-f]+)", text)
    return int(found[1]) * block_size + int(found[2], 16)


def poke(image, offset, data):
    with open(image, "r+b") as f:
        f.seek(offset)
        f.write(data)


def peek(image, offset, size):
    with open(image, "rb") as f:
        f.seek(offset)
        return f.read(size)


def flip(image, offset):
    poke(image, offset, bytes([peek(image, offset, 1)[0] ^ 0x10]))


def super_u32(image, offset):
    return struct.unpack("<I", peek(image, 1024 + offset, 4))[0]


def partless(*args, program=PLAIN, ok=(0,)):
    done = run(program, *args, ok=ok)
    assert b"Sanitizer" not in done.stderr and b"runtime error" not in done.stderr, done.stderr
    return done


def says(*args, code, program=ASAN):
    """Runs the command, which must end with CODE; returns what it writes on standard error."""
    return partless(*args, program=program, ok=(code,)).stderr.decode()


def ask(img, command, path):
    """Exit code (None when more than CAP was to come), output, and what it says: of a file whose size may be a lie."""
    with tempfile.TemporaryFile() as errors, subprocess.Popen(
            [ASAN, command, img, path], stdout=subprocess.PIPE, stderr=errors) as process:
        try:
            out = process.stdout.read(CAP)
            capped = len(out) == CAP
            process.stdout.close()
            code = process.wait(TIMEOUT)
        finally:
            process.kill()
        errors.seek(0)
        return None if capped else code, out, errors.read(CAP).decode(errors="replace")


def unescape(name):
    """The reverse of the escapes that `partless ls` writes."""
    def byte(match):
        text = match[1]
        return bytes([int(text, 8)]) if len(text) == 3 else text
    return re.sub(rb"\\([0-7]{3}|.)", byte, name)


def ls(image, path, program=PLAIN):
    """{name: (type, size, target or None)} of a directory."""
    names = {}
    for line in partless("ls", image, path, program=program).stdout.splitlines():
        kind, size, rest = line.split(None, 2)
        name, arrow, target = rest.partition(b" -> ")
        name = unescape(name)
        assert name not in names, name
        names[name] = (kind.decode(), int(size), unescape(target) if arrow else None)
    return names


def cat_sha256(image, path, program=PLAIN):
    return hashlib.sha256(partless("cat", image, path, program=program).stdout).hexdigest()


def walk(image, path=b"/", program=PLAIN):
    """{path: (type, size, target)} of everything below PATH."""
    found = {}
    for name, what in ls(image, path, program).items():
        full = path.rstrip(b"/") + b"/" + name
        found[full] = what
        if what[0] == "dir":
            found.update(walk(image, full, program))
    return found


def manifest(tree):
    """What walk() gives, but of the directory TREE on the host; and {path: SHA-256} of its files."""
    what, sums = {}, {}
    top = os.fsencode(tree)
    for folder, dirs, files in os.walk(top):
        for name in dirs + files:
            real = os.path.join(folder, name)
            path = real[len(top):]
            if os.path.islink(real):
                target = os.readlink(real)
                what[path] = ("link", len(target), target)
            elif os.path.isdir(real):
                what[path] = ("dir", None, None)
            else:
                what[path] = ("file", os.path.getsize(real), None)
                with open(real, "rb") as f:
                    sums[path] = hashlib.sha256(f.read()).hexdigest()
    return what, sums


def assert_manifest(image, want, sums, program=PLAIN):
    """Asserts that the image has what manifest() found, and else only lost+found."""
    have = walk(image, program=program)
    have.pop(b"/lost+found", None)
    assert {p: (k, None if k == "dir" else s, t) for p, (k, s, t) in have.items()} == want
    for path, digest in sums.items():
        assert cat_sha256(image, path, program) == digest, path


def assert_same(image, tree, program=PLAIN, content=True):
    """Asserts that the image has what the directory TREE of the host has, and else only lost+found."""
    want, sums = manifest(tree)
    assert_manifest(image, want, {p: d for p, d in sums.items() if content and b"/many/" not in p}, program)
