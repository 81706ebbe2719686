"""The log holds a copy for a block of the log: what lies there is read as it is on the disk."""

from fault import Journal

SAYS = None
CODE = 0
SHOWS = b"fff"


def build(img):
    log = Journal(img)
    log.descriptor(log.blocks[4])
    log.put(b"x")
    log.commit()
    log.commit()
