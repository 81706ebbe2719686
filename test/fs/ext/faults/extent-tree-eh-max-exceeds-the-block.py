"""eh_max is 85 in a block that has room for 84."""

from fault import bare, block, extent, index, put_node, put_root

SAYS = "it has more entries than room"


def build(img):
    bare(img)
    node = block(img, "/file")
    put_node(img, node, extent(0, 1, 900), room=85)
    put_root(img, "/file", index(0, node), depth=1)
