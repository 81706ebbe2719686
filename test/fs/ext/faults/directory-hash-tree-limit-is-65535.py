"""The number of hashes leads behind the block, and so would the checksum."""

from fault import block, checked, K, put

SAYS = "block 0 of it is damaged: its checksum is wrong"
ASKS = ["ls", "/dir"]


def build(img):
    checked(img)
    put(img, block(img, "/dir") * K + 0x20, "HH", 0xffff, 0xffff)
