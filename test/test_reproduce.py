"""`make reproduce`: the same sources and the same tools give the same loaders, wherever they are built."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess

import pytest

VERSIONS = "scripts/reproduce.versions"


@pytest.fixture
def copy(root, tmp_path):
    """A copy of the scripts, whose list of versions a test may change."""
    shutil.copytree(root / "scripts", tmp_path / "scripts")
    return tmp_path


@pytest.fixture
def directory(build):
    """The root directory, for one test at a time."""
    (build / "cache").mkdir(parents=True, exist_ok=True)
    with open(build / "cache/reproduce.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield build / "cache/reproduce"


def test_the_list_names_a_version_of_each_package(root):
    lines = [line for line in (root / VERSIONS).read_text().splitlines() if not line.startswith("#")]
    assert lines == sorted(lines, key=lambda line: line.split("=")[0])
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9.+-]+=[0-9][A-Za-z0-9.+:~-]*", line)] == []
    assert {"binutils", "gcc-12", "gnu-efi"} <= {line.split("=")[0] for line in lines}


@pytest.mark.trial
@pytest.mark.skipif(os.getuid() != 0, reason="a root is made and entered as root")
def test_two_builds_in_a_root_of_pinned_versions_are_the_same(root, build, directory):
    """The root is kept. Its compiler is this machine's if that is of Debian 12, and so are the loaders then."""
    done = subprocess.run(["timeout", "-k", "10", "1800", "make", "-s", "-C", root, f"B={build}", "reproduce"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("Both builds are the same.\n")
    digests = dict(reversed(line.split()) for line in done.stdout.splitlines()[-5:-1])
    assert list(digests) == ["BOOTX64.EFI", "BOOTAA64.EFI", "x86_64/partless.efi", "aarch64/partless.efi"]
    versions = [line.strip().split("=") for line in (root / VERSIONS).read_text().splitlines() if "=" in line]
    here = {name: subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True).stdout
            for name, _ in versions}
    if all(here[name] == version for name, version in versions):
        assert digests == {name: hashlib.sha256((build / name).read_bytes()).hexdigest() for name in digests}


@pytest.mark.trial
@pytest.mark.skipif(os.getuid() != 0, reason="a root is made and entered as root")
def test_a_mirror_with_other_versions_is_told(copy, directory):
    path = copy / VERSIONS
    path.write_text(re.sub(r"^gcc-12=.*", "gcc-12=12.0-0", path.read_text(), flags=re.M))
    done = subprocess.run(["timeout", "-k", "10", "600", copy / "scripts/reproduce", directory],
                          capture_output=True, text=True)
    assert done.returncode == 1
    assert "the mirror has other versions than scripts/reproduce.versions:\n  gcc-12: the list has 12.0-0, the mirror" \
        in done.stderr
