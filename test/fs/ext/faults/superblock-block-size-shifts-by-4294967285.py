"""A logarithm that added to 10 wraps around to -1."""

from fault import bare, put_super

SAYS = "4294967285 cannot be the logarithm of the block size"


def build(img):
    bare(img)
    put_super(img, 0x18, "I", 0xfffffff5)
