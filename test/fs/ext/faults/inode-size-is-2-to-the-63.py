"""A size that no file has, negative where sizes are signed."""

from fault import bare, put_size

SAYS = "its size is 9223372036854775808"


def build(img):
    bare(img)
    put_size(img, "/file", 1 << 63)
