"""What a script saves: GRUB, which writes it to grubenv, and Partless, which keeps it in a variable, boot
copies of one disk again and again, and the guest writes to the file as its tools do. After each boot
the entry that booted and what the next boot will find are the same."""

import re
from pathlib import Path

import pytest

import grub
import saved
import variables
from loglines import parse
from processors import ONLY_X86_64, X86_64
from qemu import DOWN, ENTER
from twins import BOOTFLAG, EDITENV, FLAG, GRUBENV, LINUX, NVME, UUID, Twins, entry, env_set, env_unset, libraries

BOOTS_ON = ONLY_X86_64  # the GRUB of Debian's grub-efi-amd64-bin

@pytest.fixture
def disk_of(images, tmp_path):
    """disk_of(SCRIPT, NAME=VALUE, ...) is a guest's disk with that grub.cfg and grubenv."""
    def make(script, *pairs):
        files = {"/boot/grub/grub.cfg": script.encode(), GRUBENV: saved.new_block(tmp_path, *pairs),
                 "/bin/bootflag": BOOTFLAG.encode()}
        files.update({str(path): path for path in [Path(EDITENV), *libraries(EDITENV)]})
        return images.guest(files=files, mke2fs=["-U", UUID])
    return make


@pytest.fixture
def twins(disk_of, host, tmp_path):
    """twins(SCRIPT, NAME=VALUE, ...) makes Twins with that disk."""
    return lambda *script, bus="nvme": Twins(tmp_path, host, disk_of(*script), bus)


# As grub-mkconfig of Debian has it, in fewer words.
SAVED = """load_env
if [ "${next_entry}" ]; then
  set default="${next_entry}"
  set next_entry=
  save_env next_entry
  set boot_once=true
else
  set default="${saved_entry}"
fi
if [ "${prev_saved_entry}" ]; then
  set saved_entry="${prev_saved_entry}"
  save_env saved_entry
  set prev_saved_entry=
  save_env prev_saved_entry
  set boot_once=true
fi
function savedefault {
  if [ -z "${boot_once}" ]; then
    saved_entry="${chosen}"
    save_env saved_entry
  fi
}
"""



ABC = "".join(entry(name, "savedefault") for name in "abc")


def whos(boots):
    return [boot.who for boot in boots]


def test_a_one_shot_choice_is_taken_once_and_may_be_made_again(twins):
    """And be it that the guest writes the very same bytes."""
    both = twins(SAVED + "timeout=0\n" + ABC, "saved_entry=a", "next_entry=b")
    boots = [both.boot(env_set("next_entry=b")), both.boot(), both.boot()]
    assert whos(boots) == ["b", "b", "a"]
    assert [boot.writes for boot in boots] == [1, 1, 0]


# As Ubuntu has it: a boot that the guest did not clear shows the menu at the next.
RECORDFAIL_FUNCTION = """function recordfail {
  set recordfail=1
  if [ -z "${boot_once}" ]; then save_env recordfail; fi
}
"""
RECORDFAIL = SAVED + RECORDFAIL_FUNCTION + """if [ "${recordfail}" = 1 ]; then
  set timeout=30
else
  set timeout_style=hidden
  set timeout=0
fi
"""


@pytest.mark.trial
def test_after_a_boot_that_failed_the_menu_waits(twins):
    both = twins(RECORDFAIL + "".join(entry(name, "recordfail") for name in "abc"), "saved_entry=a")
    boots = [both.boot(), both.boot(env_unset("recordfail"), keys=[DOWN, ENTER]), both.boot()]
    assert whos(boots) == ["a", "b", "a"]
    assert [boot.timeout for boot in boots] == [0, 30, 0]
    assert [boot.writes for boot in boots] == [1, 0, 1]


@pytest.mark.trial
def test_a_boot_that_fails_again_and_again_is_written_once(twins):
    both = twins(RECORDFAIL + entry("a", "recordfail"), "saved_entry=a")
    boots = [both.boot(), both.boot(keys=[ENTER]), both.boot(keys=[ENTER])]
    assert [(boot.timeout, boot.writes) for boot in boots] == [(0, 1), (30, 0), (30, 0)]
    boots = [both.boot(env_unset("recordfail"), keys=[ENTER]), both.boot(env_unset("recordfail")), both.boot()]
    assert [(boot.timeout, boot.writes) for boot in boots] == [(30, 0), (0, 1), (0, 1)]


