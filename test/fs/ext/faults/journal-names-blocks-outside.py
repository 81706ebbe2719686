"""Tags for blocks behind the end of the disk."""

from fault import Journal

SAYS = None
CODE = 0


def build(img):
    log = Journal(img)
    log.descriptor(0xffffffff, 0x7fffffff)
    log.put(b"a")
    log.put(b"b")
    log.commit()
