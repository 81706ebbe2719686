"""Many guests start at once from the one loader."""

import shutil
import subprocess

import pytest

from guest import entry
from processors import ONLY_X86_64

MANY = 16
BUSY = 600  # seconds: that many machines share the processors of one


def start_all(boot, images, **options):
    """Starts MANY guests, each with a disk of its own that only it can have; gives what each told."""
    first = images.guest("timeout 0\n" + entry("Guest"), name="0.img")
    disks = [first] + [shutil.copy(first, first.parent / f"{n}.img") for n in range(1, MANY)]
    machines = [boot(disk, memory=256, timeout=BUSY, **options) for disk in disks]
    told = [machine.guest() for machine in machines]
    for machine in machines:
        machine.ends()
    return told


@pytest.mark.trial
@ONLY_X86_64  # it takes minutes
def test_many_guests_start_at_once_from_one_directory(boot, images):
    told = start_all(boot, images)
    assert [facts["root"] for facts in told] == ["/dev/vda ext4 ro"] * MANY


@pytest.mark.trial
@ONLY_X86_64  # it takes minutes
def test_many_guests_start_at_once_from_one_kernel(boot, host, images):
    loader = host / "EFI/BOOT/BOOTX64.EFI"
    told = start_all(boot, images, shared=False, more=["-kernel", str(loader)])
    assert [facts["root"] for facts in told] == ["/dev/vda ext4 ro"] * MANY


@pytest.mark.trial
def test_a_guest_boots_in_160_mib(boot, images):
    vm = boot(images.guest("timeout 0\n" + entry("Guest")), memory=160)
    vm.guest()
    vm.ends()


@pytest.mark.trial
def test_the_benchmark_boots_every_guest_by_every_loader(root, build):
    done = subprocess.run([root / "bench/bench-scale", build, "--guests", "1,2", "--step", "0"],
                          capture_output=True, text=True, timeout=1800, check=False)
    print(done.stdout, done.stderr)
    assert done.returncode == 0
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    assert [row[:2] for row in rows] == [[count, loader] for count in "12"
                                         for loader in ("Partless", "GRUB", "Partless,")]