@pytest.mark.trial
def test_a_default_that_was_set_for_one_boot_is_put_back(twins):
    both = twins(SAVED + "timeout=0\n" + ABC, "saved_entry=c", "prev_saved_entry=a")
    again = env_set("saved_entry=b", "prev_saved_entry=a")
    default = [env_unset("prev_saved_entry"), env_set("saved_entry=c")]
    boots = [both.boot(), both.boot(), both.boot(again), both.boot(*default), both.boot()]
    assert whos(boots) == ["c", "a", "a", "b", "c"]
    assert [boot.writes for boot in boots] == [1, 0, 0, 1, 1]  # at last, what was kept of an older file goes


@pytest.mark.trial
def test_the_entry_that_boots_is_saved_in_a_submenu_too(twins):
    """There even in a one-shot boot, because the script does not export boot_once."""
    menu = (entry("a", "savedefault") + "submenu 'Guest more' --id more {\n" + entry("b", "savedefault")
            + entry("c", "savedefault") + "}\n" + entry("d"))
    both = twins(SAVED + "timeout=0\n" + menu, "saved_entry=more>c")
    boots = [both.boot(env_set("next_entry='more>b'")), both.boot(), both.boot(env_set("saved_entry=0", "next_entry=")),
             both.boot(env_set("saved_entry='Guest more>Guest b'")), both.boot(env_set("saved_entry=d")), both.boot()]
    assert whos(boots) == ["c", "b", "b", "a", "b", "d"]
    assert boots[4].env == ["next_entry=", "saved_entry=more>b"]


@pytest.mark.trial
def test_what_a_person_chooses_in_a_one_shot_boot_is_not_saved(twins):
    both = twins(SAVED + "timeout=30\n" + ABC, "saved_entry=a", "next_entry=b")
    boots = [both.boot(keys=[DOWN, ENTER]), both.boot(keys=[DOWN, DOWN, ENTER]), both.boot(keys=[ENTER])]
    assert whos(boots) == ["c", "c", "c"]
    assert boots[0].env == ["next_entry=", "saved_entry=a"]
    assert boots[1].env == ["next_entry=", "saved_entry=c"]


# As Ubuntu's cloud images have it: the first try is without the initrd; the next one with it, and of
# the entry that was asked for once. (They say ${default} for ${chosen}, which GRUB unsets there.)
INITRDFAIL = """load_env
if [ "${initrdfail}" = 2 ]; then
  set initrdfail=
elif [ "${initrdfail}" = 1 ]; then
  set next_entry="${prev_entry}"
  set prev_entry=
  save_env prev_entry
  if [ "${next_entry}" ]; then set initrdfail=2; fi
fi
if [ "${next_entry}" ]; then
  set default="${next_entry}"
  set next_entry=
  save_env next_entry
  set boot_once=true
else
  set default=0
fi
function initrdfail {
  if [ -z "${initrdfail}" ]; then
    set initrdfail=1
    if [ "${boot_once}" ]; then
      set prev_entry="${chosen}"
      save_env prev_entry
    fi
  fi
  save_env initrdfail
}
if [ "${initrdfail}" ]; then set triggered="${initrdfail}"; else unset triggered; fi
save_env triggered
set timeout=0
"""


def without_first(name):
    """An entry that boots with its initrd when it failed without."""
    return "\n".join([
        f"menuentry 'Guest {name}' --id {name} {{", 'if [ "${initrdfail}" = 1 -o "${initrdfail}" = 2 ]; then',
        f"{LINUX}UUID={UUID} who={name}", "initrd /boot/initrd.img", "else", f"{LINUX}{NVME} who={name}", "fi",
        "initrdfail", "}\n"])


