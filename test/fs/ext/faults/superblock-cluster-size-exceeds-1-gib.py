"""A cluster of 2^42 bytes."""

import image
from fault import bare, put_super

SAYS = "32 cannot be the logarithm of the cluster size"


def build(img):
    bare(img)
    put_super(img, 0x64, "I", image.super_u32(img, 0x64) | 0x200)
    put_super(img, 0x1c, "I", 32)
