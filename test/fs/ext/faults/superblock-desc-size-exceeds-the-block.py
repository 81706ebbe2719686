"""CVE-2019-11059: U-Boot kept larger descriptors in a buffer for small ones. Here one is larger than a
block."""

from fault import bare, put_super

SAYS = "2048 cannot be the size of a group descriptor"


def build(img):
    bare(img)
    put_super(img, 0xfe, "H", 2048)
