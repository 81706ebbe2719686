"""The sources in a root of each Debian release: its compiler, headers, QEMU, firmware and libvirt."""

import os
import subprocess
from pathlib import Path

import pytest

# The suite, what is run there, and the most seconds that it may take.
RELEASES = {
    "12": ("bookworm", "make check", 3 * 3600),
    "13": ("trixie", "make check", 3 * 3600),
    "sid": ("sid", "make -j2 all unit", 3600),  # the next compiler and headers
}


@pytest.mark.trial
@pytest.mark.skipif(os.getuid() != 0, reason="a root is made and entered as root")
@pytest.mark.parametrize("name", RELEASES)
def test_a_release_builds_and_checks_the_sources(root, build, name, tmp_path):
    """The roots are kept, in the directory that ROOTS names, and brought up to date."""
    suite, command, most = RELEASES[name]
    directory = Path(os.environ.get("ROOTS", build / "cache/roots")) / name
    script = f"apt-get update -q\napt-get dist-upgrade -y -q\nscripts/setup check\n{command}"
    with open(tmp_path / "log", "w+b") as log:
        done = subprocess.run(["timeout", "-k", "10", str(most), root / "scripts/root", suite, directory,
                               "sh", "-euxc", script], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.seek(0)
        print(log.read().decode(errors="replace")[-30000:])
    assert done.returncode == 0
