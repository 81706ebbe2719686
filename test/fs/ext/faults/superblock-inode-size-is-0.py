"""s_inode_size is 0: all inodes lie in one place, and a division by it follows."""

from fault import bare, put_super

SAYS = "0 cannot be the size of an inode"


def build(img):
    bare(img)
    put_super(img, 0x58, "H", 0)
