"""A machine that runs Linux with a shell script as its first process: the kernel as an oracle."""

import guest
from qemu import WITHOUT_CX16, Machine

BEGIN = b"""#!/bin/sh
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
dmesg -n 1
while read -r module; do insmod "/modules/$module"; done </modules/load
"""


def start(directory, tree, script, disks=(), *, files=(), more=(), **options):
    """Starts it with DISKS, as Machine takes them, and the OPTIONS of that. What SCRIPT says comes after BEGIN. The
    kernel and what the script finds in its initrd are those of TREE, a guest's; FILES are further members of it."""
    initrd = directory / "initrd"
    initrd.write_bytes(guest.newc("script", BEGIN + script, 0o100755) + b"".join(files)
                       + guest.newc("TRAILER!!!", b"", 0) + (tree / "boot/initrd.img").read_bytes())
    return Machine(directory, None, disks, **options, more=[
        *WITHOUT_CX16, *more, "-kernel", str(tree / "boot/vmlinuz"), "-initrd", str(initrd),
        "-append", "console=ttyS0 quiet panic=-1 no_timer_check rdinit=/script"])
