"""A group has more inodes than one bitmap block has bits."""

from fault import bare, put_super

SAYS = "2147483648 cannot be the number of inodes per group"


def build(img):
    bare(img)
    put_super(img, 0x28, "I", 1 << 31)
