"""ee_len is 0: a reader that goes on by it stands still."""

from fault import bare, extent, put_root

SAYS = "the root of its extent tree is damaged: an extent is empty"


def build(img):
    bare(img)
    put_root(img, "/file", extent(0, 0, 900))
