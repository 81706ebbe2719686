"""Malformed programs: a good one with one change, and the words of the loader's message about each."""

import struct
from typing import Callable, NamedTuple

PE_POINTER = 0x3C
OPTIONAL = 24  # where the optional header lies behind the beginning of the PE header

# PE format, 3.3 and 3.4: where a field lies behind the beginning of the PE header, and how long it is.
FIELDS = {
    "Machine": (4, "H"), "NumberOfSections": (6, "H"), "SizeOfOptionalHeader": (20, "H"),
    "Magic": (OPTIONAL, "H"), "AddressOfEntryPoint": (OPTIONAL + 16, "I"), "ImageBase": (OPTIONAL + 24, "Q"),
    "SectionAlignment": (OPTIONAL + 32, "I"), "SizeOfImage": (OPTIONAL + 56, "I"),
    "SizeOfHeaders": (OPTIONAL + 60, "I"), "Subsystem": (OPTIONAL + 68, "H"),
    "NumberOfRvaAndSizes": (OPTIONAL + 108, "I"), "CertificateAddress": (OPTIONAL + 144, "I"),
    "CertificateSize": (OPTIONAL + 148, "I"), "RelocationAddress": (OPTIONAL + 152, "I"),
    "RelocationSize": (OPTIONAL + 156, "I"),
}
SECTION_FIELDS = {"VirtualSize": 8, "VirtualAddress": 12, "SizeOfRawData": 16, "PointerToRawData": 20,
                  "Characteristics": 36}
SECTION_SIZE = 40


class Program:
    """A program whose headers can be read and changed: program["SizeOfImage"], program[0, "VirtualSize"]."""

    def __init__(self, data):
        self.data = bytearray(data)

    def _place(self, field):
        pe, = struct.unpack_from("<I", self.data, PE_POINTER)
        if isinstance(field, str):
            offset, kind = FIELDS[field]
            return kind, pe + offset
        section, name = field
        table = pe + OPTIONAL + self["SizeOfOptionalHeader"]
        return "I", table + SECTION_SIZE * section + SECTION_FIELDS[name]

    def __getitem__(self, field):
        kind, at = self._place(field)
        return struct.unpack_from("<" + kind, self.data, at)[0]

    def __setitem__(self, field, value):
        kind, at = self._place(field)
        struct.pack_into("<" + kind, self.data, at, value)

    def section(self, address):
        """The number of the section that ADDRESS is in, and that of one that it is not in."""
        inside = [self[n, "VirtualAddress"] <= address
                  < self[n, "VirtualAddress"] + max(self[n, "VirtualSize"], self[n, "SizeOfRawData"])
                  for n in range(self["NumberOfSections"])]
        return inside.index(True), inside.index(False)

    @property
    def code(self):
        return self.section(self["AddressOfEntryPoint"])[0]

    @property
    def other(self):
        return self.section(self["AddressOfEntryPoint"])[1]


class Malformed(NamedTuple):
    change: Callable[[Program], None]
    sentence: str


def put(field, value):
    def change(program):
        program[field] = value
    return change


def put_code(field, value):
    """Writes VALUE, or what VALUE returns for the program, to a field of the section that the program begins in."""
    def change(program):
        program[program.code, field] = value(program) if callable(value) else value
    return change


def put_other(field, value):
    def change(program):
        program[program.other, field] = value(program) if callable(value) else value
    return change


def both(*changes):
    def change(program):
        for one in changes:
            one(program)
    return change


def cut(program):
    del program.data[program[program.code, "PointerToRawData"] + 16:]


def pointer(value):
    return lambda program: struct.pack_into("<I", program.data, PE_POINTER, value)


OUTSIDE = "bytes of memory"
HEADER = "has a damaged program header"
TRUNCATED = "is truncated: its headers ask for"
NO_CODE = "where it has no code"

