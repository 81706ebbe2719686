"""Both flags at once: the same 60 bytes cannot be both."""

from fault import bare, inode, put

SAYS = "inline data and extents at once"


def build(img):
    bare(img)
    put(img, inode(img, "/file") + 0x20, "I", 0x10080000)
