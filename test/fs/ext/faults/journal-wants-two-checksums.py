"""Versions 2 and 3 at once."""

from fault import Journal

SAYS = "asks for two kinds of checksum at once"
CODE = 0


def build(img):
    log = Journal(img)
    log.super(0x28, 0x18)
