"""A file system without a block."""

from fault import bare, put_super

SAYS = "0 cannot be the number of blocks"


def build(img):
    bare(img)
    put_super(img, 0x04, "I", 0)
