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
def make_other(root, build, tmp_path_factory):
    """make_other(PROCESSOR) gives the bytes of a loader that does the same. It says another version and its parts lie
    in another order, so that hardly a byte is where it was: of the two mixed, nothing would run."""
    made = {}

    def make(processor):
        if processor.name not in made:
            made[processor.name] = otherwise(root, build, tmp_path_factory.mktemp("other"), processor)
        return made[processor.name]

    return make


def otherwise(root, build, directory, processor):
    objects = directory / processor.name
    shutil.copytree(build / processor.name, objects, ignore=shutil.ignore_patterns("partless.*"))
    for tool in ("compress", "elf2pe"):
        shutil.copy2(build / tool, directory)
    # A build that is older than its sources may have objects of those that are gone.
    parts = " ".join(str(o) for o in sorted(objects.rglob("*.o"), reverse=True)
                     if (root / o.relative_to(objects).with_suffix(".c")).exists())

    def make(target):
        environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
        subprocess.run(["make", "-s", "-C", root, f"B={directory}", f"ARCH={processor}", f"EFI_OBJ={parts}", target],
                       check=True, env=environment)
        return target

    program = make(objects / "partless.efi")
    data = program.read_bytes()
    assert data.count(OURS.encode()) >= 2
    program.write_bytes(data.replace(OURS.encode(), OTHER.encode()))
    data = make(directory / processor.loader).read_bytes()
    shutil.rmtree(directory)
    ours = (build / processor.loader).read_bytes()
    assert len(data) == len(ours)
    assert sum(a != b for a, b in zip(data, ours)) > len(ours) // 2
    return data


@pytest.fixture
def other(make_other, processor):
    return make_other(processor)


@pytest.fixture
def ours(build, processor):
    return (build / processor.loader).read_bytes()


@pytest.fixture(autouse=True)
def log(host):
    (host / "partless.conf").write_text("log console\n")


def versions(vm):
    """The versions of the loaders that this machine's console told of."""
    lines = [line for line in vm.serial.shown.splitlines() if line.startswith("partless: loader ")]
    return [line.split('version=')[1].split()[0].strip('"') for line in lines]


def replace(loader, data):
    """As docs/hosts/libvirt.md says: one rename, of a file from outside the directory."""
    new = loader.parents[3] / "new"
    new.write_bytes(data)
    new.rename(loader)


@pytest.mark.parametrize("firmware", ["bios", pytest.param("pflash", marks=pytest.mark.trial)])
def test_a_running_guest_reboots_into_the_new_loader(boot, images, loader, ours, other, firmware):
    vm = boot(images.guest(MENU), firmware=firmware, more=RUNS_ON)
    vm.guest()
    replace(loader, other)
    vm.send("reboot -f\r")
    vm.guest()
    replace(loader, ours)
    vm.order(("system_reset", {}))
    vm.guest()
    assert versions(vm) == [OURS, OTHER, OURS]


@pytest.mark.trial
def test_a_running_guest_reboots_into_a_smaller_file(boot, images, loader, ours, built):
    large = (built / "partless.efi").read_bytes()
    replace(loader, large)
    vm = boot(images.guest(MENU), more=RUNS_ON)
    vm.guest()
    replace(loader, ours)
    vm.order(("system_reset", {}))
    vm.guest()
    replace(loader, large)
    assert versions(vm) == [OURS, OURS]


@pytest.mark.trial
def test_a_larger_file_is_for_guests_that_start_anew(boot, images, loader, ours, built):
    """Why the file's size is constant: a running guest sees as much of it as there was at first."""
    disk = images.guest(MENU)
    vm = boot(disk, more=RUNS_ON)
    vm.guest()
    replace(loader, (built / "partless.efi").read_bytes())
    vm.order(("system_reset", {}))
    vm.says("BdsDxe: failed to load")
    replace(loader, ours)
    vm.order(("system_reset", {}))
    vm.guest()
    assert versions(vm) == [OURS, OURS]


class Updates(threading.Thread):
    """Replaces the loader's file by each of VERSIONS in turn, many times a second, until stop()."""

    def __init__(self, loader, versions):
        super().__init__()
        self.loader, self.versions = loader, versions
        self.ended = threading.Event()
        self.count = 0

    def run(self):
        while not self.ended.wait(0.02):
            self.count += 1
            replace(self.loader, self.versions[self.count % len(self.versions)])

    def stop(self):
        self.ended.set()
        self.join()


@pytest.mark.trial
def test_guests_that_start_during_updates_get_one_whole_version(images, host, loader, ours, other, tmp_path, processor):
    disks = [images.guest(ENDING, name=f"{n}.img") for n in range(2)]
    updates = Updates(loader, [ours, other])
    seen = []
    with contextlib.ExitStack() as ending:
        updates.start()
        ending.callback(updates.stop)
        for turn in range(6):
            machines = []
            for n, disk in enumerate(disks):
                directory = tmp_path / f"machine{turn}.{n}"
                directory.mkdir()
                machines.append(Machine(directory, host, [disk], processor=processor))
                ending.callback(lambda vm: print(vm.stop()), machines[-1])
            for vm in machines:
                vm.guest()
                vm.ends()
                seen += versions(vm)
    print(f"{updates.count} updates; started: {seen}")
    assert updates.count > 100
    assert len(seen) == 12 and set(seen) <= {OURS, OTHER}
