"""An index without an entry: the search for the entry before the first reads in front of the node."""

from fault import bare, put_root

SAYS = "the root of its extent tree is damaged: it leads nowhere"


def build(img):
    bare(img)
    put_root(img, "/file", depth=1)
