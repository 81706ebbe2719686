"""An inode is larger than a block."""

from fault import bare, put_super

SAYS = "2048 cannot be the size of an inode"


def build(img):
    bare(img)
    put_super(img, 0x58, "H", 2048)
