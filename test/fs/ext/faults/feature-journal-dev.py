"""The disk is a journal, not a file system."""

from fault import add_incompat, bare

SAYS = "is the external journal of a file system on another disk"


def build(img):
    bare(img)
    add_incompat(img, 8)
