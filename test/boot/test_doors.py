"""One guest, through each door by which firmware finds the loader."""

import shutil

import pytest

from guest import entry
from processors import ONLY_X86_64
from test_media import medium, through  # noqa: F401 (fixtures)
from test_network import IPXE, http_boot, pxe, web  # noqa: F401 (fixtures)

BOOTS_ON = ONLY_X86_64


@pytest.fixture
def doors(boot, direct, through, pxe, http_boot, web, medium, host):  # noqa: F811
    """For each door, what starts a machine with a disk."""
    (host / "partless.conf").write_text("options-append by=door\n")
    shutil.copy(medium("img"), host / "partless.img")
    web.types.update({".conf": "application/efi", ".img": "application/vnd.efi-img"})
    return {
        "directory": boot,
        "kernel": lambda disk: direct("options-append=by=door", disk),
        **{way: lambda disk, way=way: through(way, disk) for way in ("usb", "virtio", "sata", "sata-cd")},
        "PXE": pxe,
        "iPXE": lambda disk: pxe(disk, card=IPXE),
        "HTTP": lambda disk: http_boot("EFI/BOOT/BOOTX64.EFI", disk),
        "image by HTTP": lambda disk: http_boot("partless.img", disk),
    }


@pytest.mark.trial
def test_one_guest_boots_through_every_door(doors, images):
    disk = images.guest("timeout 0\n" + entry("Guest"))
    for start in doors.values():
        machine = start(disk)
        facts = machine.guest()
        assert facts["root"] == "/dev/vda ext4 ro"
        assert facts["cmdline"].endswith(" by=door")
        machine.ends()
