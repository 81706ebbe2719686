"""The journal's superblock contradicts the journal: it is not used, and that is said."""

from fault import Journal

SAYS = "the journal's superblock is damaged: s_blocksize is 4096"
CODE = 0


def build(img):
    log = Journal(img)
    log.super(0xc, 0x1000)
