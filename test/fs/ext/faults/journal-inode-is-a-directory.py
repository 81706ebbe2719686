"""s_journal_inum names the root directory. The superblock holds a copy of the right inode."""

from fault import Journal, put_super

SAYS = "the journal is read with the superblock's copy of its inode"
CODE = 0


def build(img):
    Journal(img)
    put_super(img, 0xe0, "I", 2)
