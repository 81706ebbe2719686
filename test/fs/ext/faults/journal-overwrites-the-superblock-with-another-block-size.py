"""The copy of the superblock in the log says that blocks have 64 KiB, after the cache was made for blocks
of 1 KiB: slots too small for what is read into them."""

import image
from fault import Journal, K

SAYS = "the superblock in its journal does not fit"


def build(img):
    log = Journal(img)
    copy = bytearray(image.peek(img, K, K))
    copy[0x18:0x1c] = (6).to_bytes(4, "little")
    copy[0x14:0x18] = bytes(4)
    copy[0x04:0x08] = (8 * 16).to_bytes(4, "little")
    log.descriptor(1)
    log.put(bytes(copy))
    log.commit()