@pytest.mark.trial
def test_a_boot_that_panics_without_initrd_is_tried_with_it(twins):
    """The disk's driver is in the initrd."""
    both = twins(INITRDFAIL + without_first("a") + without_first("b"), bus="virtio")
    both.no_matter = ["prev_entry=", "triggered=1"]
    boots = [both.boot(panics=True), both.boot(env_unset("initrdfail")), both.boot(panics=True),
             both.boot(env_unset("initrdfail") + "; " + env_set("next_entry=b"))]
    assert [(boot.who, boot.initrd) for boot in boots] == [(None, False), ("a", True)] * 2
    boots = [both.boot(panics=True), both.boot(), both.boot(panics=True), both.boot()]
    assert [(boot.who, boot.initrd) for boot in boots] == [(None, False), ("b", True), (None, False), ("a", True)]
    assert boots[0].env == ["initrdfail=1", "next_entry=", "prev_entry=b"]
    assert boots[1].env == ["initrdfail=2", "next_entry=", "triggered=2"]


@pytest.mark.trial
def test_a_guest_that_boots_without_initrd_clears_that_each_time(twins):
    both = twins(INITRDFAIL + without_first("a"))
    boots = [both.boot(env_unset("initrdfail")) for _ in range(3)] + [both.boot()]
    assert [(boot.who, boot.initrd) for boot in boots] == [("a", False)] * 3 + [("a", False)]
    assert both.boot().initrd


# As Fedora has it, and greenboot on top.
BOOT_SUCCESS = """load_env
timeout=5
function decrement {
  if [ "${boot_counter}" = 3 ]; then boot_counter=2
  elif [ "${boot_counter}" = 2 ]; then boot_counter=1
  else boot_counter=0
  fi
}
set default=0
if [ -n "${boot_counter}" -a "${boot_success}" = "0" ]; then
  if [ "${boot_counter}" = "0" -o "${boot_counter}" = "-1" ]; then
    set default=1
    set boot_counter=-1
  else
    decrement boot_counter
  fi
  save_env boot_counter
fi
if [ "${boot_success}" = "1" -o "${boot_indeterminate}" = "1" ]; then
  set menu_hide_ok=1
else
  set menu_hide_ok=0
fi
if [ "${boot_success}" = "1" ]; then
  set boot_indeterminate=0
elif [ "${boot_indeterminate}" = "1" ]; then
  set boot_indeterminate=2
fi
set boot_success=0
save_env boot_success boot_indeterminate
if [ "${menu_show_once}" ]; then
  unset menu_show_once
  save_env menu_show_once
  set timeout=60
elif [ "${menu_auto_hide}" -a "${menu_hide_ok}" = "1" ]; then
  set timeout_style=hidden
  set timeout=1
fi
if [ "${menu_show_once_timeout}" ]; then
  set timeout="${menu_show_once_timeout}"
  unset menu_show_once_timeout
  save_env menu_show_once_timeout
fi
"""


@pytest.mark.trial
def test_the_menu_is_hidden_after_a_success_and_shown_once(twins):
    both = twins(BOOT_SUCCESS + entry("new") + entry("old"), "menu_auto_hide=1", "boot_success=0")
    boots = [both.boot(FLAG + "boot_success", keys=[ENTER]), both.boot(),
             both.boot(env_set("boot_success=0", "boot_indeterminate=1"), keys=[ENTER]), both.boot(),
             both.boot(env_set("boot_success=1", "boot_indeterminate=0", "menu_show_once=1"), keys=[ENTER]),
             both.boot(env_set("boot_success=0", "menu_show_once_timeout=7"), env_unset("menu_show_once"),
                       keys=[ENTER]),
             both.boot(keys=[ENTER]), both.boot(keys=[ENTER])]
    assert [boot.timeout for boot in boots] == [5, 1, 5, 1, 5, 60, 7, 5]
    assert boots[5].env == ["boot_indeterminate=0", "boot_success=0", "menu_auto_hide=1"]


@pytest.mark.trial
def test_a_counter_counts_down_to_the_entry_before(twins):
    both = twins(BOOT_SUCCESS + entry("new") + entry("old"), "boot_counter=3", "boot_success=0")
    boots = [both.boot(keys=[ENTER]) for _ in range(5)]
    assert whos(boots) == ["new", "new", "new", "old", "old"]
    assert boots[4].env == ["boot_counter=-1", "boot_success=0"]
    # The next update arms the counter again, and this time the guest says that all is well.
    boots = [both.boot(env_set("boot_counter=2", "boot_success=0"), keys=[ENTER]), both.boot(keys=[ENTER]),
             both.boot(env_set("boot_success=1") + "; " + env_unset("boot_counter"), keys=[ENTER]),
             both.boot(keys=[ENTER]), both.boot(keys=[ENTER])]
    assert whos(boots) == ["old", "new", "new", "new", "new"]


