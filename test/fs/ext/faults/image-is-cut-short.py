"""The second half of the image is missing."""

from fault import bare

SAYS = "has 4194304 bytes and the disk only 2097152: the image was cut short"


def build(img):
    bare(img)
    with open(img, "r+b") as f:
        f.truncate(2 << 20)
