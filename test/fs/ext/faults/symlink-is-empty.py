"""A symlink of 0 bytes leads back to its own directory in some readers."""

from fault import bare, put_size

SAYS = "is empty"
ASKS = ["cat", "/link"]


def build(img):
    bare(img)
    put_size(img, "/link", 0)
