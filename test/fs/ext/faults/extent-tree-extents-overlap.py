"""Two extents claim the same block of the file."""

from fault import bare, extent, put_root

SAYS = "the root of its extent tree is damaged: extents overlap or are not in order"


def build(img):
    bare(img)
    put_root(img, "/file", extent(0, 9, 900), extent(8, 9, 950))
