"""A search by halves does not find what is there."""

from fault import bare, extent, put_root

SAYS = "the root of its extent tree is damaged: extents overlap or are not in order"


def build(img):
    bare(img)
    put_root(img, "/file", extent(9, 1, 900), extent(0, 1, 950))