# docs/grub.md, "What is saved": the guest's tools know the file alone.
DIFFERS = pytest.mark.xfail(strict=True, reason="the guest's tools see, and write back, what stands in the file")


@pytest.mark.trial
def test_a_guest_that_clears_a_flag_does_not_ask_again_for_what_it_asked_for_once(twins):
    """As Ubuntu does at each boot."""
    both = twins(RECORDFAIL + "".join(entry(name, "recordfail") for name in "ab"), "saved_entry=a", "next_entry=b")
    assert whos([both.boot(env_unset("recordfail")) for _ in range(3)]) == ["b", "a", "a"]


@pytest.mark.trial
def test_a_guest_that_clears_a_flag_does_not_choose_what_was_saved_before(twins):
    menu = "".join(entry(name, "recordfail\nsavedefault") for name in "ab")
    both = twins(RECORDFAIL + menu, "saved_entry=a", "recordfail=1")
    boots = [both.boot(env_unset("recordfail"), keys=[DOWN, ENTER]), both.boot()]
    assert whos(boots) == ["b", "b"]


@pytest.mark.trial
def test_a_guest_that_changes_something_else_does_not_ask_again_either(twins):
    both = twins(SAVED + "timeout=0\n" + "".join(entry(name) for name in "abc"), "saved_entry=a", "next_entry=b")
    assert whos([both.boot(env_set("saved_entry=c")), both.boot(), both.boot()]) == ["b", "c", "c"]


@DIFFERS
@pytest.mark.trial
def test_a_guest_that_sets_a_flag_which_the_script_unset_is_heard(twins):
    """Fedora's grub2-set-bootflag leaves the file alone when the flag stands there."""
    both = twins(BOOT_SUCCESS + entry("new") + entry("old"), "menu_auto_hide=1", "boot_success=1")
    assert [both.boot(FLAG + "boot_success").timeout for _ in range(3)] == [1, 1, 1]


# Where nothing can be kept.
TOLD = "asked for the next boot alone by grubenv on NVMe disk 1, is left out: it would be booted each time"
ONE_SHOT = SAVED + RECORDFAIL_FUNCTION + "timeout=5\n" + "".join(entry(name, "recordfail") for name in "ab")


@pytest.fixture
def alone(boot, disk_of, host):
    """alone(FIRMWARE) boots a disk that asks for entry b once, and gives its log and the entry that booted."""
    (host / "partless.conf").write_text("log console\n")
    disk = disk_of(ONE_SHOT, "saved_entry=a", "next_entry=b")

    def run(firmware, says):
        machine = boot((disk, "nvme"), firmware=firmware, timeout=900)  # a full store takes minutes
        if says:
            machine.says(says)
        told, _ = grub.told(machine.guest())
        machine.send("poweroff -f\r")
        machine.ends()
        return parse(machine.stop()), re.search(r"\bwho=(\S+)", told["options"])[1]
    return run


@pytest.mark.trial
def test_where_the_firmware_forgets_its_variables_nothing_is_kept(alone):
    for _ in range(2):
        lines, who = alone("bios", TOLD)
        assert who == "a"
        assert [pairs["kept"] for word, pairs in lines if word == "keep"] == ["no", "no"]
        assert "error" not in [word for word, _ in lines]


@pytest.mark.trial
def test_where_the_store_is_full_the_boot_goes_on(alone, tmp_path):
    store = X86_64.new_variables(tmp_path / "store.fd")
    assert alone(store, "")[1] == "b"
    variables.drop(store, variables.PARTLESS)
    variables.fill(store, 160)
    lines, who = alone(store, TOLD)
    assert who == "a"
    assert [pairs["kept"] for word, pairs in lines if word == "keep"] == ["no", "no"]
    assert not variables.kept(store)
