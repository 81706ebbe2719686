"""BOOTX64.EFI carries the loader packed: what is handed on to it, and what is said when that fails."""

import shutil

import pytest

from guest import entry

MENU = "timeout 1\n" + entry("Guest")


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_it_boots_without_a_disk_of_its_own(direct, images, machine):
    vm = direct("", images.guest(MENU), machine=machine)
    assert vm.guest()["root"] == "/dev/vda ext4 ro"
    vm.ends()


def test_what_it_carries_gets_its_options_path_and_device(direct, build):
    vm = direct("for  hello", program=build / "x86_64/test/packed-hello.efi")
    vm.says("hello: options=for  hello")
    vm.says("hello: path=kernel")
    vm.says("hello: disk=none")
    vm.says("hello: done")


def test_what_it_carries_ends_and_says_how(direct, build):
    vm = direct("for me!", program=build / "x86_64/test/packed-hello.efi")
    vm.says("hello: done")
    vm.says(": Not Found")


def test_the_unpacked_loader_boots_in_its_place(boot, host, images, build):
    shutil.copy(build / "x86_64/partless.efi", host / "EFI/BOOT/BOOTX64.EFI")
    (host / "partless.conf").write_text("timeout 2\n" + entry("Of the host"))
    vm = boot(images.guest(MENU))
    vm.says("Of the host")
    vm.guest()
    vm.ends()


def rewrite(host, build, change):
    """Has CHANGE alter the packed loader in the host's file."""
    file = host / "EFI/BOOT/BOOTX64.EFI"
    packed = (build / "x86_64/partless.packed").read_bytes()
    before, after = file.read_bytes().split(packed)
    file.write_bytes(before + change(packed) + after)


DAMAGES = {
    "size": lambda packed: b"\xff" * 4 + packed[4:],
    "codes": lambda packed: packed[:8] + b"\xff" * (len(packed) - 8),
}


@pytest.mark.parametrize("part", DAMAGES)
def test_a_damaged_one_says_so_and_ends(boot, host, build, part):
    rewrite(host, build, DAMAGES[part])
    vm = boot()
    vm.says("BOOTX64.EFI: the loader in it is damaged: volume corrupted. "
            "Copy it to the host's directory again.")
    vm.says("BdsDxe: failed to start")


def test_one_that_carries_no_program_says_so_and_ends(boot, host, build):
    shutil.copy(build / "x86_64/test/packed-nothing.efi", host / "EFI/BOOT/BOOTX64.EFI")
    vm = boot()
    vm.says("BOOTX64.EFI: the loader in it is damaged: ")
    vm.says("BdsDxe: failed to start")
