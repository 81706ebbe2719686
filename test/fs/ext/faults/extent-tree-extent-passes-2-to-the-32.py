"""The extent ends behind the last block that a file can have."""

from fault import bare, extent, put_root

SAYS = "the root of its extent tree is damaged: an extent ends behind the largest file"


def build(img):
    bare(img)
    put_root(img, "/file", extent(0xfffffff0, 20, 900))
