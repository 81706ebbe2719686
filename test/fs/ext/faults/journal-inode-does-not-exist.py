"""s_journal_inum is 2^32 - 1. The superblock holds a copy of the right inode."""

from fault import Journal, put_super

SAYS = "the journal is read with the superblock's copy of its inode"
CODE = 0


def build(img):
    Journal(img)
    put_super(img, 0xe0, "I", 0xffffffff)
