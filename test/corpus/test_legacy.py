"""GRUB legacy's menus, and pygrub's answer to each: the same entries, kernels, options and initrds,
the same default. docs/menus.md has the differences, and their reasons."""

import json

import pytest
from corpus import cases


def answer(expected):
    """pygrub's, or where it raised an exception, the one of GRUB 2's legacy_configfile."""
    if "entries" in expected["pygrub"]:
        theirs = expected["pygrub"]
        return int(theirs["default"]), [
            {"title": e["title"], "kernel": e["kernel"] and e["kernel"][1],
             "options": e["args"] or "", "initrd": e["initrd"] and e["initrd"][1]}
            for e in theirs["entries"]]
    theirs = expected["grub2_legacycfg"]
    return int(theirs["default"] or 0), [
        {"title": e["title"], "kernel": e["kernel"], "options": " ".join(e["args"] or []),
         "initrd": (e["initrd"] or [None])[0]} for e in theirs["entries"]]


def path(text):
    """Without what follows it, and from the root."""
    words = (text or "").split()
    return "/" + words[0].lstrip("/") if words else ""


@pytest.mark.parametrize("case", cases("legacy"))
def test_entries_and_default_are_pygrubs(menu, case):
    default, want = answer(json.loads((case / "expected.json").read_text()))
    if not want:
        pytest.skip("no answer: both stopped at a line that GRUB legacy passes over")
    files = {place["path"]: (case / place["src"]).read_bytes()
             for place in json.loads((case / "case.json").read_text())["place"]
             if place["src"] != "wrapper.cfg"}
    for entry in want:
        for text in (entry["kernel"], entry["initrd"]):
            if path(text):
                files[path(text)] = b"file"
    got = menu(files)
    assert [e["title"] for e in got["entries"]] == [e["title"] or "(no title)" for e in want]
    for ours, theirs in zip(got["entries"], want):
        if (theirs["kernel"] or "").startswith("--"):
            continue  # pygrub takes GRUB's own switch for the kernel
        assert ours["kernel"] == path(theirs["kernel"])
        assert ours["options"].split() == theirs["options"].split()
        if theirs["initrd"] and theirs["kernel"]:
            assert ours["initrd"] == [path(theirs["initrd"])]

    while default < len(want) and not want[default]["kernel"]:
        default += 1  # what starts no Linux here cannot be it
    if default < len(want):
        assert got["default"] == got["entries"][default]["id"]
