"""s_first_ino lies among the reserved inodes."""

from fault import bare, put_super

SAYS = "1 cannot be the first inode"


def build(img):
    bare(img)
    put_super(img, 0x54, "I", 1)
