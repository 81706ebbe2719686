"""ee_len is 0x8000: the longest extent that was written, not one of length 0 that was not."""

from fault import bare, extent, put_root

SAYS = "the root of its extent tree is damaged: an extent lies outside the file system"


def build(img):
    bare(img)
    put_root(img, "/file", extent(0, 0x8000, 900))
