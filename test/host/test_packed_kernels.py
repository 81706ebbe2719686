"""Kernels in gzip files, as `partless check` judges them."""

import gzip
import subprocess

import pytest

from disk import kernel, make_disk
from processors import AARCH64, X86_64

MENU = "timeout 1\ntitle A\nlinux /boot/vmlinuz\noptions root=/dev/vda ro\n"


ARM, X86 = gzip.compress(kernel(AARCH64)), gzip.compress(kernel(X86_64))
SUM = "is a damaged gzip file: what it unpacks to has not the size and the checksum that its end says"


@pytest.fixture
def check(partless, tmp_path):
    """What is said of a guest with this kernel, and the exit code."""
    def run(arch, data):
        disk = make_disk(tmp_path / "disk.img", {"/boot": None, "/boot/partless.conf": MENU, "/boot/vmlinuz": data})
        done = subprocess.run([partless, "check", "--arch", arch, disk], capture_output=True, timeout=60, check=False)
        return done.returncode, done.stdout.decode() + done.stderr.decode()
    return run


@pytest.mark.parametrize("level", [0, 1, 9])
def test_a_kernel_for_arm_may_be_packed(check, level):
    code, said = check("aarch64", gzip.compress(kernel(AARCH64), level))
    assert code == 0 and "It would boot 'A'." in said


@pytest.mark.parametrize("arch, data, words", [
    ("x86-64", X86, "is a gzip file (unpack it), not an EFI program"),
    ("aarch64", X86, "is a gzip file whose content is for x86-64 (BOOTX64.EFI boots it), this machine is aarch64"),
    ("aarch64", gzip.compress(b"#!/bin/sh\n"), "is a gzip file whose content is a script, not an EFI program"),
    ("aarch64", gzip.compress(b"070701" + bytes(5000)),
     "is a gzip file whose content is a cpio archive (an initrd?), not an EFI program"),
    ("aarch64", gzip.compress(kernel(AARCH64)[:9000]),
     "is a gzip file whose content is truncated: its headers ask for 16384 bytes, the file has 9000"),
    ("aarch64", ARM[:-4] + b"\xff\xff\xff\xff",
     "is a damaged gzip file, or was cut off: its end says that it unpacks to 4294967295 bytes"),
    ("aarch64", ARM + bytes(512), "is a damaged gzip file, or was cut off: its end says that it unpacks to 0 bytes"),
    ("aarch64", ARM[:2] + b"\x07" + ARM[3:], SUM),
    ("aarch64", ARM[:10] + b"\x07" + ARM[11:], SUM),
    ("aarch64", ARM[:17], "is a gzip file"),
], ids=["on x86", "for x86", "script", "initrd", "truncated", "cut", "padded", "method", "data", "short"])
def test_what_is_no_packed_kernel_is_refused_by_what_it_is(check, arch, data, words):
    code, said = check(arch, data)
    assert code == 1 and "kernel /boot/vmlinuz " + words in said


def test_a_packed_kernel_that_is_cut_anywhere_is_refused(check):
    """Its last bytes are no longer a size, or one that is too small."""
    for n in range(18, len(ARM), len(ARM) // 7):
        assert check("aarch64", ARM[:n])[0] == 1
