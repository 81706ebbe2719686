"""Firmware that judges what it loads, or measures it, is given the kernel's file as it is."""

import shutil
import subprocess

import pytest

import secureboot
from guest import KERNEL, entry
from loglines import parse
from processors import ONLY_X86_64
from test_log import only


@pytest.fixture
def sign(tmp_path):
    """sign(FILE) gives a copy of it that Debian's snakeoil key has signed."""
    sign = secureboot.signer(tmp_path)
    return lambda file: sign(file, tmp_path / f"{file.name}.signed")


@pytest.fixture
def secure(boot, host, loader, sign):
    """secure(DISK) starts a machine with Secure Boot and a loader that it trusts."""
    (host / "partless.conf").write_text("log console\n")
    shutil.copy(sign(loader), loader)
    return lambda disk: boot(disk, firmware="secure", timeout=120)


def in_place(machine):
    """Has the machine's guest booted, and tells whether its kernel was read in place."""
    machine.guest()
    machine.ends()
    return only(parse(machine.stop()), "load")["in-place"]


@ONLY_X86_64  # on aarch64 no kernel is
def test_a_kernel_is_read_in_place_where_nobody_looks(boot, images, host):
    (host / "partless.conf").write_text("log console\n")
    assert in_place(boot(images.guest("timeout 1\n" + entry("Guest")))) == "yes"


@ONLY_X86_64
def test_a_tpm_measures_the_kernels_file(boot, images, host, new_tpm):
    (host / "partless.conf").write_text("log console\n")
    assert in_place(boot(images.guest("timeout 1\n" + entry("Guest")), firmware="pflash", more=new_tpm())) == "no"


def test_secure_boot_starts_a_kernel_that_is_signed(secure, images, base, sign):
    kernel = sign(base / KERNEL.lstrip("/")).read_bytes()
    menu = "timeout 1\n" + entry("Guest", linux="/boot/signed")
    assert in_place(secure(images.guest(menu, {"/boot/signed": kernel}))) == "no"


def test_secure_boot_refuses_a_kernel_that_is_not_signed_with_its_key(secure, images):
    machine = secure(images.guest("timeout 1\n" + entry("Guest")))
    machine.says("Secure Boot refused it")
    assert machine.expect(r"partless: error at=\S+ code=(\S+)\s")[1] == "load.denied"
