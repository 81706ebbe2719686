"""A name that is a path: it could lead anywhere."""

from fault import bare, put_record

SAYS = "a name is empty, or holds '/' or a zero byte"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    put_record(img, 9, "B", ord("/"))
