"""bg_inode_table is 0."""

from fault import bare, K, put

SAYS = "group 0 has its inodes at block 0, outside the file system"


def build(img):
    bare(img)
    put(img, 2 * K + 8, "I", 0)
