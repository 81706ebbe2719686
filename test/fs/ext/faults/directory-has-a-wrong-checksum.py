"""A bit of a leaf has changed."""

import image
from fault import block, checked, K

SAYS = "block 1 of it is damaged: its checksum is wrong"
ASKS = ["ls", "/dir"]


def build(img):
    checked(img)
    image.flip(img, block(img, "/dir", 1) * K + 40)
