"""Fixtures of the boot tests: images to boot, and machines that boot them and change nothing."""

import fcntl
import shutil
import subprocess
import time

import pytest

import guest
from processors import EACH, X86_64
from qemu import Machine, digest


def pytest_generate_tests(metafunc):
    """A test that starts machines does so for each processor, unless it or its module's BOOTS_ON says for which."""
    marks = metafunc.definition.iter_markers("parametrize")
    if "processor" in metafunc.fixturenames and not any("processor" in mark.args[0] for mark in marks):
        mark = getattr(metafunc.module, "BOOTS_ON", EACH)
        metafunc.parametrize(*mark.args, **mark.kwargs)


@pytest.fixture
def base(root, build, processor):
    return guest.tree_for(processor, root, build)


@pytest.fixture(scope="session")
def asked(root, build):
    """asked(KERNEL) is the tree of a guest with that one of guest.KERNELS, and a driver of XFS in its initrd."""
    return lambda kernel: guest.xfs_tree(X86_64, root, build, guest.KERNELS[kernel])


def fetched(script, directory, suite, package):
    """DIRECTORY, where SCRIPT puts what PACKAGE of the Debian release SUITE has. It is fetched once."""
    directory.mkdir(parents=True, exist_ok=True)
    with open(f"{directory}.lock", "w") as lock:  # the tests run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        if subprocess.run([script, directory, suite, package], check=False).returncode != 0:
            pytest.skip(f"{package} of Debian {suite} cannot be fetched from its mirror")
    return directory


@pytest.fixture(scope="session")
def firmware_of(root, build):
    """firmware_of(PROCESSOR, SUITE, NAME) gives one of the processor's flashes, as the Debian release SUITE has it. It
    is kept in the build directory."""

    def fetch(processor, suite, name):
        directory = build / f"cache/firmware-{processor}-{suite}"
        return processor.flashes[name].below(fetched(root / "scripts/firmware", directory, suite, processor.firmware))

    return fetch


@pytest.fixture(scope="session")
def package_of(root, build):
    """package_of(SUITE, NAME) is a directory with what that package of a Debian release has, without having been
    installed. It is kept in the build directory."""
    return lambda suite, name: fetched(root / "scripts/package", build / f"cache/{name}-{suite}", suite, name)


@pytest.fixture
def images(base, tmp_path):
    """Makes disk images: guest.Images."""
    return guest.Images(base, tmp_path)


@pytest.fixture
def host(build, tmp_path, processor):
    """The loader's directory on the host."""
    directory = tmp_path / "host"
    (directory / "EFI/BOOT").mkdir(parents=True)
    shutil.copy(build / processor.loader, directory / "EFI/BOOT" / processor.loader)
    return directory


@pytest.fixture
def built(build, processor):
    """What was built for the machine's processor."""
    return build / processor.name


@pytest.fixture
def loader(host, processor):
    """The loader's file in its directory."""
    return host / "EFI/BOOT" / processor.loader


@pytest.fixture
def direct(boot, loader):
    """direct(TEXT, DISK, ...) starts the loader, or PROGRAM, as QEMU's -kernel, with the command line TEXT."""

    def start(text, *disks, program=None, more=(), **options):
        return boot(*disks, shared=False, more=["-kernel", str(program or loader), "-append", text, *more], **options)

    return start


@pytest.fixture
def boot(host, tmp_path, processor):
    """boot(DISK, ..., option=...) starts a Machine. Whatever it was, the loader's directory and every
    disk must be afterwards what they were before, byte for byte: unless changes=True says otherwise.
    With shared=False the machine does not see the loader's directory."""
    machines, before = [], {}

    def start(*disks, changes=False, shared=True, **options):
        directory = tmp_path / f"machine{len(machines)}"
        directory.mkdir()
        paths = [d[0] if isinstance(d, tuple) else d for d in disks]
        before.update({path: digest(path) for path in ([] if changes else paths) + [host]})
        machines.append(Machine(directory, host if shared else None, disks,
                                **{"processor": processor, **options}))
        return machines[-1]

    yield start
    for machine in machines:
        print(f"\n==== console ====\n{machine.stop()}")
    for path, was in before.items():
        assert digest(path) == was, f"{path.name} is no longer what it was before the boot"


@pytest.fixture
def new_tpm(tmp_path, processor):
    """new_tpm() gives what QEMU needs for a TPM 2.0, which lasts as long as QEMU."""
    running = []

    def start():
        state = tmp_path / f"tpm{len(running)}"
        state.mkdir()
        wire = state / "wire"
        running.append(subprocess.Popen(["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}", "--ctrl",
                                         f"type=unixio,path={wire}", "--terminate"]))
        for _ in range(100):
            if wire.exists():
                break
            time.sleep(0.1)
        return ["-chardev", f"socket,id=tpm-wire,path={wire}", "-tpmdev", "emulator,id=tpm,chardev=tpm-wire",
                "-device", f"{processor.tpm},tpmdev=tpm"]

    yield start
    for process in running:
        process.kill()
        process.wait()
