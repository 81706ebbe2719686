"""Two nodes of one depth, one below the other and round again."""

from fault import bare, block, index, put_node, put_root

SAYS = "its depth is wrong"


def build(img):
    bare(img)
    one, two = block(img, "/file"), block(img, "/file", 1)
    put_node(img, one, index(0, two), depth=1)
    put_node(img, two, index(0, one), depth=1)
    put_root(img, "/file", index(0, one), depth=2)
