"""Firmware that watches over what is executed: edk2 2025.02 has EFI_MEMORY_ATTRIBUTE_PROTOCOL, and its strict
build leaves nothing executable that is no program."""

import shutil

import pytest

from guest import entry
from qemu import Flash

RETURNS = "on-failure firmware\n"


@pytest.fixture(params=["q35", "q35,smm=on"], ids=["usual", "strict"])
def newer(request, boot, trixie):
    """newer(DISK, ...) starts a machine with such firmware."""
    strict = "smm" in request.param
    code = trixie / ("OVMF_CODE_4M.secboot.strictnx.fd" if strict else "OVMF_CODE_4M.fd")
    flash = Flash(code, trixie / "OVMF_VARS_4M.fd", locked=strict)
    return lambda *disks, **options: boot(*disks, machine=request.param, firmware=flash, timeout=120, **options)


@pytest.fixture
def beside(tmp_path):
    """beside(PROGRAM) gives QEMU's arguments for a USB disk with it, which the firmware starts next."""

    def make(program):
        directory = tmp_path / program.stem
        (directory / "EFI/BOOT").mkdir(parents=True)
        shutil.copy(program, directory / "EFI/BOOT/BOOTX64.EFI")
        (directory / "partless.conf").write_text(RETURNS)
        return ["-drive", f"if=none,id={program.stem},format=raw,readonly=on,file=fat:{directory}",
                "-device", f"usb-storage,drive={program.stem}"]

    return make


def test_a_guest_boots(newer, images):
    vm = newer(images.guest("timeout 1\n" + entry("Guest")))
    assert vm.guest()["root"] == "/dev/vda ext4 ro"
    vm.ends()


def test_after_the_loader_the_firmware_starts_what_comes_next(newer, host, beside, build):
    """Each of them is put where the loader lay: the last, the firmware's own menu, is the largest."""
    (host / "partless.conf").write_text(RETURNS)
    vm = newer(more=beside(build / "x86_64/partless.efi") + beside(build / "x86_64/test/hello.efi"))
    for _ in range(2):
        vm.says("Partless returns to the firmware.")
        vm.says("BdsDxe: failed to start")
    vm.says("hello: done")
    vm.says("Continue")


@pytest.mark.parametrize("file", ["BOOTX64.EFI", "x86_64/partless.efi"])
@pytest.mark.parametrize("boots", [True, False], ids=["a program", "nothing"])
def test_the_loader_leaves_nothing_behind(boot, images, host, build, file, boots):
    """Whoever starts it may be no boot manager, which would put this right itself."""
    shutil.copy(build / "x86_64/test/around.efi", host / "EFI/BOOT/BOOTX64.EFI")
    shutil.copy(build / file, host / "loader.efi")
    (host / "partless.conf").write_text(RETURNS)
    menu = "timeout 1\ntitle Hello\nefi /boot/hello.efi\n" if boots else ""
    vm = boot(images.guest(menu, {"/boot/hello.efi": (build / "x86_64/test/hello.efi").read_bytes(),
                                  "/boot/vmlinuz": b""}))
    vm.says("hello: done" if boots else "Partless returns to the firmware.")
    vm.shows_first("around: done", "around: left")
