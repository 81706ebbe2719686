"""What every test may ask for: the tree, what was built in it, and a place that vanishes."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

sys.dont_write_bytecode = True
os.environ["PATH"] += ":/usr/sbin:/sbin"  # mke2fs, mkswap: not on every person's path

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config):
    """What is tested is what the sources say now. Once, not in each of xdist's workers."""
    if not hasattr(config, "workerinput"):
        # What `make pytest NAME=VALUE` was told holds here too. Its other flags name descriptors that are closed.
        _, dashes, variables = os.environ.get("MAKEFLAGS", "").partition("-- ")
        subprocess.run(["make", "-s", "-C", ROOT, "tested"], check=True, stdout=sys.stderr,
                       env={**os.environ, "MAKEFLAGS": dashes + variables})


@pytest.fixture(scope="session")
def root():
    """The top of the source tree."""
    return ROOT


@pytest.fixture(scope="session")
def build():
    """The directory that make fills."""
    return ROOT / "build"


@pytest.fixture(scope="session")
def partless(build):
    """The command."""
    return build / "partless"


@pytest.fixture
def tmp_path():
    """A directory of this test's own; unlike pytest's, nothing of it stays, images are large."""
    path = Path(tempfile.mkdtemp(prefix="partless-test-"))
    yield path
    shutil.rmtree(path)
