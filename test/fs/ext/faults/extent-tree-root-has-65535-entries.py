"""eh_entries and eh_max are 65535."""

from fault import bare, put_root

SAYS = "the root of its extent tree is damaged: it has more entries than room"


def build(img):
    bare(img)
    put_root(img, "/file", entries=65535, room=65535)
