"""A file of 2^40 bytes: three trees of 1 KiB blocks reach 16 GiB, and what is behind the blocks in use is a
hole."""

from fault import bare, put_size

SAYS = None
ASKS = ["ls", "/file"]
CODE = 0
SHOWS = b"file    1099511627776 /file\n"


def build(img):
    bare(img, kind="ext2", features="large_file")
    put_size(img, "/file", 1 << 40)
