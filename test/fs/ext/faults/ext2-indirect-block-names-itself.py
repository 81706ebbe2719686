"""A pointer block that is its own content: its own number, too, lies inside, and is data then."""

import image
from fault import bare, block, inode, K, put

SAYS = None
ASKS = ["ls", "/file"]
CODE = 0
SHOWS = b"file           20480 /file\n"


def build(img):
    bare(img, kind="ext2", features="none")
    node = block(img, "/file", 12)
    image.poke(img, node * K, node.to_bytes(4, "little") * (K // 4))
    put(img, inode(img, "/file") + 0x28 + 4 * 12, "I", node)
