"""rec_len is 8: no room for a name."""

from fault import bare, put_record

SAYS = "a record has an impossible length"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    put_record(img, 4, "H", 8)
