"""A file system of 4 TiB on a disk of 4 MiB."""

from fault import bare, put_super

SAYS = "the image was cut short, or the disk made smaller"


def build(img):
    bare(img)
    put_super(img, 0x150, "I", 1)
