"""With 64bit a group descriptor of 0 bytes: a division by it follows."""

from fault import bare, put_super

SAYS = "0 cannot be the size of a group descriptor"


def build(img):
    bare(img)
    put_super(img, 0xfe, "H", 0)
