"""i_size of a directory is 4 GiB on a disk of 4 MiB."""

from fault import bare, inode, put

SAYS = "more than the disk has"
ASKS = ["ls", "/dir"]


def build(img):
    bare(img)
    put(img, inode(img, "/dir") + 4, "I", 0xfffffc00)
