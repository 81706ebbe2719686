"""What BOOTX64.EFI and the loader in it have to be as files, whatever they do when they run."""

import re
import shutil
import struct
import subprocess

import pytest

PAGE = 4096
MOST = 128 * 1024

# PE format, section 3.3 to 4: what the fields are called there.
MACHINES = {"x86_64": 0x8664, "aarch64": 0xaa64}  # IMAGE_FILE_MACHINE_AMD64, _ARM64
IMAGE_FILE_RELOCS_STRIPPED = 0x0001
IMAGE_SUBSYSTEM_EFI_APPLICATION = 10
IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE = 0x0040
IMAGE_DLLCHARACTERISTICS_NX_COMPAT = 0x0100
IMAGE_SCN_MEM_EXECUTE = 0x20000000
IMAGE_SCN_MEM_WRITE = 0x80000000


class Section:
    def __init__(self, data, offset):
        (name, self.size, self.address, self.raw_size, self.raw_offset, *_,
         flags) = struct.unpack_from("<8sIIIIIIHHI", data, offset)
        self.name = name.rstrip(b"\0").decode()
        self.writable = bool(flags & IMAGE_SCN_MEM_WRITE)
        self.executable = bool(flags & IMAGE_SCN_MEM_EXECUTE)
        self.content = data[self.raw_offset:self.raw_offset + min(self.size, self.raw_size)]

    def __contains__(self, address):
        return self.address <= address < self.address + self.size


class Pe:
    def __init__(self, data):
        self.data = data
        head, = struct.unpack_from("<I", data, 0x3c)
        assert data[:2] == b"MZ" and data[head:head + 4] == b"PE\0\0"
        (self.machine, count, self.timestamp, _, _, optional_size,
         self.characteristics) = struct.unpack_from("<HHIIIHH", data, head + 4)
        optional = head + 24
        self.magic, = struct.unpack_from("<H", data, optional)
        self.entry, = struct.unpack_from("<I", data, optional + 16)
        self.section_alignment, self.file_alignment = struct.unpack_from("<II", data, optional + 32)
        (self.image_size, self.headers_size, _, self.subsystem,
         self.dll_characteristics) = struct.unpack_from("<IIIHH", data, optional + 56)
        table = optional + optional_size
        self.sections = [Section(data, table + 40 * n) for n in range(count)]

    def section(self, name):
        found = [s for s in self.sections if s.name == name]
        assert len(found) == 1, f"{len(found)} sections {name}"
        return found[0]


# Of each processor the shipped file, and the loader as it is.
FILES = {"x86_64": ("BOOTX64.EFI", "x86_64/partless.efi"), "aarch64": ("BOOTAA64.EFI", "aarch64/partless.efi")}


@pytest.fixture(scope="module", params=[file for files in FILES.values() for file in files])
def program(build, request):
    """Each of the programs: one installs any of them."""
    return Pe((build / request.param).read_bytes())


def copy_tree(root, to):
    ignore = shutil.ignore_patterns("build", ".git", "__pycache__")
    return shutil.copytree(root, to, ignore=ignore)


def both(build, processor):
    return [(build / name).read_bytes() for name in FILES[processor]]


def make(tree, processor="x86_64"):
    return subprocess.run(["make", "-s", "-C", tree, f"ARCH={processor}", f"build/{FILES[processor][0]}"],
                          capture_output=True, text=True, timeout=300, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})


@pytest.mark.parametrize("processor", FILES)
def test_it_is_for_its_processor(build, processor):
    assert [Pe(data).machine for data in both(build, processor)] == [MACHINES[processor]] * 2


# Functions that only the kernels of one processor need.
ONLY = {"x86_64": "pe_outline", "aarch64": "gzip_unpack"}


@pytest.mark.parametrize("processor", FILES)
def test_the_loader_has_nothing_that_only_the_other_processors_kernels_need(build, processor):
    symbols = subprocess.run(["nm", build / processor / "partless.elf"], capture_output=True, text=True, check=True,
                             timeout=60).stdout.split()
    assert {name: name in symbols for name in ONLY.values()} == {
        name: processor == only for only, name in ONLY.items()}


