"""What the host says to one guest: docs/settings.md."""

import shutil

import pytest

from guest import INITRD, KERNEL, OPTIONS, entry
from processors import AARCH64, BOTH, ONLY_AARCH64, ONLY_X86_64, X86_64
from qemu import ENTER
from test_boot import MAIN

FOREVER = "timeout 600\n"
HELLO = FOREVER + "title Hello\nefi /boot/hello.efi\noptions from the menu\n"


def smbios(*strings):
    return [a for s in strings for a in ("-smbios", "type=11,value=" + s.replace(",", ",,"))]


@pytest.fixture
def fw_cfg(tmp_path):
    """QEMU's arguments for files of fw_cfg."""

    def make(**files):
        arguments = []
        for name, text in files.items():
            name = name.replace("_", "-")
            (tmp_path / name).write_text(text)
            arguments += ["-fw_cfg", f"name=opt/org.partless/{name},file={tmp_path / name}"]
        return arguments

    return make


@pytest.fixture
def all_four(boot, images, host, fw_cfg, processor):
    """A machine to which the host says something in every way, by the firmware's shell the loader's
    name too."""

    def start(loader=None):
        shutil.move(host / "EFI/BOOT" / processor.loader, host / "loader.efi")
        if loader:
            shutil.copy(loader, host / "loader.efi")
        (host / "startup.nsh").write_text("fs0:\nloader.efi timeout=0\n")
        (host / "partless.conf").write_text(
            f"timeout 601\noptions-replace {OPTIONS}\noptions-append said=file\ndefault First\n"
            + entry("Rescue"))
        more = smbios("partless.timeout=602", "partless.options-append=said=smbios",
                      "partless.default=Second")
        more += fw_cfg(timeout="603\n", options_append="said=fw_cfg more=1\n")
        menu = "".join(entry(name, f"{OPTIONS} entry={name}") for name in ("First", "Second"))
        return boot(images.guest("timeout 4\n" + menu), more=more)

    return start


@BOTH
def test_the_more_specific_source_goes_before_the_other(all_four):
    machine = all_four()
    machine.says("Partless boots 'Second'")
    assert machine.guest()["cmdline"] == f"{OPTIONS} said=fw_cfg more=1"
    machine.ends()


@ONLY_AARCH64
def test_fw_cfg_is_found_by_the_device_tree_where_there_is_no_acpi(boot, images, fw_cfg):
    machine = boot(images.guest(FOREVER + entry("Guest")), machine="virt,acpi=off",
                   more=fw_cfg(timeout="0\n", options_append="said=fw_cfg\n"))
    assert machine.guest()["cmdline"] == f"{OPTIONS} said=fw_cfg"
    machine.ends()


def test_a_confidential_guest_hears_nothing_of_it_and_says_so(all_four, built):
    machine = all_four(built / "test/confidential.efi")
    machine.says("this guest is confidential (AMD SEV-SNP): "
                 "the host's settings and entries are ignored")
    machine.says("Second")
    machine.shows_first("Booting in 4 s", "Rescue")
    machine.says("Partless boots 'First'")
    assert machine.guest()["cmdline"] == f"{OPTIONS} entry=First"
    machine.ends()


def test_a_bad_setting_is_told_and_costs_only_itself(boot, images, host, fw_cfg):
    (host / "partless.conf").write_text("colour red\n" + entry("Rescue"))
    more = smbios("io.systemd.boot.timeout=60", "io.systemd.boot.kernel-cmdline-extra=extra=1,2",
                  "partless.timeout=soon", "partless.noise", "other.timeout=0")
    machine = boot(images.guest(FOREVER + entry("Guest")),
                   more=more + fw_cfg(editor="no", log="perhaps"))
    machine.says("SMBIOS: 'timeout' takes a number of seconds, 0 to 86400, not 'soon'")
    machine.says("SMBIOS: 'noise' is not a setting: say NAME=VALUE")
    machine.says("fw_cfg: 'log' takes default, console, debugcon or off, not 'perhaps'")
    machine.says("/partless.conf:1: unknown word 'colour'")
    machine.says("> Guest")
    machine.says("Rescue")
    machine.says("Booting in 60 s")
    machine.says("Enter: boot  q: leave")
    machine.send("e")
    machine.says("The host does not allow options to be edited.")
    machine.send(ENTER)
    assert machine.guest()["cmdline"] == OPTIONS + " extra=1,2"
    machine.ends()


@BOTH
def test_the_command_line_without_a_directory(direct, images):
    first = images.guest(FOREVER + entry("First"), name="first.img", label="first")
    second = images.guest(FOREVER + entry("Second"), name="second.img", label="wähle mich")
    options = OPTIONS.replace("LABEL=guest", "/dev/vdb")
    machine = direct(f"""timeout=0 disk="wähle mich" options-replace='{options}' nothing""",
                     first, second)
    machine.says("Partless boots 'Second'")
    facts = machine.guest()
    machine.ends()
    assert facts["cmdline"] == options
    assert facts["root"] == "/dev/vdb ext4 ro"


