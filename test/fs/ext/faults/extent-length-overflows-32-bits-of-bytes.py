"""ee_len times the block size exceeds 32 bits: 32768 blocks of 64 KiB are 2 GiB, three such extents wrap.
Nothing of them was written: all zeros."""

import image
from fault import extent, header, put

SAYS = None
ASKS = ["ls", "/file"]
CODE = 0
SHOWS = b"file      4294967296 /file\n"


def build(img):
    image.mke2fs(img, "8G", "-t", "ext4", "-b", "65536", "-N", "64", "-O", "^metadata_csum,^has_journal")
    image.debugfs(img, "write /dev/null file")
    at = image.inode_offset(img, "/file", 65536)
    root = header(3, 4, 0) + b"".join(extent(n << 15, 0x8000, 2000) for n in range(3))
    image.poke(img, at + 0x28, root)
    put(img, at + 4, "I", 0)
    put(img, at + 0x6c, "I", 1)
