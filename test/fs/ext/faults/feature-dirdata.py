"""A feature that nobody reads is named."""

from fault import add_incompat, bare

SAYS = "the feature 'dirdata' is not supported"


def build(img):
    bare(img)
    add_incompat(img, 0x1000)
