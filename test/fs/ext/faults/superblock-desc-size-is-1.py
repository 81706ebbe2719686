"""A group descriptor of 1 byte: what is read of it lies in the next."""

from fault import bare, put_super

SAYS = "1 cannot be the size of a group descriptor"


def build(img):
    bare(img)
    put_super(img, 0xfe, "H", 1)
