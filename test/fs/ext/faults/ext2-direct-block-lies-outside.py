"""A direct block has the number 2^32 - 1."""

from fault import bare, inode, put

SAYS = "has blocks from 4294967295 on, outside the file system"


def build(img):
    bare(img, kind="ext2", features="none")
    put(img, inode(img, "/file") + 0x28 + 4 * 0, "I", 0xffffffff)
