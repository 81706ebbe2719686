"""The same with the CRC16 of uninit_bg."""

import image
from fault import bare, K

SAYS = "the descriptor of group 0 has a wrong checksum"


def build(img):
    bare(img, features="^metadata_csum,^has_journal,uninit_bg")
    image.flip(img, 2 * K + 0x0c)
