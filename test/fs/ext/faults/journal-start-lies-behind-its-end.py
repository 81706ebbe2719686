"""The journal's superblock contradicts the journal: it is not used, and that is said."""

from fault import Journal

SAYS = "the journal's superblock is damaged: s_start is 2147483647"
CODE = 0


def build(img):
    log = Journal(img)
    log.super(0x1c, 0x7fffffff)
