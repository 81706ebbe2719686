"""CVE-2019-13105: U-Boot freed a buffer twice after a read of a symlink's block had failed. The block here
lies outside the file system; two reads of it, one after the other."""

import image
from fault import bare, extent, put_root

SAYS = "outside the file system"
ASKS = ["cat", "/link"]


def build(img):
    bare(img)
    image.debugfs(img, "symlink twice link/../link")
    put_root(img, "/link", extent(0, 1, 0xfffffff))
