"""`partless check` names what is wrong with a program that a firmware must not be given."""

import re
import subprocess

import pytest

from disk import make_disk
from malformed import MALFORMED, Program, malformed
from processors import OWN


@pytest.fixture
def check(partless, tmp_path):
    """check({name: bytes}) gives the line of `partless check` about each program."""

    def run(programs):
        files = {f"/boot/{number}.efi": data for number, data in enumerate(programs.values())}
        menu = "".join(f"title {name}\nefi /boot/{number}.efi\n" for number, name in enumerate(programs))
        image = make_disk(tmp_path / "disk.img", files | {"/boot/partless.conf": menu}, size="64M")
        result = subprocess.run([partless, "check", image], capture_output=True, timeout=60, check=False)
        lines = re.findall(r"^(?:boots|problem) +\*? +(.*)$", result.stdout.decode(), re.MULTILINE)
        told = {line.split(":")[0]: line for line in lines}
        assert told.keys() == programs.keys()
        return told

    return run


@pytest.mark.parametrize("program", ["hello", "packed-hello"])
def test_each_fault_has_its_sentence(check, build, program):
    good = (build / OWN.name / f"test/{program}.efi").read_bytes()
    told = check({name: malformed(good, name) for name in MALFORMED} | {"good": good})
    assert told.pop("good") == "good"
    for name, line in told.items():
        assert MALFORMED[name].sentence in line, line
        assert "\n" not in line


def lay_over(program, one, other):
    """Puts one section of PROGRAM over another in memory."""
    program[one, "VirtualAddress"] = program[other, "VirtualAddress"]


# What is odd and was seen in programs that run.
LEGAL = {
    "data over data": lambda p: lay_over(p, 2, 1),  # ukify with the stub of systemd 252
    "an address that is not aligned": lambda p: p.__setitem__((3, "VirtualAddress"), 0x4040),  # the same
    "a base": lambda p: p.__setitem__("ImageBase", 0x14DF90000),  # systemd 257
    "an alignment of 32 bytes": lambda p: p.__setitem__("SectionAlignment", 0x20),  # Linux 4.4
    "an alignment of 2 MiB": lambda p: p.__setitem__("SectionAlignment", 0x200000),
    "code that does not say that it is executed":
        lambda p: p.__setitem__((0, "Characteristics"), 0x40000020),
    "more file than memory": lambda p: p.__setitem__((0, "VirtualSize"), 0x200),
    "more memory than file": lambda p: p.__setitem__((1, "VirtualSize"), 0x1000),
    "memory without a size": lambda p: p.__setitem__((2, "VirtualSize"), 0),
    "no directories": lambda p: p.__setitem__("NumberOfRvaAndSizes", 0),
    "a place in the file for what is not stored": lambda p: p.__setitem__((3, "PointerToRawData"), 0xFFFFFF00),
}


def test_what_is_only_odd_is_left_to_the_firmware(check, build):
    programs = {}
    for name, change in LEGAL.items():
        program = Program((build / OWN.name / "test/hello.efi").read_bytes())
        change(program)
        programs[name] = bytes(program.data)
    told = check(programs)
    assert {name: line for name, line in told.items() if line != name} == {}
