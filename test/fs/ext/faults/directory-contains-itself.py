"""A name in a directory is the directory: a path may go round, and ends where its own length ends."""

from fault import bare, number, put_record

SAYS = None
ASKS = ["ls", "/dir/name/name/name/name"]
CODE = 0
SHOWS = b"dir             1024 name\n"


def build(img):
    bare(img)
    put_record(img, 0, "I", number(img, "/dir"))
