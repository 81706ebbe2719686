"""rec_len is 0: the reader stands still."""

from fault import bare, put_record

SAYS = "a record has an impossible length"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    put_record(img, 4, "H", 0)
