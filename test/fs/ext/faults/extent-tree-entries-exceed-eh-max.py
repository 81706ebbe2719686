"""eh_entries is 4 and eh_max 3."""

from fault import bare, put_root

SAYS = "the root of its extent tree is damaged: it has more entries than room"


def build(img):
    bare(img)
    put_root(img, "/file", entries=4, room=3)
