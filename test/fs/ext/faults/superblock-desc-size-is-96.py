"""A group descriptor that crosses the end of its block."""

from fault import bare, put_super

SAYS = "96 cannot be the size of a group descriptor"


def build(img):
    bare(img)
    put_super(img, 0xfe, "H", 96)
