"""The loader's file is replaced under guests that run and under guests that start."""

import contextlib
import os
import shutil
import subprocess
import threading

import pytest

from guest import OPTIONS, entry
from qemu import Machine

OURS, OTHER = "0.1.0", "9.8.7"
MENU = "timeout 0\n" + entry("Guest", OPTIONS.replace(" partless.test=poweroff", ""))
ENDING = "timeout 0\n" + entry("Guest")
RUNS_ON = ["-action", "reboot=reset"]


@pytest.fixture(scope="session")
def other(root, build, tmp_path_factory):
    """The bytes of a loader that does the same. It says another version and its parts lie in another
    order, so that hardly a byte is where it was: of the two mixed, nothing would run."""
    directory = tmp_path_factory.mktemp("other")
    objects = directory / "x86_64"
    shutil.copytree(build / "x86_64", objects, ignore=shutil.ignore_patterns("partless.*"))
    for tool in ("compress", "elf2pe"):
        shutil.copy2(build / tool, directory)
    # A build that is older than its sources may have objects of those that are gone.
    parts = " ".join(str(o) for o in sorted(objects.rglob("*.o"), reverse=True)
                     if (root / o.relative_to(objects).with_suffix(".c")).exists())
    make(root, directory, "x86_64/partless.efi", f"EFI_OBJ={parts}")
    program = (objects / "partless.efi").read_bytes()
    assert program.count(OURS.encode()) >= 2
    (objects / "partless.efi").write_bytes(program.replace(OURS.encode(), OTHER.encode()))
    make(root, directory, "BOOTX64.EFI", f"EFI_OBJ={parts}")
    data = (directory / "BOOTX64.EFI").read_bytes()
    shutil.rmtree(directory)
    ours = (build / "BOOTX64.EFI").read_bytes()
    assert len(data) == len(ours)
    assert sum(a != b for a, b in zip(data, ours)) > len(ours) // 2
    return data


def make(root, directory, target, variable):
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    subprocess.run(["make", "-s", "-C", root, f"B={directory}", directory / target, variable],
                   check=True, env=environment)


@pytest.fixture
def log(host, tmp_path):
    """The file with the loader's lines, and QEMU's arguments for it: each boot adds its own."""
    (host / "partless.conf").write_text("log debugcon\n")

    def arguments(name="log"):
        path = tmp_path / name
        return path, ["-chardev", f"file,id=debug,path={path}",
                      "-device", "isa-debugcon,iobase=0x402,chardev=debug"]

    return arguments


def versions(path):
    """The versions of the loaders that wrote to this log."""
    lines = [line for line in path.read_text().splitlines() if line.startswith("partless: loader ")]
    return [line.split('version=')[1].split()[0].strip('"') for line in lines]


def replace(host, data):
    """As docs/hosting.md says: one rename, of a file from outside the directory."""
    new = host.parent / "new"
    new.write_bytes(data)
    new.rename(host / "EFI/BOOT/BOOTX64.EFI")


@pytest.mark.parametrize("firmware", ["bios", pytest.param("pflash", marks=pytest.mark.trial)])
def test_a_running_guest_reboots_into_the_new_loader(boot, build, images, host, log, other, firmware):
    path, more = log()
    vm = boot(images.guest(MENU), firmware=firmware, more=more + RUNS_ON)
    vm.guest()
    replace(host, other)
    vm.send("reboot -f\r")
    vm.guest()
    replace(host, (build / "BOOTX64.EFI").read_bytes())
    vm.order(("system_reset", {}))
    vm.guest()
    assert versions(path) == [OURS, OTHER, OURS]


@pytest.mark.trial
def test_a_running_guest_reboots_into_a_smaller_file(boot, build, images, host, log):
    large = (build / "x86_64/partless.efi").read_bytes()
    replace(host, large)
    path, more = log()
    vm = boot(images.guest(MENU), more=more + RUNS_ON)
    vm.guest()
    replace(host, (build / "BOOTX64.EFI").read_bytes())
    vm.order(("system_reset", {}))
    vm.guest()
    replace(host, large)
    assert versions(path) == [OURS, OURS]


@pytest.mark.trial
def test_a_larger_file_is_for_guests_that_start_anew(boot, build, images, host, log):
    """Why the file's size is constant: a running guest sees as much of it as there was at first."""
    ours = (build / "BOOTX64.EFI").read_bytes()
    disk = images.guest(MENU)
    path, more = log()
    vm = boot(disk, more=more + RUNS_ON)
    vm.guest()
    replace(host, (build / "x86_64/partless.efi").read_bytes())
    vm.order(("system_reset", {}))
    vm.says("BdsDxe: failed to load")
    replace(host, ours)
    vm.order(("system_reset", {}))
    vm.guest()
    assert versions(path) == [OURS, OURS]


class Updates(threading.Thread):
    """Replaces the loader's file by each of VERSIONS in turn, many times a second, until stop()."""

    def __init__(self, host, versions):
        super().__init__()
        self.host, self.versions = host, versions
        self.ended = threading.Event()
        self.count = 0

    def run(self):
        while not self.ended.wait(0.02):
            self.count += 1
            replace(self.host, self.versions[self.count % len(self.versions)])

    def stop(self):
        self.ended.set()
        self.join()


@pytest.mark.trial
def test_guests_that_start_during_updates_get_one_whole_version(build, images, host, log, other, tmp_path):
    ours = (build / "BOOTX64.EFI").read_bytes()
    disks = [images.guest(ENDING, name=f"{n}.img") for n in range(2)]
    updates = Updates(host, [ours, other])
    seen = []
    with contextlib.ExitStack() as ending:
        updates.start()
        ending.callback(updates.stop)
        for turn in range(6):
            machines = []
            for n, disk in enumerate(disks):
                path, more = log(f"log{turn}.{n}")
                directory = tmp_path / f"machine{turn}.{n}"
                directory.mkdir()
                machines.append((path, Machine(directory, host, [disk], more=more)))
                ending.callback(lambda vm: print(vm.stop()), machines[-1][1])
            for path, vm in machines:
                vm.guest()
                vm.ends()
                seen += versions(path)
    print(f"{updates.count} updates; started: {seen}")
    assert updates.count > 100
    assert len(seen) == 12 and set(seen) <= {OURS, OTHER}
