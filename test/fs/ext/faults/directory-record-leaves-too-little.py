"""Behind the last record 8 bytes are left: a header, and no name."""

import image
from fault import bare, block, K, put

SAYS = "a record crosses its end"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    at = block(img, "/dir") * K
    record = at + image.peek(img, at, K).index(b"name") - 8
    put(img, record + 4, "H", at + K - record - 8)
