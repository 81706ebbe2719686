"""A bit that nobody has given a meaning yet."""

from fault import add_incompat, bare

SAYS = "the feature with bit 0x80000000 is not known"


def build(img):
    bare(img)
    add_incompat(img, 0x80000000)
