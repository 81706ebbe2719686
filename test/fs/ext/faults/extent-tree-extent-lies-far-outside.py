"""ee_start has all its 48 bits set."""

from fault import bare, extent, put_root

SAYS = "the root of its extent tree is damaged: an extent lies outside the file system"


def build(img):
    bare(img)
    put_root(img, "/file", extent(0, 20, 0xffffffffffff))
