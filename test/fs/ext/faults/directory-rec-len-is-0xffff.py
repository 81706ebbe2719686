"""rec_len is 65535, which means a whole block only where blocks have 64 KiB."""

from fault import bare, put_record

SAYS = "a record has an impossible length"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    put_record(img, 4, "H", 0xffff)
