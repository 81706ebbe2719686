"""A bit of a group descriptor has changed."""

import image
from fault import checked, K

SAYS = "the descriptor of group 0 has a wrong checksum"


def build(img):
    checked(img)
    image.flip(img, 2 * K + 0x0c)
