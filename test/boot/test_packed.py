"""BOOTX64.EFI carries the loader packed: what is handed on to it, and what is said when that fails."""

import shutil

import pytest

from guest import entry
from processors import AARCH64, X86_64

MENU = "timeout 1\n" + entry("Guest")


@pytest.mark.parametrize("processor, machine", [
    (X86_64, "pc"), (X86_64, "q35"), pytest.param(AARCH64, "virt", marks=pytest.mark.trial)], ids=str)
def test_it_boots_without_a_disk_of_its_own(direct, images, machine):
    vm = direct("", images.guest(MENU), machine=machine)
    assert vm.guest()["root"] == "/dev/vda ext4 ro"
    vm.ends()


def test_what_it_carries_gets_its_options_path_and_device(direct, built):
    vm = direct("for  hello", program=built / "test/packed-hello.efi")
    vm.says("hello: options=for  hello")
    vm.says("hello: path=kernel")
    vm.says("hello: disk=none")
    vm.says("hello: done")


def test_what_it_carries_ends_and_says_how(direct, built):
    vm = direct("for me!", program=built / "test/packed-hello.efi")
    vm.says("hello: done")
    vm.says(": Not Found")


def test_the_unpacked_loader_boots_in_its_place(boot, host, loader, images, built):
    shutil.copy(built / "partless.efi", loader)
    (host / "partless.conf").write_text("timeout 2\n" + entry("Of the host"))
    vm = boot(images.guest(MENU))
    vm.says("Of the host")
    vm.guest()
    vm.ends()


def rewrite(loader, built, change):
    """Has CHANGE alter the packed loader in the host's file."""
    packed = (built / "partless.packed").read_bytes()
    before, after = loader.read_bytes().split(packed)
    loader.write_bytes(before + change(packed) + after)


DAMAGES = {
    "size": lambda packed: b"\xff" * 4 + packed[4:],
    "codes": lambda packed: packed[:8] + b"\xff" * (len(packed) - 8),
}


@pytest.mark.parametrize("part", DAMAGES)
def test_a_damaged_one_says_so_and_ends(boot, loader, built, part):
    rewrite(loader, built, DAMAGES[part])
    vm = boot()
    vm.says(f"{loader.name}: the loader in it is damaged: volume corrupted. "
            "Copy it to the host's directory again.")
    vm.says("BdsDxe: failed to start")


def test_one_that_carries_no_program_says_so_and_ends(boot, loader, built):
    shutil.copy(built / "test/packed-nothing.efi", loader)
    vm = boot()
    vm.says(f"{loader.name}: the loader in it is damaged: ")
    vm.says("BdsDxe: failed to start")