MALFORMED = {
    "a section past its memory": Malformed(put_code("VirtualSize", 0x10000000), OUTSIDE),
    "a section whose end wraps": Malformed(put_code("VirtualSize", 0xFFFFF800), OUTSIDE),
    "a section that begins past its memory": Malformed(put_other("VirtualAddress", 0x10000000), OUTSIDE),
    "a section whose beginning wraps": Malformed(put_other("VirtualAddress", 0xFFFFFFF0), OUTSIDE),
    "a file part past its memory": Malformed(
        both(put_code("VirtualSize", 0), put_code("VirtualAddress", lambda p: p["SizeOfImage"] - 8)), OUTSIDE),
    "no memory": Malformed(put("SizeOfImage", 0), OUTSIDE),
    "a byte of memory": Malformed(put("SizeOfImage", 1), OUTSIDE),
    "less memory than headers": Malformed(put("SizeOfImage", 0x100), OUTSIDE),
    "less memory than sections": Malformed(put("SizeOfImage", 0x1000), OUTSIDE),
    "a beginning outside": Malformed(put("AddressOfEntryPoint", 0x10000000), NO_CODE),
    "a beginning far outside": Malformed(put("AddressOfEntryPoint", 0xFFFFFFFF), NO_CODE),
    "a beginning at the very end": Malformed(
        lambda p: put("AddressOfEntryPoint", p["SizeOfImage"])(p), NO_CODE),
    "a beginning in its headers": Malformed(put("AddressOfEntryPoint", 0), NO_CODE),
    "a beginning in data": Malformed(
        lambda p: put("AddressOfEntryPoint", p[p.other, "VirtualAddress"])(p), NO_CODE),
    "a beginning in what is not stored": Malformed(put_code("SizeOfRawData", 0), NO_CODE),
    "code that is none": Malformed(put_code("Characteristics", 0x40000040), NO_CODE),
    "a section over its code": Malformed(
        put_other("VirtualAddress", lambda p: p[p.code, "VirtualAddress"]), "lies over its code"),
    "a section over its headers": Malformed(put_other("VirtualAddress", 0x10), "lies over its headers"),
    "a section past the file": Malformed(put_code("SizeOfRawData", 0x1000000), TRUNCATED),
    "a section whose end in the file wraps": Malformed(put_code("PointerToRawData", 0xFFFFFF00), TRUNCATED),
    "a file that was cut": Malformed(cut, TRUNCATED),
    "headers past the file": Malformed(put("SizeOfHeaders", 0x7FFFFFFF), TRUNCATED),
    "headers past what they take": Malformed(put("SizeOfHeaders", 0x80), "is damaged: its headers take"),
    "no headers": Malformed(put("SizeOfHeaders", 0), "is damaged: its headers take"),
    "no alignment": Malformed(put("SectionAlignment", 0), "which is not a power of two"),
    "an odd alignment": Malformed(put("SectionAlignment", 0x1800), "which is not a power of two"),
    "no sections": Malformed(put("NumberOfSections", 0), HEADER),
    "too many sections": Malformed(put("NumberOfSections", 0xFFFF), HEADER),
    "sections past its headers": Malformed(put("NumberOfSections", 60), "is damaged: its headers take"),
    "a header far away": Malformed(pointer(0x7FFFFFFF), TRUNCATED),
    "a header whose end wraps": Malformed(pointer(0xFFFFFFFF), TRUNCATED),
    "a header that is too short": Malformed(put("SizeOfOptionalHeader", 0x10), HEADER),
    "a header of 32 bits": Malformed(put("Magic", 0x10B), HEADER),
    "too many directories": Malformed(put("NumberOfRvaAndSizes", 17), HEADER),
    "directories past the header": Malformed(
        both(put("NumberOfRvaAndSizes", 16), put("SizeOfOptionalHeader", 120)), HEADER),
    "a signature past the file": Malformed(
        both(put("CertificateAddress", 0xFFFFFFF8), put("CertificateSize", 0x100)), TRUNCATED),
    "a program for Linux": Malformed(put("Subsystem", 3), "is a program for an operating system"),
    "another machine's": Malformed(put("Machine", 0x5064), "is for riscv64"),
}


def malformed(data, name):
    """The program DATA with the fault NAME."""
    program = Program(data)
    MALFORMED[name].change(program)
    return bytes(program.data)
