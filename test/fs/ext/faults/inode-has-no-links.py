"""The file's inode has no links: it was deleted, and a name that leads to it was left."""

import image
from fault import checked

SAYS = "has a name but is not in use"


def build(img):
    checked(img)
    image.debugfs(img, "sif /file links_count 0")
