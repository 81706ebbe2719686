"""Makes a directory of very many names in seconds; mke2fs and the kernel take minutes for it.

A file of the right size is turned into a directory in which every name is a link to /f. `e2fsck -D` then
indexes it, so that the hash tree is e2fsprogs' own. By hand: bigdir.py IMAGE COUNT LENGTH MKE2FS-OPTIONS"""

import random
import struct
import sys
import tempfile
from pathlib import Path

import image

FIRST_FREE = 11
CONTENT = b"the file behind every name\n"


def numbered(count, length):
    return [b"%0*d" % (length, n) for n in range(count)]


def pack(names, inode, parent, size, itself):
    """The blocks of a directory without index and checksums, as bytes. Each of NAMES is a link to INODE, or to one
    of a list of them."""
    dots = struct.pack("<IHBB4s", itself, 12, 1, 2, b".")
    out, block = [], dots + struct.pack("<IHBB4s", parent, 12, 2, 2, b"..")
    last = len(dots)  # where the block's last record begins: it gets the rest
    inodes = [inode] * len(names) if isinstance(inode, int) else inode
    for name, number in zip(names, inodes):
        need = 8 + (len(name) + 3) // 4 * 4
        if len(block) + need > size:
            out.append(finish(block, last, size))
            block = b""
        last = len(block)
        block += struct.pack("<IHBB", number, need, len(name), 1) + name.ljust(need - 8, b"\0")
    out.append(finish(block, last, size))
    return b"".join(out)


def finish(block, last, size):
    length = size - last
    return (block[:last + 4] + struct.pack("<H", length if length < 65536 else 65535)
            + block[last + 6:]).ljust(size, b"\0")


def make(path, size, names, *options, block_size=4096, settings=()):
    """Makes the image PATH with /f and the directory /d; SETTINGS are debugfs commands, run before /d is indexed."""
    with tempfile.TemporaryDirectory() as tree:
        tree = Path(tree)
        blocks = len(pack(names, 1, 2, block_size, 1)) // block_size
        (tree / "d").write_bytes(b"D" * blocks * block_size)
        (tree / "f").write_bytes(CONTENT)
        image.mke2fs(path, size, "-b", str(block_size), *options, tree=tree)
    data = pack(names, image.inode_number(path, "/f"), 2, block_size, image.inode_number(path, "/d"))
    for at, block in enumerate(image.blocks(path, "/d")):
        image.poke(path, block * block_size, data[at * block_size:(at + 1) * block_size])
    image.debugfs(path, "sif /d mode 040755", "sif /d links_count 2", *settings)
    image.e2fsck(path, "-y", "-D")
    return path


def make_files(path, size, names):
    """Makes the image PATH with the directory /d, in which each of NAMES is a file of its own, with the content of /f.
    Their inodes lie in the tables as far from each other as the hash of the names would have them."""
    block_size, first = 1024, 100
    numbers = list(range(first, first + len(names)))
    random.Random(1).shuffle(numbers)
    with tempfile.TemporaryDirectory() as tree:
        (Path(tree) / "d").write_bytes(b"D" * len(pack(names, numbers, 2, block_size, 1)))
        (Path(tree) / "f").write_bytes(CONTENT)
        image.mke2fs(path, size, "-t", "ext4", "-b", str(block_size), "-I", "128", "-N", str(first + len(names)),
                     "-O", "^metadata_csum,^has_journal,^dir_index,uninit_bg", tree=Path(tree))
    data = pack(names, numbers, 2, block_size, image.inode_number(path, "/d"))
    for at, block in enumerate(image.blocks(path, "/d")):
        image.poke(path, block * block_size, data[at * block_size:(at + 1) * block_size])
    image.debugfs(path, "sif /d mode 040755", "sif /d links_count 2")
    raw = image.peek(path, image.inode_offset(path, "/f", block_size), 128)
    group = image.super_u32(path, 0x28)  # inodes in each
    at, last = first, first + len(names)
    while at < last:
        count = min(last - at, group - (at - 1) % group)
        image.poke(path, image.inode_offset(path, f"<{at}>", block_size), raw * count)
        at += count
    return path


if __name__ == "__main__":
    where, count, length, *rest = sys.argv[1:]
    block = int(rest[rest.index("-b") + 1]) if "-b" in rest else 4096
    make(Path(where), "256M", numbered(int(count), int(length)), *rest, block_size=block)
