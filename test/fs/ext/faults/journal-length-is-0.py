"""The journal's superblock contradicts the journal: it is not used, and that is said."""

from fault import Journal

SAYS = "the journal's superblock is damaged: s_maxlen is 0"
CODE = 0


def build(img):
    log = Journal(img)
    log.super(0x10, 0x0)
