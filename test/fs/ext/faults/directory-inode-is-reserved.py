"""A name with inode 5, the boot loader's, that no file has."""

from fault import bare, put_record

SAYS = "a name belongs to inode 5, which no file has"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    put_record(img, 0, "I", 5)
