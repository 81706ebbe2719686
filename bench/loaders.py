"""The loaders that are compared: what each needs on the host, and QEMU's arguments for it."""

import shutil
import subprocess

from guests import INITRD, KERNEL, LABEL, OPTIONS, run
from machine import USB, initrd_marks, kernel_marks, pe_entry

GRUB_MODULES = """
    part_gpt part_msdos fat ext2 normal configfile linux search search_fs_uuid search_label gzio
    echo test loadenv all_video minicmd sleep true halt reboot""".split()

REFIND_CONF = f"""timeout -1
textonly
use_nvram false
scanfor manual
menuentry "Debian GNU/Linux" {{
    volume "{LABEL}"
    loader {KERNEL}
    initrd {INITRD}
    options "{OPTIONS}"
}}
"""


class Loader:
    """A way to boot. FILE is the program that the firmware starts, or None. INSIDE has further marks in it. PROBE
    is the name of the probe that is started in the same way."""

    probe = "probe"

    def __init__(self, name, title, file, *, inside=None):
        self.name, self.title, self.file, self.inside = name, title, file, inside or {}

    def arguments(self, guest):
        raise NotImplementedError

    def marks(self, guest):
        marks = kernel_marks(guest.kernel) | self.inside
        return {"loader": pe_entry(self.file), **marks} if self.file else marks

    def size(self):
        return self.file.stat().st_size if self.file else 0


class Floor(Loader):
    """QEMU hands kernel and initrd to the firmware: no loader at all."""

    probe = "probe-kernel"

    def __init__(self):
        super().__init__("floor", "-kernel and -initrd", None)

    def arguments(self, guest):
        return ["-kernel", guest.kernel, "-initrd", guest.initrd, "-append", OPTIONS]


class AsKernel(Loader):
    """QEMU hands the loader itself to the firmware."""

    probe = "probe-kernel"

    def arguments(self, guest):
        return ["-kernel", self.file]


class FromUsb(Loader):
    """A directory of the host as a read-only USB disk. MORE are files of the host to put there."""

    def __init__(self, name, title, file, directory, usb, more=None, *, inside=None):
        super().__init__(name, title, file, inside=inside)
        self.usb, self.directory = usb, directory
        shutil.rmtree(directory, ignore_errors=True)
        (directory / "EFI/BOOT").mkdir(parents=True)
        shutil.copy(file, directory / "EFI/BOOT/BOOTX64.EFI")
        for path, content in (more or {}).items():
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_bytes(content)

    def arguments(self, guest):
        return ["-drive", f"if=none,id=host,format=raw,readonly=on,file=fat:{self.directory}",
                "-device", USB[self.usb], "-device", "usb-storage,drive=host"]


def extents(guest):
    """The input of test/efi/probe.c, which searches nothing: where on the disk the files lie."""
    pieces = guest.pieces["vmlinuz"] + guest.pieces["initrd.img"]
    numbers = [guest.kernel.stat().st_size, guest.initrd.stat().st_size, len(pieces)]
    numbers += [number for piece in pieces for number in piece]
    return b"".join(n.to_bytes(8, "little") for n in numbers)


class Probe(FromUsb):
    def arguments(self, guest):
        (self.directory / "extents").write_bytes(extents(guest))
        (self.directory / "options").write_bytes((OPTIONS + "\0").encode("utf-16-le"))
        return super().arguments(guest)


APPENDED = 8192  # where test/efi/probe.c looks for the extents


class ProbeAsKernel(AsKernel):
    def arguments(self, guest):
        file = guest.directory / "probe.efi"
        file.write_bytes(self.file.read_bytes().ljust(APPENDED, b"\0") + extents(guest))
        return ["-kernel", file, "-append", OPTIONS]


def make_grub(directory):
    """GRUB as one image with all its modules; it reads its menu on the guest's disk."""
    image = directory / "grub.efi"
    run("grub-mkimage", "-O", "x86_64-efi", "-p", "(hd1)/boot/grub", "-o", image, *GRUB_MODULES)
    return image


def fetch_refind(directory):
    """The files of Debian's package. It is not installed, as it would install rEFInd on the host's own ESP."""
    files = directory / "refind"
    if not files.exists():
        download = directory / "refind.download"
        shutil.rmtree(download, ignore_errors=True)
        download.mkdir()
        subprocess.run(["apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", "refind"],
                       cwd=download, check=True, stdout=subprocess.DEVNULL)
        run("dpkg", "-x", next(download.glob("*.deb")), download / "x")
        (download / "x/usr/share/refind/refind").rename(files)
        shutil.rmtree(download)
    return files


def make_all(build, directory, usb):
    """All loaders, in the order of the table."""
    directory.mkdir(parents=True, exist_ok=True)
    grub = make_grub(directory)
    refind = fetch_refind(directory)
    partless, probe = build / "BOOTX64.EFI", build / "x86_64/test/probe.efi"
    at = lambda name: directory / f"host-{name}"
    ours = initrd_marks(build / "x86_64/partless.efi")
    return [
        Floor(),
        Probe("probe", "probe: the device's limit", probe, at("probe"), usb),
        ProbeAsKernel("probe-kernel", "probe, by -kernel", probe),
        FromUsb("partless", f"Partless, from USB ({usb})", partless, at("partless"), usb, inside=ours),
        AsKernel("partless-kernel", "Partless, by -kernel", partless, inside=ours),
        FromUsb("grub", f"GRUB, from USB ({usb})", grub, at("grub"), usb),
        FromUsb("refind", f"rEFInd, from USB ({usb})", refind / "refind_x64.efi", at("refind"), usb, {
            "EFI/BOOT/refind.conf": REFIND_CONF.encode(),
            "EFI/BOOT/drivers_x64/ext4_x64.efi":
                (refind / "drivers_x64/ext4_x64.efi").read_bytes()}),
    ]
