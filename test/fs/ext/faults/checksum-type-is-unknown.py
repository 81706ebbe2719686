"""metadata_csum with a type other than CRC32C."""

import image
from fault import bare, put_super
from jbd2 import crc32c

SAYS = "the checksums are of an unknown type, 2"


def build(img):
    bare(img)
    put_super(img, 0x64, "I", image.super_u32(img, 0x64) | 0x400)
    put_super(img, 0x175, "B", 2)
    put_super(img, 0x3fc, "I", crc32c(image.peek(img, 1024, 0x3fc)))
