"""CVE-2019-13104: U-Boot's length to copy went below zero. The blocks of the file all lie behind i_size:
none of them is shown."""

from fault import bare, extent, put_root, put_size

SAYS = None
CODE = 0
SHOWS = b"\x00\x00\x00\x00\x00"


def build(img):
    bare(img)
    put_root(img, "/file", extent(100, 20, 900))
    put_size(img, "/file", 5)
