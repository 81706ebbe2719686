"""i_extra_isize is no multiple of 4 and leads past the inode."""

from fault import bare, inode, put

SAYS = "i_extra_isize is 130"


def build(img):
    bare(img)
    put(img, inode(img, "/file") + 0x80, "H", 130)