def test_under_lockdown_a_person_starts_only_what_could_start_by_itself(direct, images):
    menu = FOREVER + entry("Guest") + entry("Broken", linux="/boot/gone")
    machine = direct("timeout=0 options-append=evil=1 lockdown=no", images.guest(menu),
                     more=smbios("partless.lockdown=yes", "partless.editor=yes"))
    machine.says("the host's lockdown (SMBIOS): the command line is ignored")
    machine.says("lockdown (SMBIOS) leaves out 1 of 2 entries, which do not boot by themselves")
    machine.says("> Guest")
    machine.shows_first("Enter: boot", "Broken")
    machine.send("q", "e")
    machine.says("The host does not allow options to be edited.")
    machine.send(ENTER)
    assert machine.guest()["cmdline"] == OPTIONS
    machine.ends()


UUID = "00000000-0000-4000-8000-00000000000%d"
BUSES = ["virtio", "scsi", "nvme", "ahci", "usb"]
DRIVERS = [("virtio-blk-pci", "virtio"), ("scsi-hd", "scsi"), ("ide-hd", "ahci"),
           ("usb-storage", "usb")]  # of NVMe qemu.BUSES sets it


@pytest.fixture
def five(images, built, direct):
    """A machine with a disk on each bus, and labels and serial numbers after that."""
    program = (built / "test/hello.efi").read_bytes()

    def start(text, **options):
        disks = [images.guest(HELLO, {"/boot/hello.efi": program}, name=f"{bus}.img", label=bus,
                              mke2fs=["-U", UUID % n])
                 for n, bus in enumerate(BUSES)]
        more = [a for driver, bus in DRIVERS for a in ("-global", f"{driver}.serial=S-{bus}-7")]
        return direct(text, *zip(disks, BUSES), machine="q35", more=more + options.pop("more", []),
                      **options)

    return start


@ONLY_X86_64  # the firmware for aarch64 has no driver for AHCI
@pytest.mark.parametrize("name, bus", [("S-scsi-7", "scsi"), ("SERIAL=1", "nvme"), ("4", "ahci"),
                                       ("uuid", "usb"), ("LABEL=usb", "usb")])
def test_the_disk_that_the_host_names_comes_first(five, name, bus):
    if name == "uuid":
        name = UUID % BUSES.index(bus)
    machine = five(f"disk={name} timeout=1")
    machine.says(f"hello: disk={bus}")
    machine.says("hello: done")


@ONLY_X86_64
def test_without_the_disk_that_was_named_nothing_boots_by_itself(five):
    machine = five("disk=gone on-failure=poweroff", more=["-action", "reboot=reset"])
    machine.says("by hand only, because the host names the disk 'gone': the entries on virtio disk 1, ")
    machine.says("Hello (USB disk 1)")
    machine.says("Switching the machine off in 5 s; press a key to stay.")
    machine.says("Partless switches the machine off.")
    machine.says("the host's disk=gone (the command line) matches no disk (the serial number of a virtio-blk disk "
                 "cannot be seen); Partless boots no other by itself")
    for n, bus in enumerate(BUSES):
        serial = {"virtio": "", "nvme": "SERIAL=1 "}.get(bus, f"SERIAL=S-{bus}-7 ")
        machine.says(f"INDEX={n + 1} {serial}LABEL={bus} UUID={UUID % n}")
    machine.ends()


def test_a_failure_resets_the_machine_where_the_host_wants_that(boot, images):
    menu = "timeout 1\n" + entry("Bad", linux="/boot/text") + entry("Good")
    machine = boot(images.guest(menu, {"/boot/text": b"not a program\n" * 99}),
                   more=smbios("partless.on-failure=reset") + ["-action", "reboot=reset"])
    for _ in range(2):
        machine.says("cannot boot 'Bad'")
        machine.shows_first("Restarting the machine in 5 s; press a key to stay.", "guest:")
        machine.says("Partless restarts the machine.")


@pytest.fixture
def rescue(host, base):
    """A rescue system in the loader's directory."""
    for path in (KERNEL, INITRD):
        shutil.copy(base / path.lstrip("/"), host)
    text = entry("Rescue", OPTIONS + " rescue=1", linux="/vmlinuz", initrd="/initrd.img")
    (host / "partless.conf").write_text(text)


@pytest.mark.usefixtures("rescue")
def test_the_hosts_entry_takes_over_when_the_guests_fail(boot, images):
    menu = "timeout 2\n" + entry("Broken", linux="/boot/text")
    machine = boot(images.guest(menu, {"/boot/text": b"not a program\n" * 99}), usb="xhci")
    machine.says("> Broken")
    machine.says("Rescue")
    machine.says("cannot boot 'Broken'")
    facts = machine.guest()
    machine.ends()
    assert facts["cmdline"] == OPTIONS + " rescue=1"
    assert facts["initrd"] == [MAIN]


@pytest.mark.usefixtures("rescue")
@pytest.mark.parametrize("processor, machine", [
    (X86_64, "q35,smbios-entry-point-type=64"), pytest.param(AARCH64, "virt", marks=pytest.mark.trial)], ids=str)
def test_the_host_may_leave_out_the_guests_menu(boot, images, machine):
    machine = boot(images.guest(FOREVER + entry("Guest")),
                   machine=machine,
                   more=smbios("partless.timeout=0", "partless.config=none"))
    machine.says("Partless boots 'Rescue' from the loader's directory")
    assert machine.guest()["cmdline"] == OPTIONS + " rescue=1"
    machine.ends()
