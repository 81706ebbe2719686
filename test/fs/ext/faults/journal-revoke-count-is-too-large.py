"""r_count claims more bytes than a block has."""

from fault import Journal

SAYS = "a block of revoke records says that it is longer than a block"
CODE = 0


def build(img):
    log = Journal(img)
    log.revoke(0xffffffff, 900)
    log.commit()
