"""A name leads to an inode of zeros."""

import image
from fault import bare, inode

SAYS = "has a name but is not in use"


def build(img):
    bare(img)
    image.poke(img, inode(img, "/file"), bytes(128))
