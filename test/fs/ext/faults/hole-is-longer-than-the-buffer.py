"""CVE-2019-13106: U-Boot filled all of a hole's block with zeros although less was wanted. A hole of 2^32 -
1 blocks stands before 3 bytes."""

from fault import bare, extent, put_root, put_size

SAYS = None
CODE = 0
SHOWS = b"\x00\x00\x00"


def build(img):
    bare(img)
    put_root(img, "/file", extent(0xfffffff0, 1, 900))
    put_size(img, "/file", 3)
