"""A bit of i_mtime has changed."""

import image
from fault import checked, inode

SAYS = "has a wrong checksum"


def build(img):
    checked(img)
    image.flip(img, inode(img, "/file") + 0x10)
