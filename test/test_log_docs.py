"""docs/log.md names every word, key and code that the sources can write."""

import re

import pytest


def used(root, pattern):
    found = set()
    for folder in ("loader", "efi"):
        for path in sorted((root / folder).rglob("*.c")):
            found |= set(re.findall(pattern, path.read_text()))
    return found


CALLS = {"words": r'log_line\("([a-z]+)"\)', "steps": r'(?:log_step\(|missing = )[^;]*?"([a-z]+)"',
         "keys": r'log_(?:text|word|number)\("([a-z0-9-]+)"', "reasons": r'\[(?:E_[A-Z_]+)\] = "([a-z-]+)"'}


@pytest.mark.parametrize("what", CALLS)
def test_what_can_be_written_is_documented(root, what):
    words = used(root, CALLS[what])
    assert len(words) > 3
    text = (root / "docs/log.md").read_text()
    assert {word for word in words if not re.search(rf"`{word}[`.]", text)} == set()