def test_it_is_an_efi_application(program):
    assert program.magic == 0x20b
    assert program.subsystem == IMAGE_SUBSYSTEM_EFI_APPLICATION
    assert not program.characteristics & IMAGE_FILE_RELOCS_STRIPPED
    assert program.dll_characteristics & IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE


def test_it_begins_in_its_code(program):
    assert [s.executable for s in program.sections if program.entry in s] == [True]


def test_sections_lie_on_pages_of_their_own(program):
    assert program.section_alignment == PAGE
    end = program.headers_size
    for section in program.sections:
        assert section.address % PAGE == 0
        assert section.raw_offset % program.file_alignment == 0
        assert section.address >= end
        end = section.address + section.size
    assert end <= program.image_size


def test_no_section_is_writable_and_executable(program):
    assert [s.name for s in program.sections if s.writable and s.executable] == []
    assert [s.name for s in program.sections if s.executable] == [".text"]
    assert [s.name for s in program.sections if s.writable] == [".data", ".bss"]


def test_it_says_that_it_needs_no_executable_data(program):
    assert program.dll_characteristics & IMAGE_DLLCHARACTERISTICS_NX_COMPAT


def test_sbat_says_what_and_which_generation_it_is(program):
    lines = program.section(".sbat").content.rstrip(b"\0").decode("ascii").split("\n")
    assert lines.pop() == "", "the last line has no end"
    rows = [line.split(",") for line in lines]
    assert [row[:2] for row in rows] == [["sbat", "1"], ["partless", "1"]]
    for row in rows:
        assert len(row) == 6 and all(row)
        assert int(row[1]) >= 1


def test_the_page_on_security_shows_what_sbat_says(program, root):
    lines = program.section(".sbat").content.rstrip(b"\0").decode("ascii").split("\n")[:2]
    version = lines[1].split(",")[4]
    page = (root / "SECURITY.md").read_text()
    assert "\n".join(f"    {line}" for line in lines).replace(f",{version},", ",VERSION,") in page


def test_every_section_is_in_the_file(program):
    for section in program.sections:
        if section.name == ".bss":  # zeros, which the firmware makes
            assert section.raw_size == 0
            continue
        assert section.raw_size >= section.size
        assert section.raw_offset + section.size <= len(program.data)


def test_qemu_does_not_take_it_for_an_old_kernel(program):
    """Where it reads setup_sects and the magic number of a Linux kernel: Documentation/x86/boot."""
    assert program.data[0x1f1] == 0
    assert program.data[0x202:0x206] != b"HdrS"


@pytest.mark.parametrize("processor", FILES)
def test_the_size_is_constant_and_small(build, root, processor):
    size, = re.findall(r"^EFI_SIZE *= *(\d+)$", (root / "mk/efi.mk").read_text(), re.M)
    assert len(both(build, processor)[0]) == int(size) <= MOST


def test_it_tells_no_time(program):
    assert program.timestamp == 0


@pytest.mark.parametrize("processor", ["x86_64", pytest.param("aarch64", marks=pytest.mark.trial)])
def test_two_directories_give_the_same_bytes(root, tmp_path, build, processor):
    tree = copy_tree(root, tmp_path / "a-longer-path/with-more-in-it/tree")
    done = make(tree, processor)
    assert done.returncode == 0, done.stderr
    assert both(tree / "build", processor) == both(build, processor), "are those of build/ stale?"


def test_an_undefined_symbol_is_refused_at_link(root, tmp_path):
    tree = copy_tree(root, tmp_path / "tree")
    (tree / "efi/fat.c").unlink()
    done = make(tree)
    assert done.returncode != 0
    assert "undefined reference to `fat_open'" in done.stderr
    assert not (tree / "build/x86_64/partless.efi").exists()
    assert not (tree / "build/BOOTX64.EFI").exists()
