"""The record that holds the checksum is no such record any more."""

import image
from fault import block, checked, K

SAYS = "its checksum is wrong"
ASKS = ["ls", "/dir"]


def build(img):
    checked(img)
    image.poke(img, block(img, "/dir", 1) * K + K - 5, b"\0")
