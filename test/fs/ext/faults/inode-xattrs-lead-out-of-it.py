"""The value of system.data lies behind the inode's end."""

import image
from fault import bare, inode, put

SAYS = "its extended attributes are damaged"
ASKS = ["cat", "/inline"]


def build(img):
    bare(img, features="^metadata_csum,^has_journal,inline_data")
    image.debugfs(img, "write /dev/null inline")
    at = inode(img, "/inline")
    put(img, at + 0x20, "I", 0x10000000)
    put(img, at + 0x80, "H", 32)
    put(img, at + 160, "I", 0xea020000)
    put(img, at + 164, "BBHIII", 4, 7, 60, 0, 0x7fffffff, 0)
    image.poke(img, at + 180, b"data")
