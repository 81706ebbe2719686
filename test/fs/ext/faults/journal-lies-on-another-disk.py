"""needs_recovery with s_journal_inum 0."""

from fault import Journal, put_super

SAYS = "its journal lies on another disk"


def build(img):
    Journal(img)
    put_super(img, 0xe0, "I", 0)
