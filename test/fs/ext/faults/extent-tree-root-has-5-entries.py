"""The inode has room for 4 extents; the fifth is read from what follows (GRUB and U-Boot trusted it)."""

from fault import bare, put_root

SAYS = "the root of its extent tree is damaged: it has more entries than room"


def build(img):
    bare(img)
    put_root(img, "/file", entries=5, room=5)
