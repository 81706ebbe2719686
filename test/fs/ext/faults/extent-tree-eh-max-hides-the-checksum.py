"""eh_max leads behind the block, and so would the checksum."""

from fault import checked, extent_block, K, put

SAYS = "its extent tree is damaged at block"


def build(img):
    checked(img)
    put(img, extent_block(img) * K + 4, "H", 0xffff)
