"""A bit among the journal's features that nobody has given a meaning yet."""

from fault import Journal

SAYS = "the journal needs features that this version does not know (0x80000000)"
CODE = 0


def build(img):
    log = Journal(img)
    log.super(0x28, 0x80000000)
