"""A depth that would be descended for ever."""

from fault import bare, extent, put_root

SAYS = "the root of its extent tree is damaged: its depth is wrong"


def build(img):
    bare(img)
    put_root(img, "/file", extent(0, 1, 900), depth=65535)
