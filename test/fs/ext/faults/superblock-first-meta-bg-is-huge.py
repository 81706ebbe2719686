"""s_first_meta_bg lies behind all groups, without meta_bg: it is of no account."""

from fault import bare, put_super

SAYS = None
CODE = 0


def build(img):
    bare(img)
    put_super(img, 0x104, "I", 0xffffffff)
