"""Every block of the log is a descriptor of the same transaction, which is never committed."""

from fault import Journal

SAYS = None
CODE = 0


def build(img):
    log = Journal(img)
    while log.next < len(log.blocks):
        log.descriptor(*range(2000, 2100))
