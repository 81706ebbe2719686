"""LANGUAGE/NAME.in is a boot file, or a tree of them; NAME.want what is read from it."""

import difflib
import re
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LANGUAGES = sorted(path.name for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__")
PAIRS = [file.relative_to(HERE).with_suffix("") for language in LANGUAGES
         for file in sorted((HERE / language).glob("*.in"))]
TREES = [pair for pair in PAIRS if pair.parts[0] != "partless"]


def differs(build, how, pair):
    """What is read beside what is wanted, as a unified diff."""
    done = subprocess.run([build / "test/config/golden", how, HERE / f"{pair}.in"], capture_output=True, timeout=60,
                          check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    want = (HERE / f"{pair}.want").read_text(errors="surrogateescape")
    got = done.stdout.decode(errors="surrogateescape")
    return "".join(difflib.unified_diff(want.splitlines(True), got.splitlines(True), f"{pair}.want", "read"))


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_a_boot_file_is_read_as_wanted(build, pair):
    how = "partless" if pair.parts[0] == "partless" else "tree"
    if difference := differs(build, how, pair):
        pytest.fail(difference, pytrace=False)


@pytest.mark.parametrize("pair", TREES, ids=str)
def test_a_byte_order_mark_makes_no_difference(build, pair):
    if difference := differs(build, "marked", pair):
        pytest.fail(difference, pytrace=False)


def test_every_language_has_pairs(root):
    names = re.findall(r'ROW\(\w+, "([a-z-]+)"', (root / "config/languages.h").read_text())
    assert len(names) > 5 and set(names) == {pair.parts[0] for pair in PAIRS}
