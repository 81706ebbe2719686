"""With blocks of 1 KiB the first group begins with block 1."""

from fault import bare, put_super

SAYS = "0 cannot be the first data block"


def build(img):
    bare(img)
    put_super(img, 0x14, "I", 0)
