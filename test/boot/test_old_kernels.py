"""Kernels before Linux 5.8 do not ask the loader for an initrd: they open a file that their options name."""

import random
import struct
import zlib

import pytest

import guest
from guest import INITRD, KERNEL, OPTIONS, entry
from processors import ONLY_X86_64

PE_OPTIONAL, IMAGE_MAJOR, SIZE_OF_HEADERS = 24, 44, 60


def as_old(kernel):
    """A real kernel whose header says that it is older than 5.8. Its stub still knows `initrd=`, and
    without LoadFile2 takes that way, as an old one does."""
    kernel = bytearray(kernel)
    pe, = struct.unpack_from("<I", kernel, 0x3c)
    struct.pack_into("<H", kernel, pe + PE_OPTIONAL + IMAGE_MAJOR, 0)
    return bytes(kernel)


def as_linux(program):
    """An EFI program with the boot header of Linux in front, in the shape of a bzImage."""
    pe, = struct.unpack_from("<I", program, 0x3c)
    sections, = struct.unpack_from("<H", program, pe + 6)
    table = pe + PE_OPTIONAL + struct.unpack_from("<H", program, pe + 20)[0]
    moved = bytearray(program)
    struct.pack_into("<I", moved, pe + PE_OPTIONAL + SIZE_OF_HEADERS, 0x800)
    for i in range(sections):
        at = table + 40 * i
        size, offset = struct.unpack_from("<II", program, at + 16)
        struct.pack_into("<II", moved, at + 16, size, offset + 0x400 if size else 0)
    head = bytearray(0x400)
    head[:2] = b"MZ"
    struct.pack_into("<I", head, 0x3c, 0x400 + pe)
    struct.pack_into("<4sH", head, 0x202, b"HdrS", 0x20f)
    struct.pack_into("<I", head, 0x238, 2047)
    return bytes(head + moved)


@pytest.fixture
def old_stub(built):
    """test/efi/old_stub.c, a program that reads its initrd as the stub of Linux 4.19 does."""
    return as_linux((built / "test/old_stub.efi").read_bytes())


def test_a_kernel_that_opens_its_initrd_itself_finds_it(boot, images, base):
    old = as_old((base / KERNEL.lstrip("/")).read_bytes())
    machine = boot(images.guest("timeout 1\n" + entry("Old", linux="/boot/old"), {"/boot/old": old}))
    facts = machine.guest()
    machine.ends()
    assert facts["cmdline"] == "initrd=/initrd " + OPTIONS
    assert facts["initrd"] == ["the demo guest's own initrd"]
    assert facts["root"] == "/dev/vda ext4 ro"


def test_several_initrds_are_one_file_to_it(boot, images, base):
    files = {"/boot/odd.img": guest.odd_initrd("05-odd", "the odd one"),
             "/boot/last.img": guest.initrd("20-last", "the last one"),
             "/boot/old": as_old((base / KERNEL.lstrip("/")).read_bytes())}
    menu = entry("Old", OPTIONS + r" initrd=\boot\gone.img", linux="/boot/old",
                 initrd=["/boot/odd.img", INITRD, "/boot/last.img"])
    machine = boot(images.guest("timeout 1\n" + menu, files))
    assert machine.guest()["initrd"] == ["the odd one", "the demo guest's own initrd", "the last one"]
    machine.ends()


@ONLY_X86_64  # as_linux() makes such a kernel
def test_a_stub_as_of_linux_4_19_reads_every_byte(boot, images, old_stub):
    odd, last = b"070701" + random.Random(4).randbytes((3 << 20) + 5), b"070701last"
    files = {"/boot/old": old_stub, "/boot/odd": odd, "/boot/last": last}
    menu = "timeout 1\n" + "title Empty\nlinux /boot/old\ninitrd /boot/odd\ninitrd /boot/last\n"
    machine = boot(images.guest(menu, files))
    joined = odd + bytes(-len(odd) % 4) + last
    # A root that is known to be true was added to options that named none.
    machine.says("stub: options=initrd=/initrd root=UUID=")
    machine.says(f"stub: initrd=initrd status=0 size={len(joined)} adler32={zlib.adler32(joined)}")
    machine.says("stub: done status=0")
    machine.says("cannot boot 'Empty'")
    machine.says("it was started and came back: aborted")


@ONLY_X86_64  # as_linux() makes such a kernel
def test_a_name_that_is_no_initrd_does_not_stop_it(boot, images, old_stub):
    menu = 'timeout 1\n' + entry("Old", 'x="a initrd=b/c" root=/dev/vda', linux="/boot/old")
    machine = boot(images.guest(menu, {"/boot/old": old_stub}))
    machine.expect(r"stub: initrd=initrd status=0 size=[1-9]")
    machine.says(r'stub: initrd=b\c" status=0 size=0')
    machine.says("stub: done status=0")


def test_a_new_kernel_is_not_told_of_files_that_only_firmware_could_open(boot, images):
    menu = "timeout 1\n" + entry("New", r"initrd=\boot\gone.img " + OPTIONS)
    machine = boot(images.guest(menu))
    facts = machine.guest()
    machine.ends()
    assert facts["cmdline"] == OPTIONS
    assert facts["initrd"] == ["the demo guest's own initrd"]
