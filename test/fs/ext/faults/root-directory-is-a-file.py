"""The root's inode says that it is a regular file."""

from fault import bare, inode, put

SAYS = "would lie in a file, not a directory"
CODE = 1


def build(img):
    bare(img)
    put(img, inode(img, "/"), "H", 0x81a4)
