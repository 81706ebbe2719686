"""bg_inode_table lies behind the end of the file system."""

from fault import bare, K, put

SAYS = "group 0 has its inodes at block 4294967280, outside the file system"


def build(img):
    bare(img)
    put(img, 2 * K + 8, "I", 0xfffffff0)
