"""Sets of boot loader entries, and systemd's answer to each: the same entries in the same order, the
same default. docs/menus.md has the differences, and their reasons."""

import json

import pytest
from corpus import cases

# What cannot be a Linux kernel's name on ext4, or is no path, is not put on the disk.
FOREIGN = {"aa64", "arm", "ia32", "ia64", "riscv64"}


def kernels(expected):
    for entry in expected["entries"]:
        for path in [entry.get("linux"), entry.get("efi")] + entry.get("initrd", []):
            for part in (path or "").split():
                if not part.startswith("$"):
                    yield part


@pytest.mark.parametrize("case", cases("bls"))
def test_order_and_default_are_systemds(menu, case):
    expected = json.loads((case / "expected.json").read_text())
    files = {path: b"kernel" for path in kernels(expected)}
    for file in (case / "loader").rglob("*"):
        if file.is_file():
            files[str(file.relative_to(case))] = file.read_bytes()
    got = menu(files)
    want = [e for e in expected["entries"] if e.get("architecture", "").lower() not in FOREIGN]
    assert [e["id"] for e in got["entries"]] == [e["id"] for e in want]

    by_id = {e["id"]: e for e in want}
    for entry in got["entries"]:
        told = by_id[entry["id"]]
        if "linux" not in told and "efi" not in told:
            continue
        program = told.get("efi") or told["linux"]
        assert entry["kernel"] == "/" + program.lstrip("/")
        if "$" not in told.get("options", ""):
            assert entry["options"] == told.get("options", "")
        if "efi" not in told:
            initrds = " ".join(told.get("initrd", [])).split()
            assert entry["initrd"] == [i for i in initrds if not i.startswith("$")]

    default = [e["id"] for e in want if e["isDefault"]]
    bootable = [e["id"] for e in want if e.get("linux") or e.get("efi")]
    if default and default[0] not in bootable:
        default = bootable[:1] or default
    assert [got["default"]] == (default or [None])
