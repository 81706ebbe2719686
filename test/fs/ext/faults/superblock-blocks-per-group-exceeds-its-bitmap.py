"""A group has more blocks than one bitmap block has bits."""

from fault import bare, put_super

SAYS = "8193 cannot be the number of blocks per group"


def build(img):
    bare(img)
    put_super(img, 0x20, "I", 8193)
