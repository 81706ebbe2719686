"""Which folder may know which: docs/design.md, "The way through the house"."""

import re

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
