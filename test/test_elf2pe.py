"""The PE file says what the linker's ELF file says: by readelf and objcopy, which we did not write."""

import re
import struct
import subprocess

import pytest

from test_binary import Pe
from test_pack import relocations

NOTHING = "void efi_main(void) {} const char sbat[] = \"sbat\";"


def run(*args, **options):
    return subprocess.run(args, capture_output=True, check=True, timeout=60, **options).stdout


@pytest.fixture(params=["x86_64", "aarch64"])
def files(build, request):
    """The linker's file, and the PE file that was made of it."""
    return build / request.param / "partless.elf", Pe((build / request.param / "partless.efi").read_bytes())


def elf_relocations(file):
    """{address: the number there, less the program's own address}"""
    rows = re.findall(r"^(\w{16})  \w{16} R_(?:X86_64|AARCH64)_RELATIVE +(\w+)$",
                      run("readelf", "-rW", file, text=True), re.M)
    return {int(address, 16): int(addend, 16) for address, addend in rows}


def test_the_sections_are_those_of_the_linker(files, tmp_path):
    elf, program = files
    moved = elf_relocations(elf)
    rows = re.findall(r"\] (\S+) +(PROGBITS|NOBITS) +(\w+) \w+ (\w+) \w+ +A?W?A?X? ",
                      run("readelf", "-SW", elf, text=True))
    assert [name for name, *_ in rows] == [s.name for s in program.sections[:-1]]
    for name, kind, address, size in rows:
        section = program.section(name)
        assert (section.address, section.size) == (int(address, 16), int(size, 16))
        if kind == "NOBITS":
            assert section.content == b""
            continue
        run("objcopy", "-I", "elf64-little", "-O", "binary", "-j", name, elf, tmp_path / "bytes")
        wanted = bytearray((tmp_path / "bytes").read_bytes())
        for at in moved:
            if at in section:
                wanted[at - section.address:at - section.address + 8] = struct.pack("<Q", moved[at])
        assert section.content == wanted, name


def test_the_relocations_are_those_of_the_linker(files):
    elf, program = files
    found = relocations(program)
    assert found == sorted(elf_relocations(elf))
    assert len(found) > 100


def test_a_file_is_padded_by_bytes_that_belong_to_the_program(build):
    elf = (build / "x86_64/partless.elf").read_bytes()
    plain, padded = (run(build / "elf2pe", *size, input=elf) for size in ([], ["524288"]))
    assert len(padded) == 524288 > len(plain)
    last, same = Pe(padded).sections[-1], Pe(plain).sections[-1]
    assert last.raw_offset + last.raw_size == len(padded)
    assert last.content == same.content
    assert not padded[last.raw_offset + last.size:].strip(b"\0")


def test_the_relocations_fill_their_section(files):
    """shim 15.7 and older do not apply them otherwise."""
    _, program = files
    optional = program.data.index(b"PE\0\0") + 24
    place = struct.unpack_from("<II", program.data, optional + 112 + 5 * 8)
    assert place == (program.section(".reloc").address, program.section(".reloc").size)


def link(root, tmp_path, source, kind="-pie"):
    (tmp_path / "it.c").write_text(source)
    run("gcc", "-c", "-fpie", "-ffreestanding", "-o", tmp_path / "it.o", tmp_path / "it.c")
    run("ld", kind, "-e", "efi_main", "-z", "norelro", "--hash-style=sysv", "-T", root / "efi/program.lds",
        "-o", tmp_path / "it.elf", tmp_path / "it.o")
    return (tmp_path / "it.elf").read_bytes()


def refusal(build, elf, *size):
    done = subprocess.run([build / "elf2pe", *size], input=elf, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, b"")
    return done.stderr.decode()


def test_a_small_program_is_a_program(build, root, tmp_path):
    program = Pe(run(build / "elf2pe", input=link(root, tmp_path, NOTHING)))
    assert program.entry == program.section(".text").address


def test_what_only_a_dynamic_linker_could_do_is_refused(build, root, tmp_path):
    elf = link(root, tmp_path, NOTHING + "extern int elsewhere; int *const where = &elsewhere;", "-shared")
    assert re.fullmatch(r"elf2pe: only a dynamic linker could apply relocation 1, at 0x\w+\n", refusal(build, elf))


def section(elf, number, offset, form, value):
    """Changes a field of a section's header."""
    headers, = struct.unpack_from("<Q", elf, 0x28)
    struct.pack_into(form, elf, headers + 64 * number + offset, value)


def test_a_section_that_pe_does_not_have_is_refused(build, root, tmp_path):
    """As .relr.dyn is, which holds relocations too."""
    elf = bytearray(link(root, tmp_path, NOTHING))
    section(elf, 1, 4, "<I", 19)  # SHT_RELR
    assert refusal(build, bytes(elf)) == "elf2pe: a section of type 19 has no place in a PE file\n"


def test_a_program_that_does_not_begin_in_its_code_is_refused(build, root, tmp_path):
    elf = bytearray(link(root, tmp_path, NOTHING))
    section(elf, 1, 8, "<Q", 2)  # SHF_ALLOC, no longer SHF_EXECINSTR
    assert refusal(build, bytes(elf)) == "elf2pe: the program does not begin in its code\n"


def test_code_that_can_be_written_is_refused(build, root, tmp_path):
    elf = bytearray(link(root, tmp_path, NOTHING))
    section(elf, 1, 8, "<Q", 7)  # SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR
    assert refusal(build, bytes(elf)) == "elf2pe: section .text is both writable and executable\n"


@pytest.mark.parametrize("change, words", [
    (lambda elf: b"", "the input is cut short"),
    (lambda elf: elf[:len(elf) // 2], "the input is cut short"),
    (lambda elf: b"MZ" + elf[2:], "the input is no position-independent executable in 64-bit ELF"),
    (lambda elf: elf[:16] + b"\1\0" + elf[18:], "the input is no position-independent executable in 64-bit ELF"),
    (lambda elf: elf[:18] + b"\3\0" + elf[20:], "machine 3 is not known"),
])
def test_what_is_no_program_is_refused(build, change, words):
    assert refusal(build, change((build / "x86_64/partless.elf").read_bytes())) == f"elf2pe: {words}\n"


def test_a_program_that_outgrew_its_size_is_refused(build):
    elf = (build / "x86_64/partless.elf").read_bytes()
    size = len(subprocess.run([build / "elf2pe"], input=elf, stdout=subprocess.PIPE, check=True).stdout)
    assert refusal(build, elf, "131072") == f"elf2pe: the file would have {size} bytes, and is to have 131072\n"


@pytest.mark.parametrize("size", ["", "x", "12x", "99999999"])
def test_a_size_that_is_none_is_refused(build, size):
    assert refusal(build, b"", size).startswith("elf2pe: usage: elf2pe [SIZE] <ELF >PE")
