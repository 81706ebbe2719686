"""Real grub.cfg files, and what GRUB itself made of each: the default it would boot, and its command
line. docs/grub.md has the differences, and their reasons."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from corpus import ROOT, cases

READER = Path(os.environ.get("PARTLESS_BUILD", ROOT / "build")) / "test/config/grub/test_grub"

# GRUB's answer, and ours: docs/grub.md, "Where Partless differs".
DIFFERENT = {
    # It loads a kernel and boots without a menu: that is an entry.
    "ernestl-uc": ["/boot/vmlinuz-5.15.0-051500-generic"],
}


@pytest.fixture(scope="session", autouse=True)
def reader():
    subprocess.run(["make", "-s", "-C", ROOT, READER.relative_to(ROOT)], check=True, timeout=600)


def numbers(part):
    """Disk and partition of "hd0,gpt1"."""
    return re.match(r"hd(\d+),(?:gpt|msdos)?(\d+)", part).groups()


def tree(case, folder):
    """The disks of a case, as test/unit/tree_volume.h has them."""
    parts = [b"==> /none"]
    for fs in case["fs"]:
        parts.append(f"=== {' '.join(numbers(fs['part']))} {fs['uuid'] or '-'} {fs['label']}".encode())
        for file in case["place"]:
            if file["fs"] == fs["id"]:
                content = (folder / file["src"]).read_bytes().removesuffix(b"\n")
                parts.append(f"==> {file['path']}\n".encode() + content)
        parts += sorted({f"==> {t['path']}".encode() for t in case["touch"] if t["fs"] == fs["id"]})
    return b"\n".join(parts) + b"\n"


def parse(output):
    """What test_grub prints."""
    head, *blocks = output.split("\n\n")
    menu = dict(line.split(" ", 1) for line in head.splitlines())
    menu["entries"] = []
    for block in blocks:
        lines = [line.partition(" ") for line in block.splitlines()]
        entry = {key: value for key, _, value in lines}
        entry["initrd"] = [value for key, _, value in lines if key == "initrd"]
        menu["entries"].append(entry)
    return menu


def leaves(entries, titles=()):
    for entry in entries:
        path = titles + (entry["title"],)
        if entry["type"] == "submenu":
            yield from leaves(entry.get("entries", []), path)
        else:
            yield ">".join(path), entry


def read(case, folder, tmp_path):
    (tmp_path / "tree").write_bytes(tree(case, folder))
    part, path = re.match(r"\((.*)\)(.*)", case["prefix"]).groups()
    run = subprocess.run([READER, *numbers(part), path + "/grub.cfg", tmp_path / "tree"],
                         capture_output=True, timeout=60, check=True)
    return parse(run.stdout.decode(errors="replace"))


def place(file, case):
    """A file by its volume and path; as it was written when no such volume is there."""
    for fs in case["fs"]:
        if file["device"] and "," in file["device"] and numbers(file["device"]) == numbers(fs["part"]):
            return "(disk {}, partition {})".format(*numbers(fs["part"])) + file["path"]
    return file["raw"]


def words(expected, case):
    there = place(expected["kernel"], case) != expected["kernel"]["raw"]
    return {"linux": place(expected["kernel"], case),
            "initrd": [i["path"] if there else i["raw"] for i in expected["initrd"]],
            "options": " ".join((expected["cmdline"] or "").split())}


def ours(entry):
    kernel = entry.get("linux", "")
    if re.match("no volume|there is no file system", entry.get("problem", "")):
        kernel = kernel.split(")", 1)[1]
    return {"linux": kernel, "initrd": entry["initrd"],
            "options": " ".join(entry.get("options", "").split())}


@pytest.mark.parametrize("folder", cases("grub2"))
def test_default_menu_and_command_lines_are_grubs(folder, tmp_path):
    case = json.loads((folder / "case.json").read_text())
    expected = json.loads((folder / "expected.json").read_text())
    got = read(case, folder, tmp_path)
    titles = [e["title"] for e in got["entries"]]
    if folder.name in DIFFERENT:
        assert titles == DIFFERENT[folder.name]
        return
    want = list(leaves((expected["menu"] or {}).get("entries", [])))
    assert titles == [title for title, _ in want]
    for entry, (title, told) in zip(got["entries"], want):
        mine, grubs = ours(entry), words(told, case) if told["kernel"] else None
        if entry.get("problem", "").startswith("initrd"):  # it lies where we cannot take it from
            mine["initrd"] = grubs["initrd"]
        if grubs:
            assert (title, mine) == (title, grubs)

    default = expected.get("default")
    if default is None:
        return
    chosen = got.get("once", got.get("default"))
    entry = next((e for e in got["entries"] if e["entry"] == chosen), None)
    assert entry is not None
    assert entry["title"] == ">".join(default["title_path"])
    if default["kernel"]:
        assert ours(entry) == words(default, case)
    timeout = expected["menu"]["timeout"]
    assert got.get("timeout") == (str(timeout) if timeout >= 0 else None)
