"""s_first_data_block lies behind the end of the file system."""

from fault import bare, put_super

SAYS = "4294967295 cannot be the first data block"


def build(img):
    bare(img)
    put_super(img, 0x14, "I", 0xffffffff)
