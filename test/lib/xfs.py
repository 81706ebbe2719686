"""XFS images made by xfsprogs, and what lies where on them."""

import os
import re
import struct
from pathlib import Path

import image
from jbd2 import crc32c

# A character that a prototype file of mkfs.xfs cannot have in a name or a link's target.
UNTOLD = re.compile(rb"[\s:$]")


def lines_of(folder, indent=b""):
    """The lines of a prototype file for what FOLDER holds."""
    for name in sorted(os.listdir(os.fsencode(folder))):
        path = os.path.join(os.fsencode(folder), name)
        if UNTOLD.search(name):
            continue
        if os.path.islink(path):
            target = os.readlink(path)
            if not UNTOLD.search(target) and len(target) < 1024:
                yield indent + name + b" l--777 0 0 " + target
        elif os.path.isdir(path):
            yield indent + name + b" d--755 0 0"
            yield from lines_of(path, indent + b" ")
            yield indent + b"$"
        else:
            yield indent + name + b" ---644 0 0 " + path


def mkfs(img, *options, tree=None, size="160m"):
    """Makes IMG, filled with those files of TREE that a prototype file can name."""
    img.unlink(missing_ok=True)
    fill = []
    if tree:
        proto = img.with_name(img.name + ".proto")
        proto.write_bytes(b"/\n0 0\nd--755 0 0\n" + b"\n".join(lines_of(tree)) + b"\n$\n")
        fill = ["-p", proto]
    image.run("mkfs.xfs", "-q", "--unsupported", *options, *fill, "-d", f"file,name={img},size={size}")
    return img


def db(img, *commands):
    """Runs commands of xfs_db, which may write; returns what they print."""
    args = [part for command in commands for part in ("-c", command)]
    return image.run("xfs_db", "-x", *args, img).stdout.decode(errors="replace")


def assert_sound(img):
    """xfs_repair finds nothing to repair."""
    image.run("xfs_repair", "-n", img)


def manifest(tree):
    """image.manifest() of what lines_of() yields."""
    what, sums = image.manifest(tree)
    told = {p: w for p, w in what.items() if not UNTOLD.search(p) and not (
        w[0] == "link" and (UNTOLD.search(w[2]) or len(w[2]) >= 1024))}
    return told, {p: s for p, s in sums.items() if p in told}


def assert_same(img, tree, program=image.PLAIN, content=True):
    """Asserts that the image has what manifest(tree) has, and nothing else."""
    want, sums = manifest(tree)
    have = image.walk(img, program=program)
    assert {p: (k, None if k == "dir" else s, t) for p, (k, s, t) in have.items()} == want
    for path, digest in sums.items() if content else ():
        if b"/many/" not in path:
            assert image.cat_sha256(img, path, program) == digest, path


def seal(img, at, size, crc_at):
    """Gives the SIZE bytes at AT the checksum that they should have, at their byte CRC_AT."""
    data = bytearray(image.peek(img, at, size))
    data[crc_at:crc_at + 4] = bytes(4)
    image.poke(img, at + crc_at, struct.pack("<I", crc32c(bytes(data)) ^ 0xffffffff))


def super_field(img, at, form):
    return struct.unpack(">" + form, image.peek(img, at, struct.calcsize(form)))[0]


def put_super(img, at, form, value):
    """Changes a field of the superblock, and its checksum."""
    image.poke(img, at, struct.pack(">" + form, value))
    if super_field(img, 100, "H") & 15 == 5:
        seal(img, 0, super_field(img, 102, "H"), 224)


def inode_at(img, path):
    """The byte at which the inode of PATH begins."""
    return int(re.search(r"byte offset (\d+)", db(img, f"path {path}", "addr"))[1])


def put_inode(img, path, at, form, *values):
    """Changes fields of an inode, and its checksum."""
    begin = inode_at(img, path)
    image.poke(img, begin + at, struct.pack(">" + form, *values))
    if image.peek(img, begin + 4, 1) == b"\3":
        seal(img, begin, super_field(img, 104, "H"), 100)
