"""An index leads behind the end of the file system."""

from fault import bare, index, put_root

SAYS = "an extent lies outside the file system"


def build(img):
    bare(img)
    put_root(img, "/file", index(0, 0xfffffffff), depth=1)
