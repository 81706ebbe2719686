"""The Boot Loader Interface: what a guest is told by variables of the firmware, and what it asks for by them."""

import re
import struct

import pytest

from processors import BOTH, ONLY_X86_64

VOLATILE, KEPT = 6, 7
FEATURES = 0x31f

MENU = """timeout {timeout}
title First
efi /boot/variables.efi
options first
title Second entry
efi /boot/variables.efi
options second
title Third
efi /boot/variables.efi
options third
title Gone
efi /boot/gone.efi
"""
SECOND = "auto-second-entry-aed87dd7"


@pytest.fixture
def program(built):
    return built / "test/variables.efi"


@pytest.fixture
def variables(processor, tmp_path):
    """Variables in flash, which the machines of a test share."""
    return processor.new_variables(tmp_path / "variables.fd")


@pytest.fixture
def disk(images, program):
    """A guest whose every entry shows the variables and switches the machine off; with a menu for TIMEOUT seconds."""
    return lambda timeout=0, name="guest.img": images.guest(
        MENU.format(timeout=timeout), {"/boot/variables.efi": program.read_bytes()}, name=name)


def shown(machine):
    """{name: (attributes, bytes)}, as test/efi/variables.c prints them."""
    machine.expect("variables: done")
    found, name = {}, None
    for line in machine.serial.shown.splitlines():
        if match := re.fullmatch(r"variable (\w+) ([0-9a-f]{8})", line.strip()):
            name = match[1]
            found[name] = (int(match[2], 16), b"")
        elif name and re.fullmatch("  ([0-9a-f]{2})+", line):
            found[name] = (found[name][0], found[name][1] + bytes.fromhex(line))
    machine.ends()
    return found


def text(found, name):
    return found[name][1].decode("utf-16-le")


@pytest.fixture
def asks(direct, program, variables):
    """asks(WORDS) lets the guest set variables, as test/efi/variables.c says."""
    return lambda words: shown(direct(words, program=program, firmware=variables))


@pytest.fixture
def boots(boot, variables):
    """boots(DISK, ...) gives what the entry that boots sees."""
    return lambda *disks, **options: shown(boot(*disks, **{"firmware": variables, **options}))


@BOTH
def test_the_guest_is_told_what_it_was_started_by(boots, disk):
    found = boots(disk())
    assert {name: attributes for name, (attributes, _) in found.items()} == dict.fromkeys([
        "LoaderEntries", "LoaderEntrySelected", "LoaderFeatures", "LoaderFirmwareInfo", "LoaderFirmwareType",
        "LoaderImageIdentifier", "LoaderInfo", "LoaderTimeExecUSec", "LoaderTimeInitUSec"], VOLATILE)
    assert re.fullmatch(r"Partless [0-9.]+\0", text(found, "LoaderInfo"))
    assert re.fullmatch(r"EDK II \d+\.\d\d\0", text(found, "LoaderFirmwareInfo"))
    assert re.fullmatch(r"UEFI \d+\.\d\d\0", text(found, "LoaderFirmwareType"))
    assert re.fullmatch(r"\\EFI\\BOOT\\BOOT\w+\.EFI\0", text(found, "LoaderImageIdentifier"))
    assert text(found, "LoaderEntries") == f"auto-first\0{SECOND}\0auto-third\0"
    assert text(found, "LoaderEntrySelected") == "auto-first\0"
    assert found["LoaderFeatures"][1] == struct.pack("<Q", FEATURES)
    begin, end = (int(text(found, f"LoaderTime{name}USec").rstrip("\0")) for name in ("Init", "Exec"))
    assert 100_000 < begin < end < begin + 30_000_000


def test_the_ids_of_a_second_disk_do_not_depend_on_its_name(boots, disk):
    found = text(boots(disk(), disk(name="second.img")), "LoaderEntries").rstrip("\0").split("\0")
    assert found[:3] == ["auto-first", SECOND, "auto-third"]
    for own, other in zip(("auto-first", SECOND[:-9], "auto-third"), found[3:], strict=True):
        assert re.fullmatch(own + "-[0-9a-f]{8}", other)


def test_a_menu_that_is_shown_has_its_time(boots, disk):
    found = boots(disk(timeout=1))
    times = [int(text(found, f"LoaderTime{name}USec").rstrip("\0")) for name in ("Init", "Menu", "Exec")]
    assert times == sorted(times)
    assert 900_000 < times[2] - times[1] < 20_000_000


