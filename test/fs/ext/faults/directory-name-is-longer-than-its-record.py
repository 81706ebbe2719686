"""name_len is 255 in a record of 12 bytes."""

from fault import bare, put_record

SAYS = "a name is longer than its record"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    put_record(img, 6, "B", 255)
