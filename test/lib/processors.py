"""The processors that machines are started with."""

from pathlib import Path
from typing import NamedTuple

import pytest


class Processor(NamedTuple):
    """What a machine of this processor is started with. NAME is Partless' own for it, and LOADER its loader's."""

    name: str
    loader: str
    machine: str
    bios: Path
    kernel: str  # the Debian package that depends on its kernel
    more: tuple = ()

    def __str__(self):
        return self.name


X86_64 = Processor("x86_64", "BOOTX64.EFI", "pc", Path("/usr/share/ovmf/OVMF.fd"), "linux-image-cloud-amd64")
# Without a boot menu of no seconds, the firmware waits for five.
AARCH64 = Processor("aarch64", "BOOTAA64.EFI", "virt", Path("/usr/share/AAVMF/AAVMF_CODE.fd"),
                    "linux-image-cloud-arm64", ("-cpu", "cortex-a57", "-boot", "menu=on,splash-time=0"))

# For tests that boot machines of both.
BOTH = pytest.mark.parametrize("processor", [X86_64, AARCH64], ids=str)
