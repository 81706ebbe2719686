"""Firmware newer than Debian 12's, which watches over what is executed: edk2 2025.02 has
EFI_MEMORY_ATTRIBUTE_PROTOCOL, and its strict build leaves nothing executable that is no program. On 64-bit Arm the
usual build too lets nothing be executed that was allocated as data."""

import shutil

import pytest

from guest import entry
from processors import AARCH64, ONLY_X86_64, X86_64
from test_media import medium, through  # noqa: F401 (fixtures)

MENU = "timeout 1\n" + entry("Guest")
RETURNS = "on-failure firmware\n"


def case(processor, suite, name, *marks):
    return pytest.param(processor, suite, name, marks=marks, id=f"{processor}-{suite}-{name}")


def newer_firmware(*cases):
    """For a test that boots by each of them."""
    return pytest.mark.parametrize("processor, suite, name", cases)


X86 = [case(X86_64, "trixie", "pflash"), case(X86_64, "trixie", "strict"),
       *(case(X86_64, "sid", name, pytest.mark.trial) for name in ("pflash", "strict"))]
ARM = [case(AARCH64, suite, name, pytest.mark.trial) for suite in ("trixie", "sid") for name in ("pflash", "strict")]


@pytest.fixture
def newer(processor, suite, name, firmware_of):
    """What starts a machine with such firmware."""
    return {"processor": processor, "machine": "virt" if processor is AARCH64 else "q35",
            "firmware": firmware_of(processor, suite, name), "timeout": 120}


@pytest.fixture
def beside(tmp_path, processor):
    """beside(PROGRAM) gives QEMU's arguments for a USB disk with it, which the firmware starts next."""

    def make(program):
        directory = tmp_path / program.stem
        (directory / "EFI/BOOT").mkdir(parents=True)
        shutil.copy(program, directory / "EFI/BOOT" / processor.loader)
        (directory / "partless.conf").write_text(RETURNS)
        return ["-drive", f"if=none,id={program.stem},format=raw,readonly=on,file=fat:{directory}",
                "-device", f"usb-storage,drive={program.stem}"]

    return make


@newer_firmware(*X86, case(AARCH64, "trixie", "pflash"), *ARM[1:])
def test_a_guest_boots(boot, newer, images):
    vm = boot(images.guest(MENU), **newer)
    assert vm.guest()["root"] == "/dev/vda ext4 ro"
    vm.ends()


@newer_firmware(*ARM)
def test_a_guest_boots_where_the_loader_is_qemus_kernel(direct, newer, images):
    vm = direct("", images.guest(MENU), **newer)
    assert vm.guest()["root"] == "/dev/vda ext4 ro"
    vm.ends()


@newer_firmware(*X86, *ARM)
def test_after_the_loader_the_firmware_starts_what_comes_next(boot, newer, host, beside, built):
    """Each of them is put where the loader lay: the last, the firmware's own menu, is the largest."""
    (host / "partless.conf").write_text(RETURNS)
    vm = boot(more=beside(built / "partless.efi") + beside(built / "test/hello.efi"), **newer)
    for _ in range(2):
        vm.says("Partless returns to the firmware.")
        vm.says("BdsDxe: failed to start")
    vm.says("hello: done")
    vm.expect("Continue|select boot device")  # edk2 2026.08 has a smaller menu


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "unpacked"])
@pytest.mark.parametrize("boots", [True, False], ids=["a program", "nothing"])
def test_the_loader_leaves_nothing_behind(boot, images, host, loader, built, packed, boots):
    """Whoever starts it may be no boot manager, which would put this right itself. No memory is ever both writable
    and executable: the unpacker makes the loader's code where nothing can be executed, and then lets it be executed
    and no longer be written."""
    shutil.copy(loader if packed else built / "partless.efi", host / "loader.efi")
    shutil.copy(built / "test/around.efi", loader)
    (host / "partless.conf").write_text(RETURNS)
    menu = "timeout 1\ntitle Hello\nefi /boot/hello.efi\n" if boots else ""
    vm = boot(images.guest(menu, {"/boot/hello.efi": (built / "test/hello.efi").read_bytes(),
                                  "/boot/vmlinuz": b""}))
    vm.says("hello: done" if boots else "Partless returns to the firmware.")
    vm.shows_first("around: code was protected" if packed else "around: no code was made", "around: left")


# What a machine may be without. Nothing shows that the guest has booted but that it switches the machine off.
WITHOUT = {
    "a serial line and a screen": {"serial": False},
    "a serial line": {"serial": False, "screen": True},
    "a screen and USB": {"usb": "none"},
    "a console and USB": {"serial": False, "usb": "none"},
}


@ONLY_X86_64
@pytest.mark.parametrize("without", ["a console and USB", *(
    pytest.param(name, marks=pytest.mark.trial) for name in WITHOUT if name != "a console and USB")])
def test_a_guest_boots_in_a_machine_without(through, images, without):  # noqa: F811
    """The menu waits for no console that is not there."""
    vm = through("virtio", images.guest("timeout 2\n" + entry("Guest")), firmware="pflash", **WITHOUT[without])
    vm.ends(60)
