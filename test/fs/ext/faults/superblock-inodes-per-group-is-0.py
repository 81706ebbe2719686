"""s_inodes_per_group is 0, and a division by it follows."""

from fault import bare, put_super

SAYS = "0 cannot be the number of inodes per group"


def build(img):
    bare(img)
    put_super(img, 0x28, "I", 0)
