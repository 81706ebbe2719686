"""eh_magic is 0."""

from fault import bare, extent, put_root

SAYS = "the root of its extent tree is damaged: it has no magic number"


def build(img):
    bare(img)
    put_root(img, "/file", extent(0, 20, 900), magic=0)
