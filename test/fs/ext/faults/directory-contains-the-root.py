"""A name leads back to the root: a walk without a bound does not end."""

from fault import bare, put_record

SAYS = None
ASKS = ["ls", "/dir/name/dir/name/dir"]
CODE = 0
SHOWS = b"dir             1024 name\n"


def build(img):
    bare(img)
    put_record(img, 0, "I", 2)
