"""A bit of an extent block has changed."""

import image
from fault import checked, extent_block, K

SAYS = "its checksum is wrong"


def build(img):
    checked(img)
    image.flip(img, extent_block(img) * K + 12)
