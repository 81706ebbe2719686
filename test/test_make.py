"""`make`: for which processors it builds loaders."""

import os
import subprocess
from pathlib import Path

import pytest

LOADERS = {"x86_64": "BOOTX64.EFI", "aarch64": "BOOTAA64.EFI"}


def make(root, *words, path=None):
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    return subprocess.run(["/usr/bin/make", "-C", root, *words], text=True, timeout=120, capture_output=True,
                          env={**environment, **({"PATH": str(path)} if path else {})})


def loaders(done):
    """The loaders that `make -n` would make."""
    assert done.returncode == 0, done.stderr
    return {name for name in LOADERS.values() if f"PE build/none/{name} " in done.stdout}


@pytest.fixture
def alone(tmp_path):
    """A directory for PATH, without any compiler but this machine's own."""
    machine = os.uname().machine
    for program in Path("/usr/bin").iterdir():
        if "-linux-gnu-" not in program.name or program.name.startswith(machine):
            (tmp_path / program.name).symlink_to(program)
    return tmp_path


@pytest.mark.parametrize("words, which", [
    ([], LOADERS), (["ARCH=x86_64"], ["x86_64"]), (["ARCH=aarch64"], ["aarch64"]),
], ids=["all", "x86_64", "aarch64"])
def test_both_loaders_are_made_or_the_one_that_was_asked_for(root, words, which):
    done = make(root, "-n", "B=build/none", *words)
    assert loaders(done) == {LOADERS[processor] for processor in which}
    assert "left out" not in done.stdout + done.stderr


def test_an_environment_with_arch_in_it_changes_nothing(root, monkeypatch):
    monkeypatch.setenv("ARCH", "arm")  # as people have it who build kernels
    assert loaders(make(root, "-n", "B=build/none")) == set(LOADERS.values())


def test_a_loader_without_a_compiler_is_left_out_and_make_says_what_to_install(root, alone):
    mine = os.uname().machine
    other, = LOADERS.keys() - {mine}
    done = make(root, "-n", "B=build/none", path=alone)
    assert loaders(done) == {LOADERS[mine]}
    assert "left out" in done.stdout
    done = make(root, f"no-{other}", path=alone)
    name = other.replace("_", "-")
    assert done.stderr.count("\n") == 1
    assert f"{LOADERS[other]} is left out: {other}-linux-gnu-gcc or {other}-linux-gnu-ld is missing; " \
           f"install gcc-{name}-linux-gnu\n" in done.stderr


def test_what_the_tests_of_one_processor_need_is_made_without_the_other_s_compiler(root, alone):
    mine = os.uname().machine
    other, = LOADERS.keys() - {mine}
    done = make(root, "-n", "B=build/none", f"ARCH={mine}", "tested", path=alone)
    assert loaders(done) == {LOADERS[mine]}
    assert f"build/none/{other}/" not in done.stdout


@pytest.mark.parametrize("machine", LOADERS)
def test_every_machine_builds_its_own_by_the_compiler_without_a_prefix(root, machine):
    """`uname -m` is what MACHINE says."""
    done = make(root, "-n", "V=1", "B=build/none", f"MACHINE={machine}")
    linked = {line.split("-o build/none/")[1].split("/")[0]: line.split()[0] for line in done.stdout.splitlines()
              if "partless.elf build/none" in line}
    other, = LOADERS.keys() - {machine}
    assert linked == {machine: "ld", other: f"{other}-linux-gnu-ld"}


@pytest.mark.parametrize("target, which", [("tested", LOADERS), ("bench-scale", ["x86_64"]),
                                           ("bench-doors", ["x86_64"])])
def test_tests_and_benchmarks_get_the_loaders_that_they_boot_on_any_machine(root, target, which):
    done = make(root, "-n", "B=build/none", "MACHINE=aarch64", target)
    assert loaders(done) == {LOADERS[processor] for processor in which}


def test_a_processor_that_is_not_known_is_refused(root):
    done = make(root, "ARCH=sparc")
    assert done.returncode != 0
    assert "ARCH is one of x86_64 aarch64, not sparc" in done.stderr


def test_a_second_make_has_nothing_to_do(root):
    assert "Nothing to be done for 'all'" in make(root).stdout
    assert make(root, "-s").stdout == ""


VENDOR = "partless.debian,1,Debian's,partless,0.9-1,https://tracker.debian.org/pkg/partless"


def sbat(root, build, line):
    """What make says, and the lines of the section .sbat, with the packager's LINE."""
    machine = os.uname().machine
    done = make(root, "-s", f"B={build}", f"ARCH={machine}", f"SBAT_VENDOR={line}", f"{build}/{machine}/efi/sbat.o")
    if done.returncode:
        return done.stderr, None
    section = subprocess.run(["objcopy", "-O", "binary", "-j", ".sbat", build / machine / "efi/sbat.o",
                              build / "sbat"], check=True, timeout=60)
    assert section.returncode == 0
    return done.stderr, (build / "sbat").read_bytes().rstrip(b"\0").decode().splitlines()


def test_a_packager_adds_a_line_to_sbat(root, tmp_path):
    """The object follows the line: with another line, or none, it is made anew."""
    _, own = sbat(root, tmp_path, "")
    assert [line.split(",")[0] for line in own] == ["sbat", "partless"]
    assert sbat(root, tmp_path, VENDOR) == ("", [*own, VENDOR])
    assert sbat(root, tmp_path, "") == ("", own)


@pytest.mark.parametrize("line, why", {
    "a,1,b,c,d": "it has fewer than six fields",
    "a,1,b,c,d,e,f": "it has more than six fields",
    ",1,b,c,d,e": "a field is empty",
    "a,1,b,,d,e": "a field is empty",
    "a,1,b,c,d,": "a field is empty",
    "a,0,b,c,d,e": "the generation '0' is not a number from 1",
    "a,one,b,c,d,e": "the generation 'one' is not a number from 1",
    "partless,1,b,c,d,e": "the name 'partless' is not a packager's: say partless.NAME",
    "sbat,1,b,c,d,e": "the name 'sbat' is not a packager's: say partless.NAME",
    "a,1,b\u00e9,c,d,e": "a character is not printable ASCII",
    "a,1,b\tb,c,d,e": "a character is not printable ASCII",
    'a,1,"b",c,d,e': "a quote or a backslash cannot be in it",
    "a,1,b\\n,c,d,e": "a quote or a backslash cannot be in it",
}.items())
def test_a_line_that_shim_would_refuse_does_not_build(root, tmp_path, line, why):
    said, lines = sbat(root, tmp_path, line)
    assert lines is None
    assert f"SBAT_VENDOR='{line}': {why}" in said
