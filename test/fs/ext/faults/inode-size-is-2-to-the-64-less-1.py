"""A size that no file has, negative where sizes are signed."""

from fault import bare, put_size

SAYS = "its size is 18446744073709551615"


def build(img):
    bare(img)
    put_size(img, "/file", (1 << 64) - 1)
