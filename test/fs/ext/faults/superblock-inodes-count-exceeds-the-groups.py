"""More inodes than all groups have."""

from fault import bare, put_super

SAYS = "4294967295 cannot be the number of inodes"


def build(img):
    bare(img)
    put_super(img, 0x00, "I", 0xffffffff)
