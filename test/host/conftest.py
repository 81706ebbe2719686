"""What the tests of the host's programs may ask for."""

import os
import shutil
import subprocess

import pytest

from processors import OWN


@pytest.fixture
def mkguest(root, build, tmp_path):
    """mkguest(WORD, ...) runs the command in an empty directory; `fails` wants it to fail and gives what it says.
    The directory `programs` is first on its path."""
    work = tmp_path / "work"
    work.mkdir()
    environment = {**os.environ, "TMPDIR": str(work), "PATH": f"{build}:{os.environ['PATH']}"}

    def run(*words, fails=None, given="", pipe=None, programs="/none"):
        path = f"{programs}:{environment['PATH']}"
        done = subprocess.run([root / "scripts/mkguest", *map(str, words)], cwd=tmp_path, text=True,
                              **({"stdin": pipe} if pipe else {"input": given}),
                              env={**environment, "PATH": path}, capture_output=True, timeout=120)
        assert list(work.iterdir()) == [], "something was left behind"
        assert done.returncode == (fails or 0), done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    return run


@pytest.fixture
def tree(tmp_path):
    """A small system: no kernel, but what mkguest looks at."""
    tree = tmp_path / "tree"
    (tree / "etc").mkdir(parents=True)
    (tree / "root").mkdir()
    (tree / "etc/fstab").write_text("# old\n/dev/sda1 / ext4 defaults 0 1\nUUID=1 /home ext4 defaults 0 2\n")
    (tree / "etc/shadow").write_text("root:*:19000:0:99999:7:::\nbin:*:19000::::::\n")
    (tree / "etc/shadow").chmod(0o640)
    (tree / "etc/os-release").write_text("ID=test\n")
    return tree


@pytest.fixture
def kernel(tree, build):
    """Something to boot."""
    (tree / "boot").mkdir()
    shutil.copy(build / OWN.name / "test/hello.efi", tree / "boot/hello.efi")
    (tree / "boot/partless.conf").write_text("title Hello\nefi /boot/hello.efi\n")


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """The paths of two keys with their certificates: {NAME: (KEY, CERT)}."""
    top, made = tmp_path_factory.mktemp("keys"), {}
    for name in ("own", "other"):
        made[name] = (top / f"{name}.key", top / f"{name}.crt")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout",
                        made[name][0], "-out", made[name][1]], check=True, capture_output=True)
    return made
