"""More blocks than 64 bits can count the bytes of."""

from fault import bare, put_super

SAYS = "cannot be the number of blocks"


def build(img):
    bare(img)
    put_super(img, 0x150, "I", 0xffffffff)
