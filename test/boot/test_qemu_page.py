"""docs/hosts/qemu.md, typed as it stands, with the loader and the disks of the tests."""

import os
import re
import shutil
import subprocess

import pytest

from guest import entry
from processors import AARCH64, ONLY_AARCH64, ONLY_X86_64
from qemu import Console, Serial

BOOTS_ON = ONLY_X86_64

BLOCK = re.compile(r"^```sh\n(.*?)^```\n", re.M | re.S)
MENU = "timeout 1\n" + entry("Guest")


@pytest.fixture
def blocks(root):
    """The commands of the page."""
    return BLOCK.findall((root / "docs/hosts/qemu.md").read_text())


@pytest.fixture
def types(host, images, tmp_path, root):
    """types(TEXT, NAME) types it where the guest's disk is NAME, and gives the serial line that it shows."""
    (tmp_path / "partless").mkdir()
    host.rename(tmp_path / "partless/boot")
    host.symlink_to("partless/boot")
    consoles = []

    def types(text, name="guest.img"):
        if not (tmp_path / name).exists():
            images.guest(MENU, name=name)
        own = text.replace("/var/lib/partless", str(tmp_path / "partless"))
        serial = Serial("bash", ["-ec", own], cwd=str(tmp_path), env={**os.environ, "ACCEL": "tcg"}, encoding="utf-8",
                        codec_errors="replace", timeout=90, echo=False)
        consoles.append(Console(serial))
        return consoles[-1]

    yield types
    for console in consoles:
        console.serial.close()
        print(f"\n==== console ====\n{console.serial.shown}")


@pytest.fixture
def run(types, blocks):
    """run(TEXT) types it where the script of the page is."""
    script, = [text for text in blocks if "cat >run" in text]
    types(script).ends()
    return types


def boots(console):
    """What the guest says of its boot. It switches itself off."""
    facts = console.guest()
    assert facts["root"] == "/dev/vda ext4 ro"
    console.ends()
    return facts


def line(blocks, door):
    """The command of the page that opens a DOOR, without options."""
    found, = [text for text in blocks if text == f"./run guest.img {door}\n"]
    return found


def test_the_page_for_qemu_boots_from_the_directory_with_settings(run, blocks):
    text, = [text for text in blocks if "-smbios" in text]
    console = run(text)
    assert "loglevel=4" in boots(console)["cmdline"]
    assert "Booting in" not in console.serial.shown


@pytest.mark.trial
@pytest.mark.parametrize("door", ["directory", "kernel", "network"])
def test_the_page_for_qemu_boots_by_each_door(run, blocks, door):
    boots(run(line(blocks, door)))


@pytest.mark.trial
@pytest.mark.parametrize("door, file", [("image", "partless.img"), ("iso", "partless.iso")])
def test_the_page_for_qemu_boots_from_files_of_mkimage(run, blocks, root, tmp_path, door, file):
    if not (root / "scripts/mkimage").exists():
        pytest.skip("there is no scripts/mkimage to make the file")
    subprocess.run([root / "scripts/mkimage", "--directory", tmp_path / "partless/boot", tmp_path / "partless" / file],
                   check=True)
    boots(run(line(blocks, door)))


@pytest.mark.trial
@pytest.mark.parametrize(*ONLY_AARCH64.args, **ONLY_AARCH64.kwargs)
def test_the_page_for_qemu_boots_a_guest_on_arm(types, blocks, processor):
    text, = [text for text in blocks if f"qemu-system-{AARCH64}" in text]
    boots(types(text, "arm.img"))


def test_every_block_of_the_page_for_qemu_is_typed(blocks):
    doors = re.findall(r"^    (\w+)\)$", blocks[0], re.M)
    assert [text for text in blocks if text.startswith("./run") and "-smbios" not in text] == [
        f"./run guest.img {door}\n" for door in doors]
    assert len(blocks) == 1 + len(doors) + 2
    assert shutil.which("qemu-system-x86_64")
