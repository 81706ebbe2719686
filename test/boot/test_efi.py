"""`efi` entries: a program of the guest's own, with its options, from its own disk."""

import pytest

from guest import entry


@pytest.fixture(params=["hello", "packed-hello"])
def hello(images, built, request):
    """A disk whose first entry is the program, started with OPTIONS: as it is, and packed as the
    loader is, which must be the same to it and to whoever starts it."""

    def make(options, more=""):
        menu = f"timeout 1\ntitle Hello\nefi /boot/tools/hello.efi\noptions {options}\n{more}"
        program = (built / f"test/{request.param}.efi").read_bytes()
        return images.guest(menu, {"/boot/tools/hello.efi": program})

    return make


def test_a_program_gets_its_options_and_its_own_disk(boot, hello):
    machine = boot(hello("Grüße --to \"the  world\""))
    machine.says("hello: options=Gr<00fc><00df>e --to \"the  world\"")
    machine.says(r"hello: path=\boot\tools\hello.efi")
    machine.says("hello: disk=guest")


def test_a_program_that_ends_well_gives_the_firmware_control(boot, hello):
    machine = boot(hello("fine", entry("Guest")))
    machine.says("hello: done")
    machine.shows_first("BdsDxe", "guest: up")


def test_a_program_that_ends_badly_is_followed_by_the_next_entry(boot, hello):
    machine = boot(hello("badly!", entry("Guest")))
    machine.says("hello: done")
    machine.says("cannot boot 'Hello'")
    machine.guest()
    machine.ends()
