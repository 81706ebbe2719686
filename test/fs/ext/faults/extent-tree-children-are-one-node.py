"""Both entries of an index lead to the same leaf. It was found sound for the first; for the second it holds
nothing, and that is read as zeros, as in Linux."""

from fault import bare, block, extent, index, K, put_node, put_root, put_size

SAYS = None
CODE = 0


def build(img):
    bare(img)
    put_size(img, "/file", 200 * K)
    node = block(img, "/file")
    put_node(img, node, *(extent(n, 1, 900) for n in range(50)))
    put_root(img, "/file", index(0, node), index(100, node), depth=1)
