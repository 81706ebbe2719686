"""A menu from files, as `partless entries` reads it."""

import json
import subprocess
import sys

import pytest

import corpus


@pytest.fixture(scope="session", autouse=True)
def command():
    subprocess.run(["make", "-s", "-C", corpus.ROOT, "build/partless"], check=True, timeout=600)


@pytest.fixture
def menu(partless, tmp_path):
    """What `partless entries` makes of a tree of files, {path: bytes}, on a bare ext4 disk."""

    def menu(files):
        top = tmp_path / "tree"
        for path, content in files.items():
            file = top / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        image = tmp_path / "disk.img"
        with image.open("wb") as f:
            f.truncate(8 << 20)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", top, image],
                       check=True, timeout=60)
        result = subprocess.run([partless, "entries", "--json", image], capture_output=True,
                                timeout=60, check=False)
        print(result.stderr.decode(), file=sys.stderr)
        return json.loads(result.stdout)

    return menu
