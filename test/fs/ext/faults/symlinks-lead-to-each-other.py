"""A circle of two, through a directory."""

import image
from fault import bare

SAYS = "leads through more than 40 symlinks, perhaps in a circle"
ASKS = ["cat", "/one"]


def build(img):
    bare(img)
    image.debugfs(img, "symlink one dir/../two", "symlink two dir/../one")
