"""name_len is 0 with an inode."""

from fault import bare, put_record

SAYS = "a name is empty, or holds '/' or a zero byte"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    put_record(img, 6, "B", 0)
