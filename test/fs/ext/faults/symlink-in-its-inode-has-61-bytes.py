"""A short symlink whose size is more than the inode holds: the rest would be the inode's next fields."""

import image
from fault import bare, put_size

SAYS = "outside the file system"
ASKS = ["cat", "/fast"]


def build(img):
    bare(img)
    image.debugfs(img, "symlink fast file")
    put_size(img, "/fast", 61)
