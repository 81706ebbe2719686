"""The shell scripts: one that fails says why, and what looks like a test does not end it silently."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ["scripts", "test/debian", "test/redhat", "test/fuzz", "bench"]
SILENT = [
    r"^\s*\w+=\$\(.*\) *&&",  # under set -e a failure in it ends the script
    r"^\s*\[ .*\] *&& (?!.*\|\|).*\n\}",  # as a function's last word it makes the function fail
    r"^\s*\w+ && \w+",  # a failure of the first goes unseen
]


def scripts(root):
    """Every shell script that ends at its first failure."""
    paths = [path for folder in FOLDERS for path in sorted((root / folder).iterdir()) if path.is_file()]
    texts = {path: path.read_text(errors="replace") for path in paths}
    found = {path: text for path, text in texts.items() if text.startswith("#!/bin/sh") and "\nset -eu\n" in text}
    assert len(found) > 8
    return found


def test_every_script_tells_why_it_failed(root):
    assert [path.name for path, text in scripts(root).items()
            if not re.search(r"^\. .*ended\.sh\"?$|^trap ended EXIT$", text, re.M)] == []


def test_no_script_has_what_ends_it_silently(root):
    assert [(path.name, found[0]) for path, text in scripts(root).items() for pattern in SILENT
            for found in re.finditer(pattern, text, re.M)] == []


FAILURES = {
    "scripts/mktree nowhere new": "mktree: failed while making the initrd's tree",
    "scripts/setup what": "usage: scripts/setup",
    "scripts/root trixie": "usage: scripts/root",
    "test/debian/inside /bin/false image scripts/setup": "inside: failed while running scripts/setup in image",
    "test/fuzz/images /proc/images": "images: failed while beginning",
}


@pytest.mark.parametrize("command", FAILURES)
def test_what_a_script_was_doing_is_told(root, tmp_path, command):
    script, *words = command.split()
    words = [str(root / word) if word.startswith("scripts/") else word for word in words]
    done = subprocess.run(["sh", root / script, *words], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert FAILURES[command] in done.stderr.replace(f"{root}/", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [str(path.relative_to(ROOT)) for folder in ("scripts", "bench")
                                     for path in sorted((ROOT / folder).iterdir())
                                     if path.is_file() and os.access(path, os.X_OK)])
def test_every_command_answers_help(tmp_path, command):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([ROOT / command, "--help"], cwd=tmp_path, env=environment, capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith("usage: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("machine, task, there, missing", [
    ("x86_64", "build", {"gcc", "gnu-efi"}, {"gcc-aarch64-linux-gnu", "qemu-system-x86"}),
    ("x86_64", "demo", {"qemu-system-x86", "ovmf"}, {"gcc-aarch64-linux-gnu", "qemu-system-arm"}),
    ("x86_64", "demo-aarch64", {"gcc-aarch64-linux-gnu", "qemu-system-arm", "qemu-efi-aarch64"}, {"ovmf"}),
    ("x86_64", "check", {"gcc-aarch64-linux-gnu", "qemu-system-arm", "ovmf"}, {"gcc-x86-64-linux-gnu", "lintian"}),
    ("aarch64", "build", {"gcc", "gnu-efi"}, {"gcc-x86-64-linux-gnu", "gcc-aarch64-linux-gnu"}),
    ("aarch64", "demo", {"qemu-system-arm", "qemu-efi-aarch64"}, {"gcc-aarch64-linux-gnu", "qemu-system-x86"}),
    ("aarch64", "demo-x86_64", {"gcc-x86-64-linux-gnu", "qemu-system-x86", "ovmf"}, {"qemu-system-arm"}),
])
def test_setup_installs_what_the_machine_needs_for_a_task(root, tmp_path, machine, task, there, missing):
    for name, text in {"uname": f"echo {machine}", "dpkg-query": "exit 1", "apt-get": ":", "id": "echo 0"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run([root / "scripts/setup", task], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert done.returncode == 0, done.stderr
    packages = done.stdout.splitlines()[0].removeprefix("scripts/setup: installing ").split()
    assert len(packages) == len(set(packages))
    assert there <= set(packages) and not missing & set(packages)


def test_setup_says_that_the_tests_need_another_machine(root, tmp_path):
    (tmp_path / "uname").write_text("#!/bin/sh\necho aarch64\n")
    (tmp_path / "uname").chmod(0o755)
    done = subprocess.run([root / "scripts/setup", "check"], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert (done.returncode, done.stderr) == (1, "scripts/setup: the task 'check' needs an x86-64 machine, this is "
                                                 "aarch64.\n")


def test_make_lets_the_roots_of_other_releases_be(root, tmp_path):
    """A Debian root has folders whose names end as those of the compiler's lists of headers do."""
    (tmp_path / "cache/roots/sid/etc/rc2.d").mkdir(parents=True)
    done = subprocess.run(["make", "-n", f"B={tmp_path}", "all"], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
