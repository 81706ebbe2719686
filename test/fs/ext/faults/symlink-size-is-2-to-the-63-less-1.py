"""CVE-2020-14311 in 64 bits: the size plus 1 is negative."""

from fault import bare, put_size

SAYS = "has 9223372036854775807 bytes"
ASKS = ["cat", "/link"]


def build(img):
    bare(img)
    put_size(img, "/link", (1 << 63) - 1)
