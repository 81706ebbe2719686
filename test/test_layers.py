"""Which folder, room and file may know which: docs/design.md, "The parts, and the path of a boot"."""

import re
import subprocess

import pytest

LEFT_OF = {
    "base": [],
    "fs": ["base"],
    "config": ["base", "fs"],
    "loader": ["base", "fs", "config"],
    "efi": ["base", "fs", "config", "loader"],
    "host": ["base", "fs", "config", "loader"],
    "pack": ["base", "efi"],
}
PURE = ("base", "fs", "config", "loader")

# What a room may include of its own folder. The folder's own files, at its top, are "".
ROOMS = {
    "fs": {"": ["", "ext", "xfs"], "ext": ["", "ext"], "xfs": ["", "xfs"]},
    "config": {
        "": ["", "lines"],
        "lines": ["", "lines"],
        "image": ["", "image", "lines"],
        "extlinux": ["", "lines", "extlinux"],
        "legacy": ["", "lines", "grub"],  # it reads numbers as GRUB 2 does
        "kernels": ["", "lines", "image", "kernels"],
        "bls": ["", "lines", "image", "bls", "grub"],  # a variable of GRUB's environment file in an entry
        "grub": ["", "lines", "image", "bls", "grub"],
    },
    "loader": {room: ["", "disks", "interface", "menu", "settings"]
               for room in ("", "disks", "interface", "menu", "settings")},
    "host": {"": [""], "doctor": ["", "doctor"]},
}

# A script that runs commands, and commands that run scripts, know each other: GRUB's language has `if`,
# `source` and entries that are scripts. No other files form a circle.
CIRCLE = "config/grub/"

# What a freestanding compiler brings (C23, 4p7).
FREESTANDING = {"float.h", "iso646.h", "limits.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h",
                "stdint.h", "stdnoreturn.h"}


def lines(root, folder):
    for path in sorted((root / folder).rglob("*.[ch]")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            yield f"{path.relative_to(root)}:{number}", line


def includes(root, folder, pattern):
    for place, line in lines(root, folder):
        if match := re.match(r"\s*#\s*include\s*" + pattern, line):
            yield place, match[1]


@pytest.mark.parametrize("folder", LEFT_OF)
def test_a_folder_includes_only_what_stands_left_of_it(root, folder):
    allowed = LEFT_OF[folder] + [folder]
    found = list(includes(root, folder, r'"([^"]*)"'))
    assert found, "no include at all?"
    wrong = [f'{place}: "{name}"' for place, name in found if name.split("/")[0] not in allowed]
    assert wrong == []


@pytest.mark.parametrize("folder", ROOMS)
def test_a_room_includes_only_the_rooms_that_it_may(root, folder):
    seen, wrong = set(), []
    for place, name in includes(root, folder, rf'"{folder}/([^"]*)"'):
        here, there = (path.split("/")[0] if "/" in path else ""
                       for path in (place.removeprefix(folder + "/"), name))
        seen.add(here)
        if there not in ROOMS[folder][here]:
            wrong.append(f"{place}: {name}")
    assert wrong == []
    assert seen == set(ROOMS[folder])


def calls(root, build):
    """{file: the files that have the functions and data that it uses}, by the symbols of the objects."""
    home, wanted = {}, {}
    for file in sorted(file for folder in PURE for file in (root / folder).rglob("*.c")):
        name = str(file.relative_to(root))
        found = subprocess.run(["nm", "-P", build / "test" / (name[:-1] + "o")], capture_output=True, text=True,
                               check=True, timeout=60).stdout.splitlines()
        symbols = [line.split()[:2] for line in found]
        home |= {symbol: name for symbol, kind in symbols if kind in "TDBR"}
        wanted[name] = [symbol for symbol, kind in symbols if kind == "U"]
    return {name: {home[symbol] for symbol in symbols if symbol in home} for name, symbols in wanted.items()}


def reached(graph, start):
    found, rest = set(), list(graph[start])
    while rest:
        if (file := rest.pop()) not in found:
            found.add(file)
            rest += graph[file]
    return found


def test_no_files_of_a_pure_folder_form_a_circle(root, build):
    graph = calls(root, build)
    assert len(graph) > 100 and any(graph.values())
    in_circles = [file for file in graph if file in reached(graph, file)]
    assert CIRCLE + "run.c" in in_circles
    assert [file for file in in_circles if not file.startswith(CIRCLE)] == []


@pytest.mark.parametrize("folder", PURE)
def test_no_files_of_a_pure_folder_include_each_other_in_a_circle(root, folder):
    """A source file and its header are one file here."""
    graph = {place.rsplit(".", 1)[0]: set() for place, _ in lines(root, folder)}
    for place, name in includes(root, folder, rf'"({folder}/[^"]*)\.h"'):
        graph[place.rsplit(".", 1)[0]].add(name)
    graph = {file: found - {file} for file, found in graph.items()}
    assert any(graph.values())
    in_circles = [file for file in graph if file in reached(graph, file)]
    assert (CIRCLE + "run" in in_circles) == (folder == "config")
    assert [file for file in in_circles if not file.startswith(CIRCLE)] == []


@pytest.mark.parametrize("folder", PURE)
def test_a_pure_folder_knows_no_operating_system(root, folder):
    wrong = [f"{place}: <{name}>" for place, name in includes(root, folder, "<([^>]*)>")
             if name not in FREESTANDING]
    assert wrong == []


@pytest.mark.parametrize("folder", PURE)
def test_a_pure_folder_is_the_same_in_every_build(root, folder):
    wrong = [f"{place}: {line}" for place, line in lines(root, folder)
             if re.match(r"\s*#\s*(if|elif|else|ifdef)\b", line)
             or re.match(r"\s*#\s*ifndef\b(?! \w+_H$)", line)]
    assert wrong == []


@pytest.mark.parametrize("folder", [f for f in LEFT_OF if f != "efi"])
def test_only_efi_knows_the_firmware(root, folder):
    assert [f"{place}: <{name}>" for place, name in includes(root, folder, "<(efi[^>]*)>")] == []
