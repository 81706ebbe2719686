"""One directory on the host serves guests of both processors, and what only one of them needs."""

import gzip
import re
import shutil

import pytest

import guest
from guest import KERNEL, OPTIONS, entry
from processors import AARCH64, BOTH, ONLY_AARCH64, ONLY_X86_64, X86_64

PROCESSORS = (X86_64, AARCH64)


@pytest.fixture
def shared(build, host):
    """The loader's directory with both loaders."""
    for processor in PROCESSORS:
        shutil.copy(build / processor.loader, host / "EFI/BOOT" / processor.loader)


@ONLY_X86_64  # it starts the other one too
def test_guests_of_both_boot_at_once_from_one_directory(boot, root, build, shared, tmp_path):
    machines = {}
    for processor in PROCESSORS:
        images = guest.Images(guest.tree_for(processor, root, build), tmp_path)
        disk = images.guest("timeout 1\n" + entry("Guest", f"{OPTIONS} is={processor}"), name=f"{processor}.img")
        machines[processor] = boot(disk, processor=processor, timeout=120)
    for processor, machine in machines.items():
        assert machine.guest()["cmdline"] == f"{OPTIONS} is={processor}"
        machine.ends()


@pytest.mark.trial
@ONLY_AARCH64
@pytest.mark.parametrize("machine, cpu", [("virt", "max"), ("virt,virtualization=on", "cortex-a57")])
def test_a_new_arm_and_one_that_can_be_a_host_boot(boot, images, machine, cpu):
    """The latter's firmware runs in exception level 2."""
    vm = boot(images.guest("timeout 1\n" + entry("Guest")), machine=machine, more=["-cpu", cpu], timeout=120)
    assert vm.guest()["root"] == "/dev/vda ext4 ro"
    vm.ends()


@BOTH
def test_a_kernel_of_the_other_is_refused_by_name(boot, root, build, images, processor):
    other, = (p for p in PROCESSORS if p is not processor)
    kernel = guest.tree_for(other, root, build) / KERNEL.lstrip("/")
    machine = boot(images.guest("timeout 1\n" + entry("Guest"), {KERNEL: kernel.read_bytes()}))
    machine.says(f"is for {other.called} ({other.loader} boots it), this machine is {processor.called}")


@ONLY_AARCH64
def test_a_kernel_in_a_gzip_file_boots_on_arm_and_a_damaged_one_is_told(boot, images, base, host):
    (host / "partless.conf").write_text("log console\n")
    kernel = (base / KERNEL.lstrip("/")).read_bytes()
    packed = gzip.compress(kernel, mtime=0)
    damaged = bytearray(packed)
    damaged[len(packed) // 2] ^= 1
    menu = "timeout 0\n" + entry("Damaged", linux="/boot/damaged") + entry("Guest")
    machine = boot(images.guest(menu, {KERNEL: packed, "/boot/damaged": bytes(damaged)}), timeout=120)
    assert machine.guest()["cmdline"] == OPTIONS
    console = machine.stop()
    assert re.search(r"cannot boot 'Damaged' .*\n *kernel /boot/damaged\n *is a damaged gzip file: what it unpacks to"
                     r"(.*\n)+? *put a whole file in its place\n", console.replace("\r", ""))
    assert "code=kernel.corrupt" in console and console.count("partless: error") == 1
    assert "partless: unpack at=" in console and f" bytes={len(kernel)}" in console
    assert f'file="{KERNEL}" bytes={len(packed)}' in console
