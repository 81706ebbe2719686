"""The logarithm of the block size is 7, and 6 the most there is."""

from fault import bare, put_super

SAYS = "7 cannot be the logarithm of the block size"


def build(img):
    bare(img)
    put_super(img, 0x18, "I", 7)
