"""The processors that machines are started with, the firmware of those machines, and the one that runs the tests."""

import platform
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

SHARE = Path("/usr/share")


class Flash(NamedTuple):
    """Firmware in flash: its code, and its variables, of which each machine gets a copy. If LOCKED, only the
    firmware's own code may write them; that needs the machine "q35,smm=on"."""

    code: Path
    variables: Path
    locked: bool = False

    def below(self, directory):
        """The same, where its files lie below DIRECTORY as they lie below /usr/share when they are installed."""
        return self._replace(code=directory / self.code, variables=directory / self.variables)


class Processor(NamedTuple):
    """What a machine of this processor is started with. NAME is Partless' own for it, and LOADER its loader's.
    FIRMWARE is the Debian package of its firmware, and BIOS and FLASHES are what that has below /usr/share:
    "pflash"; "secure", which starts only what Debian's snakeoil key has signed; and since Debian 13 "strict",
    which lets no memory be both written and executed."""

    name: str
    called: str  # in messages
    number: int  # of its programs: PE format, 3.3.1
    serial: str  # Linux' name for the serial line
    loader: str
    machine: str
    kernel: str  # the Debian package that depends on its kernel
    firmware: str
    bios: str
    flashes: dict
    screen: tuple  # QEMU's arguments for one, and for a keyboard
    tpm: str  # QEMU's device
    more: tuple = ()

    def __str__(self):
        return self.name

    def __hash__(self):
        return hash(self.name)

    def new_variables(self, path):
        """Makes the file PATH, and returns it: variables for flash, as a new machine has them."""
        return shutil.copy(SHARE / self.flashes["pflash"].variables, path)


X86_64 = Processor(
    "x86_64", "x86-64", 0x8664, "ttyS0", "BOOTX64.EFI", "pc", "linux-image-cloud-amd64", "ovmf", "ovmf/OVMF.fd", {
        "pflash": Flash("OVMF/OVMF_CODE_4M.fd", "OVMF/OVMF_VARS_4M.fd"),
        "secure": Flash("OVMF/OVMF_CODE_4M.secboot.fd", "OVMF/OVMF_VARS_4M.snakeoil.fd", locked=True),
        "strict": Flash("OVMF/OVMF_CODE_4M.secboot.strictnx.fd", "OVMF/OVMF_VARS_4M.fd", locked=True)},
    ("-vga", "std"), "tpm-tis")

AARCH64 = Processor(
    "aarch64", "aarch64", 0xAA64, "ttyAMA0", "BOOTAA64.EFI", "virt", "linux-image-cloud-arm64",
    "qemu-efi-aarch64", "AAVMF/AAVMF_CODE.fd", {
        "pflash": Flash("AAVMF/AAVMF_CODE.fd", "AAVMF/AAVMF_VARS.fd"),
        "secure": Flash("AAVMF/AAVMF_CODE.snakeoil.fd", "AAVMF/AAVMF_VARS.snakeoil.fd"),
        "strict": Flash("AAVMF/AAVMF_CODE.secboot.strictnx.fd", "AAVMF/AAVMF_VARS.fd")},
    ("-device", "ramfb", "-device", "usb-kbd"), "tpm-tis-device",
    # Without a boot menu of no seconds, the firmware waits for five.
    ("-cpu", "cortex-a57", "-boot", "menu=on,splash-time=0"))

# This machine's, for which the command judges if nobody says otherwise, and one that is not.
OWN, OTHER = (AARCH64, X86_64) if platform.machine() == AARCH64.name else (X86_64, AARCH64)

# A test that starts machines does so for each processor; for aarch64 as a trial, except where it is marked BOTH.
EACH = pytest.mark.parametrize("processor", [X86_64, pytest.param(AARCH64, marks=pytest.mark.trial)], ids=str)
BOTH = pytest.mark.parametrize("processor", [X86_64, AARCH64], ids=str)
ONLY_X86_64 = pytest.mark.parametrize("processor", [X86_64], ids=str)
ONLY_AARCH64 = pytest.mark.parametrize("processor", [AARCH64], ids=str)
