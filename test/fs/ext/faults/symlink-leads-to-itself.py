"""A circle of one."""

import image
from fault import bare

SAYS = "leads through more than 40 symlinks, perhaps in a circle"
ASKS = ["cat", "/me"]


def build(img):
    bare(img)
    image.debugfs(img, "symlink me me")
