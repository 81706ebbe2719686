"""The journal's superblock contradicts the journal: it is not used, and that is said."""

from fault import Journal

SAYS = "the journal's superblock is damaged: its magic number is 0"
CODE = 0


def build(img):
    log = Journal(img)
    log.super(0x0, 0x0)