def test_an_entry_that_is_asked_for_once_boots_once(boots, asks, disk):
    img = disk()
    asks(f"LoaderEntryOneShot={SECOND}")
    found = boots(img)
    assert text(found, "LoaderEntrySelected") == SECOND + "\0"
    assert "LoaderEntryOneShot" not in found
    assert text(boots(img), "LoaderEntrySelected") == "auto-first\0"


def test_the_default_lasts_and_the_last_one_booted_may_be_it(boots, asks, disk):
    img = disk()
    asks("LoaderEntryDefault=AUTO-TH*")
    found = boots(img)
    assert text(found, "LoaderEntrySelected") == "auto-third\0"
    assert text(found, "LoaderEntryDefault") == "AUTO-TH*\0"
    assert "LoaderEntryLastBooted" not in found
    asks("LoaderEntryDefault=@saved")
    found = boots(img)
    assert text(found, "LoaderEntrySelected") == "auto-first\0"
    assert found["LoaderEntryLastBooted"] == (KEPT, "auto-first\0".encode("utf-16-le"))


def test_the_menu_is_shown_once_or_as_long_as_the_guest_wants(boot, asks, disk, variables):
    img = disk()
    asks("LoaderConfigTimeoutOneShot=7")
    machine = boot(img, firmware=variables)
    machine.says("Booting in 7 s")
    machine.send("\r")
    assert "LoaderConfigTimeoutOneShot" not in shown(machine)
    asks("LoaderConfigTimeout=menu-force")
    machine = boot(img, firmware=variables)
    machine.says("Second entry")
    machine.is_silent_about("Booting in|variables: done", 5)
    machine.send("\r")
    assert text(shown(machine), "LoaderConfigTimeout") == "menu-force\0"


def test_what_cannot_boot_is_told_in_the_menu(boot, asks, disk, variables):
    asks("LoaderEntryOneShot=auto-gone LoaderEntryDefault=nothing")
    machine = boot(disk(timeout=30), firmware=variables)
    machine.says("LoaderEntryOneShot 'auto-gone', which the guest set, is not honoured: it cannot boot: ")
    machine.says("LoaderEntryDefault 'nothing', which the guest set, is not honoured: no entry has that id")
    machine.send("\r")
    assert text(shown(machine), "LoaderEntrySelected") == "auto-first\0"


def test_garbage_and_other_attributes_do_no_harm(boots, asks, disk, host):
    img = disk()
    long = "6100" * 3000
    found = asks(f"LoaderEntryOneShot:{long} LoaderEntryDefault:00d8 LoaderConfigTimeout:610000 "
                 "LoaderConfigTimeoutOneShot:31001b000000 LoaderInfo=forged LoaderEntries:00 LoaderFeatures=1")
    assert found["LoaderInfo"][0] == KEPT
    (host / "partless.conf").write_text("timeout 0\n")
    found = boots(img)
    assert text(found, "LoaderEntrySelected") == "auto-first\0"
    assert not {"LoaderEntryOneShot", "LoaderConfigTimeoutOneShot"} & found.keys()
    assert text(found, "LoaderInfo").startswith("Partless ")
    assert found["LoaderInfo"][0] == found["LoaderEntries"][0] == VOLATILE
    assert found["LoaderFeatures"] == (VOLATILE, struct.pack("<Q", FEATURES & ~1))


def test_the_host_goes_before_the_guest(boots, asks, disk, host):
    (host / "partless.conf").write_text("default First\n")
    img = disk()
    asks(f"LoaderEntryOneShot={SECOND} LoaderEntryDefault=auto-third")
    found = boots(img)
    assert text(found, "LoaderEntrySelected") == "auto-first\0"
    assert found["LoaderFeatures"][1] == struct.pack("<Q", 0x113)
    assert "LoaderEntryOneShot" not in found


@ONLY_X86_64
def test_firmware_that_forgets_its_variables_is_asked_for_nothing(boots, disk):
    found = boots(disk(), firmware="bios")
    assert found["LoaderFeatures"][1] == struct.pack("<Q", 0x100)


@ONLY_X86_64  # its loader for the tests takes every guest for a confidential one
def test_a_confidential_guest_does_not_honour_what_its_host_may_have_written(boots, asks, disk, built, loader):
    loader.write_bytes((built / "test/confidential.efi").read_bytes())
    asks("LoaderEntryOneShot=auto-third")
    found = boots(disk())
    assert text(found, "LoaderEntrySelected") == "auto-first\0"
    assert "LoaderEntryOneShot" in found
    assert found["LoaderFeatures"][1] == struct.pack("<Q", 0x100)
