"""A name with inode 5, the boot loader's, that no file can have."""

from fault import bare, put_record

SAYS = "a directory names inode 5, which no file can have"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    put_record(img, 0, "I", 5)
