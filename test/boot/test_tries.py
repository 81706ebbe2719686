"""An entry whose kernel starts and dies is passed over after its tries, and the guest can call it good."""

import re

import image
import pytest
from guest import OPTIONS, entry
from processors import ONLY_X86_64

# Without an initrd and without a root, the kernel panics, and restarts the machine.
DIES = "root=/dev/none console=ttyAMA0 console=ttyS0 quiet panic=-1 no_timer_check"
NEW, OLD = entry("New", DIES, initrd=None), entry("Old")
PASSED_OVER = "is passed over: it was started as often as its boot counter allows"

# The same two entries in two languages, and the file of the new one. Paths of the Boot Loader Specification begin
# at the folder that `loader` lies in.
MENUS = {
    "bls": ({"/boot/loader/entries/new+3.conf": NEW.replace("/boot/", "/").encode(),
             "/boot/loader/entries/a-old.conf": OLD.replace("/boot/", "/").encode(),
             "/boot/loader/loader.conf": b"timeout 0\n"}, "/boot/loader/entries/new+3.conf"),
    "partless.conf": ({"/boot/partless.conf": f"timeout 0\n{NEW}tries 3\n{OLD}".encode()}, "/boot/partless.conf"),
}


@pytest.fixture
def variables(processor, tmp_path):
    return processor.new_variables(tmp_path / "vars.fd")


@pytest.mark.parametrize("language", ["bls", pytest.param("partless.conf", marks=pytest.mark.trial)])
def test_after_three_panics_the_old_kernel_boots(boot, images, host, variables, language):
    files, menu = MENUS[language]
    (host / "partless.conf").write_text("log console\n")
    disk = images.guest(files=files)
    machine = boot(disk, firmware=variables, more=["-action", "reboot=reset"], timeout=120)
    for tried in range(3):
        machine.expect(rf'partless: keep at=\S+ file="{re.escape(menu)}" variable=Tries-[0-9a-f]{{8}} bytes=\d+\n')
        machine.expect("Partless boots 'New' from")
        machine.expect("Kernel panic")
        assert tried < 3
    machine.expect(rf'partless: spent at=\S+ entry="New" disk="virtio disk 1" file="{re.escape(menu)}" line=[12]\n')
    machine.expect("Partless boots 'Old' from")
    machine.guest()
    machine.ends()
    # Nothing is counted any more, so nothing is written.
    machine = boot(disk, firmware=variables)
    machine.shows_first("Partless boots 'Old' from", "partless: keep")
    machine.guest()
    machine.ends()


@pytest.mark.trial
def test_a_menu_that_is_shown_says_what_is_passed_over(boot, images, variables):
    files = {"/boot/partless.conf": f"timeout 9\n{NEW}tries 1\n{OLD}".encode()}
    machine = boot(images.guest(files=files), firmware=variables, more=["-action", "reboot=reset"], timeout=120)
    machine.expect("Kernel panic")
    machine.says(PASSED_OVER)
    machine.send("\r")
    machine.guest()
    machine.ends()


@pytest.mark.trial
def test_a_new_name_counts_anew(boot, images, variables, tmp_path):
    """As systemd-bless-boot renames an entry that it calls good; here the entry's kernel is sound again."""
    files = dict(MENUS["bls"][0])
    files["/boot/loader/entries/new+1.conf"] = files.pop("/boot/loader/entries/new+3.conf")
    disk = images.guest(files=files)
    machine = boot(disk, changes=True, firmware=variables, more=["-action", "reboot=reset"], timeout=120)
    machine.expect("Kernel panic")
    machine.expect("Partless boots 'Old' from")
    machine.guest()
    machine.ends()
    sound = tmp_path / "sound.conf"
    sound.write_text(entry("New").replace("/boot/", "/"))
    image.debugfs(disk, "rm /boot/loader/entries/new+1.conf", f"write {sound} /boot/loader/entries/new.conf")
    machine = boot(disk, firmware=variables)
    machine.expect("Partless boots 'New' from")
    assert machine.guest()["cmdline"] == OPTIONS
    machine.ends()


@ONLY_X86_64  # virt always has flash for variables: which are lost with the machine, as no firmware can know
def test_a_firmware_that_forgets_counts_nothing_and_boots(boot, images, host):
    (host / "partless.conf").write_text("log console\n")
    machine = boot(images.guest(f"timeout 0\n{entry('New')}tries 1\n{OLD}"))
    machine.expect(r"partless: keep at=\S+ file=\S+ variable=\S+ bytes=\d+ kept=no\n")
    machine.expect("Partless boots 'New' from")
    machine.guest()
    machine.ends()
