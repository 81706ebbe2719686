"""A block size of 1024 << 32: the shift wraps to 1024 in 32 bits."""

from fault import bare, put_super

SAYS = "32 cannot be the logarithm of the block size"


def build(img):
    bare(img)
    put_super(img, 0x18, "I", 32)
