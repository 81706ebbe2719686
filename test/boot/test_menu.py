"""A person at the menu, on the serial line or at the screen."""

import re
import time

import pexpect
import pytest

from guest import OPTIONS, entry
from processors import BOTH, ONLY_X86_64
from qemu import BACKSPACE, DOWN, END, ENTER, ESC, HOME, UP

FOREVER = "timeout 600\n"
THREE = "".join(entry(f"Entry {name}", f"{OPTIONS} chosen={name}") for name in "ABC")


@pytest.fixture
def at_menu(boot, images):
    """A machine that shows a menu of three entries and waits."""

    def start(menu=FOREVER + THREE, **options):
        machine = boot(images.guest(menu), **options)
        machine.says("Entry C")
        return machine

    return start


def chosen(machine):
    words = machine.guest()["cmdline"].split()
    machine.ends()
    return [word for word in words if word.startswith("chosen=")]


def test_the_countdown_ends_in_the_default_entry(at_menu):
    machine = at_menu("timeout 2\ndefault Entry B\n" + THREE)
    assert chosen(machine) == ["chosen=B"]


@BOTH
def test_down_and_enter_choose_the_second_entry(at_menu):
    machine = at_menu()
    machine.send(DOWN, ENTER)
    assert chosen(machine) == ["chosen=B"]


def test_up_takes_back_a_down(at_menu):
    machine = at_menu()
    machine.send(DOWN, DOWN, UP, ENTER)
    assert chosen(machine) == ["chosen=B"]


def test_the_keyboard_and_the_screen_serve_as_the_serial_line_does(at_menu):
    machine = at_menu(screen=True)
    machine.press("down", "ret")
    assert chosen(machine) == ["chosen=B"]


def extent(machine, path):
    """Where the first and the last row of pixels with something on them lie on the screen, from 0 at its top to 1."""
    machine.order(("screendump", {"filename": str(path)}))
    kind, size, _, pixels = path.read_bytes().split(b"\n", 3)
    width, height = (int(n) for n in size.split())
    assert kind == b"P6" and len(pixels) == width * height * 3
    rows = [y for y in range(height) if any(pixels[y * width * 3:(y + 1) * width * 3])]
    return (rows[0] / height, rows[-1] / height) if rows else (1, 0)


@ONLY_X86_64  # Arm's virt is never without a serial line
def test_a_screen_alone_has_all_its_rows_used(boot, images, tmp_path):
    machine = boot(images.guest(FOREVER + THREE), screen=True, serial=False)
    end, first, last = time.monotonic() + 60, 1, 0
    while first > 0.03 or last < 0.97:
        assert time.monotonic() < end, (first, last)
        time.sleep(0.5)
        first, last = extent(machine, tmp_path / "screen")


@ONLY_X86_64  # the firmware for aarch64 has a screen of another size
def test_a_screen_beside_a_serial_line_shows_what_a_terminal_has_room_for(at_menu, tmp_path):
    """24 rows, whatever the line's driver tells the firmware."""
    first, last = extent(at_menu(screen=True), tmp_path / "screen")
    assert 0.1 < first < last < 0.9


def test_a_key_stops_the_countdown_for_good(at_menu):
    machine = at_menu("timeout 4\n" + THREE)
    machine.send(DOWN)
    machine.is_silent_about("guest:|Partless boots", 8)
    machine.send(ENTER)
    assert chosen(machine) == ["chosen=B"]


def test_options_are_edited_for_one_boot(at_menu):
    machine = at_menu()
    machine.send("e")
    machine.says("chosen=A")
    machine.send(" added=1", HOME, "first=1 ", END, "x", BACKSPACE, ENTER)
    cmdline = machine.guest()["cmdline"]
    machine.ends()
    assert cmdline == f"first=1 {OPTIONS} chosen=A added=1"


def test_escape_leaves_the_editor_and_changes_nothing(at_menu):
    machine = at_menu()
    machine.send("e")
    machine.says("chosen=A")
    machine.send(" rubbish=1")
    machine.says("rubbish=1")
    machine.send(ESC)
    machine.says("Entry C")
    machine.send(ENTER)
    cmdline = machine.guest()["cmdline"]
    machine.ends()
    assert cmdline == f"{OPTIONS} chosen=A"


def test_timeout_0_boots_without_drawing_the_menu(boot, images):
    machine = boot(images.guest("timeout 0\n" + THREE))
    machine.shows_first("guest: kernel", "Entry B")
    machine.ends()


def test_timeout_0_and_a_key_held_draw_the_menu(boot, images):
    machine = boot(images.guest("timeout 0\n" + THREE))
    end = time.monotonic() + 60
    while machine.serial.expect([r"Entry\s*B", "guest:", pexpect.TIMEOUT], timeout=0.03) == 2:  # as keys repeat
        assert time.monotonic() < end
        machine.send(" ")
    assert machine.serial.match[0].startswith("Entry")
    machine.send(DOWN, ENTER)
    assert chosen(machine) == ["chosen=B"]


# What OVMF's serial driver would make a carriage return of, on a terminal that has ASCII alone.
FORGED = "A\u010dpartless: failed at=1.000 code=disk.io\u4e2d\u202e\u2500"


def test_a_title_cannot_send_another_byte_to_the_serial_line(boot, images):
    machine = boot(images.guest(FOREVER + entry(FORGED, f"{OPTIONS} chosen=A") + THREE), screen=True)
    machine.says("Entry C")
    machine.send(ENTER)
    assert chosen(machine) == ["chosen=A"]
    shown = machine.serial.raw[:machine.serial.raw.index("guest:")]
    # A newer firmware's serial line has the last of its letters.
    forged = "A\\?partless: failed at=1.000 code=disk.io\\?\\?[?\u2500]"
    assert re.search("> " + forged, shown)
    assert re.search(f"boots '{forged}' from", shown)
