"""rec_len is 1: a crawl of one byte at a time over records that overlap."""

from fault import bare, put_record

SAYS = "a record has an impossible length"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    put_record(img, 4, "H", 1)
