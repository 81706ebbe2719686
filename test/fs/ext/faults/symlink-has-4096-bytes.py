"""One byte more than Linux allows, and no room for a NUL behind it."""

from fault import bare, put_size

SAYS = "has 4096 bytes"
ASKS = ["cat", "/link"]


def build(img):
    bare(img)
    put_size(img, "/link", 4096)
