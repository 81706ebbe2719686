"""The command reads the variables that a guest's firmware has written into its flash."""

import json
import subprocess

import pytest

from processors import AARCH64, SHARE, X86_64, Flash

BOOTS_ON = pytest.mark.parametrize("processor, flash", [
    pytest.param(X86_64, "pflash", id="x86_64-4M"),
    pytest.param(X86_64, Flash(SHARE / "OVMF/OVMF_CODE.fd", SHARE / "OVMF/OVMF_VARS.fd"), id="x86_64-2M"),
    pytest.param(AARCH64, "pflash", id="aarch64")])

# What test/efi/keep.c is told: variables that are set twice, deleted, and not the loader's. First some that fill the
# smallest of the stores, which the firmware then writes anew without what is deleted.
WORDS = ["P:LastEntry=" + "x" * 900] * 60 + [
    "L:LoaderEntryOneShot=first", "L:LoaderEntryOneShot=gr%00fc%00df-%d83d%de00", "L:LoaderConfigTimeout=5",
    "P:LastEntry=a", "P:LastEntry=the-last-one-is-longer", "L:LoaderEntryDefault=gone", "L:LoaderEntryDefault=",
    "L:LoaderEntryLastBooted=gone", "L:LoaderEntryLastBooted=", "L:LoaderEntryLastBooted=back", "P:Other=x",
    "P:GrubEnv-0123ABCD=grubenv-1|/boot/grub/grubenv|saved_entry=%001b[2J%00c3%00bc|", "P:Tries-00000000=gone",
    "P:Tries-00000000=", "P:LastEntry=debian"]

SAYS = {"oneshot": "grüß-😀", "default": None, "last_booted": "back", "timeout": "5", "timeout_oneshot": None,
        "last_entry": "debian",
        "kept": [{"name": "GrubEnv-0123ABCD", "text": "grubenv-1\n/boot/grub/grubenv\nsaved_entry=\x1b[2Jü\n"}]}

LINES = """\
The next boot alone starts 'grüß-😀'.
The entry saved at the last boot is 'back'.
The menu's timeout is '5'.
Partless last started 'debian'.
GrubEnv-0123ABCD:
  grubenv-1
  /boot/grub/grubenv
  saved_entry=?[2Jü
"""


@pytest.fixture
def log(partless):
    def run(*arguments, code=0):
        done = subprocess.run([partless, "log", *arguments], capture_output=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (code, b"")
        return done.stdout.decode()

    return run


@pytest.fixture
def written(direct, built, processor, flash, tmp_path):
    """written(WORD, ...) is the flash of a machine whose firmware was told to keep that."""

    def make(*words, firmware=flash):
        program = tmp_path / "keep.efi"  # QEMU takes no smaller one for a kernel
        program.write_bytes((built / "test/keep.efi").read_bytes().ljust(8192, b"\0"))
        machine = direct(" ".join(words), program=program, firmware=firmware, timeout=120)
        machine.ends()
        return firmware if firmware != flash else tmp_path / "machine0/vars.fd"

    return make


def test_what_the_firmware_has_written_is_read(written, log, tmp_path, flash):
    variables = written(*WORDS)
    assert json.loads(log("--json", variables)) == SAYS
    assert log(variables) == LINES
    if isinstance(flash, Flash):  # the flash of `-bios`, and of one pflash: its variables, then its code
        whole = tmp_path / "OVMF.fd"
        whole.write_bytes(variables.read_bytes() + flash.code.read_bytes())
        assert log(whole) == LINES


