"""A bit of the root of the hash tree has changed."""

import image
from fault import block, checked, K

SAYS = "block 0 of it is damaged: its checksum is wrong"
ASKS = ["ls", "/dir"]


def build(img):
    checked(img)
    image.flip(img, block(img, "/dir") * K + 40)
