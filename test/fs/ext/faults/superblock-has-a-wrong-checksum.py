"""A bit of the volume's name has changed."""

import image
from fault import checked

SAYS = "the superblock is damaged: its checksum is wrong"


def build(img):
    checked(img)
    image.flip(img, 1024 + 0x78)
