"""A file of 4 GiB and 20 KiB of which 20 KiB were ever written: what follows are zeros, as in Linux, and
nothing else of the disk."""

from fault import bare, K, put_size

SAYS = None
SHOWS = b"fff"


def build(img):
    bare(img)
    put_size(img, "/file", (4 << 30) + 20 * K)
