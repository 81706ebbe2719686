"""The sources are built and tested on a 64-bit Arm machine: a guest that Partless boots, and that has no cross
compiler."""

import io
import os
import platform
import re
import shlex
import subprocess
import sys
import tarfile

import pytest

import guest
from processors import AARCH64, ONLY_AARCH64

pytestmark = [pytest.mark.trial, pytest.mark.skipif(os.getuid() != 0, reason="a root is made as root")]
BOOTS_ON = ONLY_AARCH64

# The tests of the command, without those that start a machine, need loop devices, or install both loaders.
TESTS = ("test/config test/host -k 'not qemu' --ignore test/host/test_mkguest_device.py "
         "--ignore test/host/test_mkguest_xfs.py --ignore test/host/test_install.py")
COMMAND = "make -j2 build/partless"
CHECK = "build/partless check /dev/vda"
LOADER = "make -j2 ARCH=aarch64"
UNIT = "make -j2 unit"
PYTEST = f'PYTHONPATH=test/lib make pytest ARCH=aarch64 WORKERS=2 PYTEST="-p patient {TESTS}"'
STEPS = [COMMAND, CHECK, LOADER, UNIT, PYTEST]
MOST = 3 * 3600  # seconds that one of them may take; where nothing else runs, all take an hour


@pytest.fixture
def base(root, build):
    """A Debian for 64-bit Arm, of this machine's release: so its compiler is of the version that this machine's cross
    compiler has."""
    suite = platform.freedesktop_os_release()["VERSION_CODENAME"]
    sources = [root / "test/debian/native", root / "test/debian/native.init", root / "scripts/mkroot"]
    return guest.kept(build, f"native-{suite}", sources, lambda tree: [
        ["rm", "-rf", "--one-file-system", tree], [sources[0], suite, tree]])


@pytest.fixture
def disk(root, build, images):
    """That Debian with a kernel, the sources and what is to be done with them."""
    kernel = guest.tree_for(AARCH64, root, build)
    files = {path: (kernel / path.lstrip("/")).read_bytes() for path in (guest.KERNEL, guest.INITRD)}
    sources = io.BytesIO()
    with tarfile.open(fileobj=sources, mode="w") as tar:
        for path in sorted(root.iterdir()):
            if path.name not in ("build", ".git"):
                tar.add(path, path.name)
    files |= {"/partless.tar": sources.getvalue(), "/steps": "".join(f"{step}\n" for step in STEPS).encode()}
    entry = guest.entry("Arm", "root=LABEL=guest rw console=ttyAMA0 quiet panic=-1")
    return images.guest(f"timeout 0\n{entry}", files, size="6G")


def collected(root):
    """How many tests there are in TESTS."""
    done = subprocess.run([sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "not trial",
                           *shlex.split(TESTS)], cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    return int(re.search(r"^(\d+)(?:/\d+)? tests collected", done.stdout, re.M)[1])


def test_the_sources_are_built_and_tested_on_arm(boot, disk, root, build, partless):
    machine = boot(disk, changes=True, memory=3072, timeout=MOST)
    said = {}
    for step in STEPS:
        machine.expect(re.escape(f"step: {step}\n"))
        match = machine.expect(r"step: ended with (\d+) after (\d+) s\n")
        print(f"{match[2]:>5} s: {step}")
        assert match[1] == "0", step
        said[step] = machine.serial.before
    machine.ends()
    assert "\nIt would boot 'Arm'.\n" in said[CHECK]
    assert said[UNIT].count("  TEST  ") == len(list((root / "test/unit").rglob("test_*.c")))
    *_, ended = re.findall(r"^=* ?(\d+ \w.*) in [\d.]+s", said[PYTEST], re.M)
    assert ended == f"{collected(root)} passed"
    for file in ("BOOTAA64.EFI", "aarch64/partless.efi"):
        made = subprocess.run([partless, "cat", disk, f"/partless/build/{file}"], stdout=subprocess.PIPE, check=True)
        assert made.stdout == (build / file).read_bytes(), file
