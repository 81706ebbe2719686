"""The double indirect block has the number 2^32 - 1."""

from fault import bare, inode, K, put, put_size

SAYS = "has an indirect block at 4294967295, outside the file system"


def build(img):
    bare(img, kind="ext2", features="none")
    put_size(img, "/file", 400 * K)
    put(img, inode(img, "/file") + 0x28 + 4 * 13, "I", 0xffffffff)
