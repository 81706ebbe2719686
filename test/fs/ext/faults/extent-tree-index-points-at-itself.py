"""A node of depth 1 is its own child: GRUB follows it for ever."""

from fault import bare, block, index, put_node, put_root

SAYS = "its depth is wrong"


def build(img):
    bare(img)
    node = block(img, "/file")
    put_node(img, node, index(0, node), depth=1)
    put_root(img, "/file", index(0, node), depth=2)
