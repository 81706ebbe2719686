"""XFS images made by xfsprogs, and what lies where on them."""

import functools
import os
import re
import struct

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
            yield indent + name + b" ---%03o 0 0 " % (os.stat(path).st_mode & 0o777) + path


def mkfs(img, *options, tree=None, size="160m"):
    """Makes IMG, filled with those files of TREE that a prototype file can name."""
    img.unlink(missing_ok=True)
    address.cache_clear()
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
    # xfs_db ends with 1 where an inode that it is told to go to is not as it likes.
    return image.run("xfs_db", "-x", *args, img, ok=(0, 1)).stdout.decode(errors="replace")


def log_state(img):
    """What xfs_logprint says: CLEAN or DIRTY."""
    said = image.run("xfs_logprint", "-t", img, ok=(0, 1)).stdout.decode(errors="replace")
    return re.search(r"head: \d+ state: <(\w+)>", said)[1]


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
    image.assert_manifest(img, want, {p: d for p, d in sums.items() if content and b"/many/" not in p}, program)


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


@functools.cache
def address(img, path):
    """The byte at which the inode of PATH begins, and its number. Inodes stay where they are, damaged or not."""
    text = db(img, f"path {path}", "addr")
    return int(re.search(r"byte offset (\d+)", text)[1]), int(re.search(r"inode (\d+)", text)[1])


def inode_at(img, path):
    return address(img, path)[0]


def number_of(img, path):
    return address(img, path)[1]


def put_inode(img, path, at, form, *values):
    """Changes fields of an inode, and its checksum."""
    begin = inode_at(img, path)
    image.poke(img, begin + at, struct.pack(">" + form, *values))
    if image.peek(img, begin + 4, 1) == b"\3":
        seal(img, begin, super_field(img, 104, "H"), 100)


def blocks(img, path):
    """The number of the disk block of each block of a file."""
    runs = re.findall(r"offset (\d+) startblock (\d+) \(\S+\) count (\d+)", db(img, f"path {path}", "bmap"))
    return [int(start) + n for _, start, count in runs for n in range(int(count))]


def byte_of(img, block):
    """Where a block begins on the disk."""
    bits = super_field(img, 124, "B")
    return ((block >> bits) * super_field(img, 84, "I") + (block & (1 << bits) - 1)) * super_field(img, 4, "I")


def extent(at, block, count, unwritten=False):
    return struct.pack(">QQ", unwritten << 63 | at << 9 | block >> 43, (block & (1 << 43) - 1) << 21 | count)


def is_v5(img):
    return super_field(img, 100, "H") & 15 == 5


def put_fork(img, path, fork, form=2, extents=None):
    """Writes the data fork of an inode and its format; EXTENTS are how many it has."""
    begin = inode_at(img, path)
    if extents is not None:
        wide = is_v5(img) and struct.unpack(">Q", image.peek(img, begin + 120, 8))[0] & 0x10
        image.poke(img, begin + (24 if wide else 76), struct.pack(">Q" if wide else ">I", extents))
    image.poke(img, begin + (176 if is_v5(img) else 100), fork)
    put_inode(img, path, 5, "B", form)


def put_extents(img, path, records):
    put_fork(img, path, b"".join(records), 2, len(records))


def put_node(img, path, block, level, records):
    """Writes a block of a B+tree of extents: RECORDS are extents, above the leaves pairs of a key and a block."""
    size, v5, begin = super_field(img, 4, "I"), is_v5(img), byte_of(img, block)
    head = struct.pack(">4sHHQQ", b"BMA3" if v5 else b"BMAP", level, len(records), 2**64 - 1, 2**64 - 1)
    if v5:
        head += struct.pack(">QQ16sQII", begin // 512, 0, image.peek(img, 32, 16), number_of(img, path), 0, 0)
    if level == 0:
        body = b"".join(records)
    else:
        room = (size - len(head)) // 16
        keys = b"".join(struct.pack(">Q", key) for key, _ in records)
        body = keys.ljust(8 * room, b"\0") + b"".join(struct.pack(">Q", child) for _, child in records)
    image.poke(img, begin, (head + body).ljust(size, b"\0"))
    if v5:
        seal(img, begin, size, 64)


def fork_room(img, path):
    begin = inode_at(img, path)
    size = super_field(img, 104, "H") - (176 if is_v5(img) else 100)
    return image.peek(img, begin + 82, 1)[0] * 8 or size


def put_root(img, path, level, records, extents):
    room = (fork_room(img, path) - 4) // 16
    fork = struct.pack(">HH", level, len(records)) + b"".join(struct.pack(">Q", key) for key, _ in records).ljust(
        8 * room, b"\0") + b"".join(struct.pack(">Q", child) for _, child in records)
    put_fork(img, path, fork, 3, extents)


def put_tree(img, path, nodes, records, depth):
    """Gives a file a tree of DEPTH levels below its root, its blocks taken from NODES: two leaves, else one child
    for each node."""
    firsts = [int.from_bytes(r[:8], "big") >> 9 & (1 << 54) - 1 for r in records]
    half = len(records) // 2
    put_node(img, path, nodes[0], 0, records[:half])
    put_node(img, path, nodes[1], 0, records[half:])
    children = [(firsts[0], nodes[0]), (firsts[half], nodes[1])]
    for level in range(1, depth):
        put_node(img, path, nodes[1 + level], level, children)
        children = [(firsts[0], nodes[1 + level])]
    put_root(img, path, depth, children, len(records))


def data_runs(img, path):
    """[(first block of the directory, of the disk, count)] of what lies below 32 GiB."""
    limit = (32 << 30) // super_field(img, 4, "I")
    runs = re.findall(r"offset (\d+) startblock (\d+) \(\S+\) count (\d+)", db(img, f"path {path}", "bmap"))
    return [tuple(map(int, run)) for run in runs if int(run[0]) < limit]
