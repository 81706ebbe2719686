"""A name with the inode 2^32 - 1."""

from fault import bare, put_record

SAYS = "a name belongs to an inode that does not exist"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    put_record(img, 0, "I", 0xffffffff)
