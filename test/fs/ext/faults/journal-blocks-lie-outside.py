"""The journal's extents lead behind the end of the file system."""

from fault import extent, Journal, put_root, put_super

SAYS = "and its journal cannot be used"
CODE = 0


def build(img):
    Journal(img)
    put_root(img, "<8>", extent(0, 0x8000, 0xffffff))
    put_super(img, 0xfd, "B", 0)
