"""The newest copy of the superblock in the log is zeros."""

from fault import Journal

SAYS = "the superblock in its journal does not fit"


def build(img):
    log = Journal(img)
    log.descriptor(1)
    log.put(b"")
    log.commit()
