"""A record that ends in the next block."""

from fault import bare, put_record

SAYS = "a record has an impossible length"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    put_record(img, 4, "H", 2000)
