"""A group descriptor one byte too short for the upper halves."""

from fault import bare, put_super

SAYS = "63 cannot be the size of a group descriptor"


def build(img):
    bare(img)
    put_super(img, 0xfe, "H", 63)
