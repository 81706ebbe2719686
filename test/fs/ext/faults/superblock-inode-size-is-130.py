"""s_inode_size is no power of two: an inode would cross the end of its block."""

from fault import bare, put_super

SAYS = "130 cannot be the size of an inode"


def build(img):
    bare(img)
    put_super(img, 0x58, "H", 130)
