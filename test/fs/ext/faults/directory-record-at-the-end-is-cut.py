"""The last record leaves 4 bytes, too few for another."""

import image
from fault import bare, block, K, put

SAYS = "a record has an impossible length"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    at = block(img, "/dir") * K
    record = at + image.peek(img, at, K).index(b"name") - 8
    put(img, record + 4, "H", at + K - record - 3)
