"""CVE-2020-14311 (GRUB), CVE-2024-57256 (U-Boot): the size plus 1 for a NUL was 0, and so was what was
allocated."""

from fault import bare, inode, put

SAYS = "has 4294967295 bytes"
ASKS = ["cat", "/link"]


def build(img):
    bare(img)
    put(img, inode(img, "/link") + 4, "I", 0xffffffff)
