"""The doors by which the firmware finds Partless: QEMU's arguments for each. The loader's device has the first place in
the boot order, as in docs/examples."""

import shutil

from guests import ROOT, run
from loaders import Loader
from machine import USB, initrd_marks

READ_ONLY = "if=none,id=host,format=raw,readonly=on"
NETWORK = "user,id=net,tftp={directory}/EFI/BOOT,bootfile=BOOTX64.EFI"


class Door(Loader):
    """WORDS are QEMU's arguments, in which {directory}, {img} and {iso} are those of MEDIA."""

    def __init__(self, name, title, file, media, *words, **more):
        super().__init__(name, title, file, **more)
        self.words = [word.format_map(media) for word in words]

    def arguments(self, guest):
        return self.words


def make_media(file, directory):
    """The loader FILE in a directory, as an image and as a CD; all of them below DIRECTORY."""
    shutil.rmtree(directory, ignore_errors=True)
    media = {"directory": directory / "boot", "img": directory / "partless.img", "iso": directory / "partless.iso"}
    (media["directory"] / "EFI/BOOT").mkdir(parents=True)
    shutil.copy(file, media["directory"] / "EFI/BOOT/BOOTX64.EFI")
    run(ROOT / "scripts/mkimage", "--directory", media["directory"], media["img"], media["iso"])
    return media | {"file": file}


def make_all(build, directory):
    """All doors, in the order of the table."""
    file = build / "BOOTX64.EFI"
    media = make_media(file, directory)
    inside = initrd_marks(build / "x86_64/partless.efi")
    fat, img, iso = (f"{READ_ONLY},file={what}" for what in ("fat:{directory}", "{img}", "{iso}"))
    usb = "usb-storage,drive=host,bootindex=1"
    blk = "virtio-blk-pci,drive=host,bootindex=1"
    scsi = ["-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=host,bootindex=1"]
    sata = ["-device", "ich9-ahci,id=ahci", "-device"]
    door = lambda name, title, *words: Door(name, title, file, media, *words, inside=inside)
    return [
        door("kernel", "`-kernel`", "-kernel", "{file}"),
        *(door(f"kernel-{name}", f"`-kernel`, beside {name.upper()}", "-kernel", "{file}", "-device", USB[name])
          for name in USB),
        *(door(f"directory-{name}", f"directory, USB ({name.upper()})", "-drive", fat, "-device", USB[name],
               "-device", usb) for name in USB),
        door("directory-virtio", "directory, virtio-blk", "-drive", fat, "-device", blk),
        door("directory-scsi", "directory, virtio-scsi", "-drive", fat, *scsi),
        door("image-usb", "image, USB (XHCI)", "-drive", img, "-device", USB["xhci"], "-device", usb),
        door("image-virtio", "image, virtio-blk", "-drive", img, "-device", blk),
        door("image-scsi", "image, virtio-scsi", "-drive", img, *scsi),
        door("image-sata", "image, SATA (`snapshot=on`)", "-drive", img.replace("readonly=on", "snapshot=on"), *sata,
             "ide-hd,bus=ahci.0,drive=host,bootindex=1"),
        door("cd-sata", "ISO, CD on SATA", "-drive", f"{iso},media=cdrom", *sata,
             "ide-cd,bus=ahci.0,drive=host,bootindex=1"),
        door("cd-usb", "ISO, CD on USB (XHCI)", "-drive", f"{iso},media=cdrom", "-device", USB["xhci"],
             "-device", usb),
        door("pxe", "PXE of the firmware", "-netdev", NETWORK, "-device",
             "virtio-net-pci,netdev=net,bootindex=1,romfile="),
    ]
