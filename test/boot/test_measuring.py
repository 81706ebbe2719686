"""What Partless measures into a TPM, and into the registers of a TDX guest, is what `partless measure` predicts and
what the guest finds there."""

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import zlib

import pytest

import guest
import tcg
from guest import INITRD, KERNEL, entry
from processors import ONLY_AARCH64, ONLY_X86_64
from test_other_menus import uuid
from test_settings import smbios

BOOTS_ON = ONLY_X86_64
WORDS = "root=LABEL=guest ro console=ttyAMA0 console=ttyS0 quiet panic=-1 no_timer_check"
KERNELS = {"5.10": "bullseye", "6.1": "bookworm", "6.12": "trixie"}

GRUB = f"""set timeout=0
source /boot/grub/more.cfg
menuentry 'Guest' --id guest {{ linux {KERNEL} {WORDS} $more
initrd {INITRD} }}
"""
MENUS = {
    "grub": {"/boot/grub/grub.cfg": GRUB, "/boot/grub/more.cfg": "more=said=more.cfg\n"},
    "bls": {"/loader/entries/guest.conf": f"title Guest\nlinux {KERNEL}\ninitrd {INITRD}\noptions {WORDS}\n",
            "/loader/loader.conf": "timeout 0\n"},
    "none": {"/etc/kernel/cmdline": WORDS + "\n", "/etc/os-release": "PRETTY_NAME=Guest\n"},
}


@pytest.fixture
def base_of(root, build, processor):
    """base_of(KERNEL) is the tree that its disks are made of."""
    return lambda kernel: guest.tpm_tree(processor, root, build, KERNELS[kernel])


@pytest.fixture
def disk(base_of, tmp_path):
    """disk(KERNEL, FILES) makes one with that kernel, whose guest tells what its TPM holds. It has an initrd of odd
    size."""
    init = tmp_path / "init"
    init.write_text(tcg.INIT)
    init.chmod(0o755)

    def make(kernel, files, **more):
        images = guest.Images(base_of(kernel), tmp_path)
        texts = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
        return images.guest(files={"/sbin/init": init, **texts}, size="128M", **more)

    return make


@pytest.fixture
def ways(boot, direct, host, new_tpm):
    """How a machine with a TPM is started, by the loader's directory or with the loader as QEMU's kernel: each is
    called with a disk."""
    (host / "partless.conf").write_text("log console\ntimeout 0\n")

    def by_directory(disk, more=()):
        return boot(disk, firmware="pflash", timeout=120, more=[*new_tpm(), *more])

    def by_kernel(disk, more=(), text="log=console timeout=0"):
        return direct(text, disk, firmware="pflash", timeout=120, more=[*new_tpm(), *more])

    return {"directory": by_directory, "kernel": by_kernel}


@pytest.fixture
def predict(partless, loader, processor):
    """predict(DISK, NAME=VALUE, ...) is what the command says."""

    def ask(*disks, direct=False, entry=None, loader=loader, **settings):
        words = ["--arch", processor.called, *(["--direct"] if direct else [])]
        words += [f"--set={name.replace('_', '-')}={value}" for name, value in settings.items()]
        words += [f"--entry={entry}"] if entry else []
        done = subprocess.run([partless, "measure", "--json", "--loader", loader, *words, *disks], check=True,
                              capture_output=True, text=True)
        return json.loads(done.stdout)

    return ask


def assert_true(told, predicted):
    """The registers are those that the log makes, and those that were predicted; event by event."""
    for bank in ("sha256", "sha384"):
        for pcr in tcg.PCRS:
            assert tcg.replayed(told.log, pcr, bank) == told.pcrs[bank][pcr]
            want = [event[bank] for event in predicted["events"] if event["pcr"] == pcr]
            assert [event.digests[bank] for event in told.of(pcr)] == want, pcr
        assert told.pcrs[bank] == {int(pcr): value for pcr, value in predicted[bank].items()}


CORE = {("5.10", "grub", "directory"), ("6.12", "bls", "kernel")}


@pytest.mark.parametrize("kernel, menu, way", [
    pytest.param(*case, marks=[] if case in CORE else pytest.mark.trial, id="-".join(case))
    for case in [(kernel, menu, way) for kernel in KERNELS for menu in MENUS for way in ("directory", "kernel")]])
def test_a_tpm_holds_what_was_predicted(disk, ways, predict, kernel, menu, way):
    files = MENUS[menu]
    img = disk(kernel, files, links={"/boot/vmlinuz-6": "vmlinuz", "/boot/initrd.img-6": "initrd.img"}
               if menu == "none" else None)
    machine = ways[way](img)
    told = tcg.Told(machine)
    machine.ends()
    predicted = predict(img, direct=way == "kernel", log="console", timeout=0)
    assert_true(told, predicted)
    settings, *texts, chosen = [event.tag for event in told.of(5) if event.kind == tcg.EVENT_TAG]
    assert settings[1] == b"log=console\ntimeout=0\n"
    assert {text[1].decode() for text in texts} == {f"{path} on {uuid(img)}" for path in files}
    assert chosen[1].decode() == predicted["entry"]
    options, = told.of(12)
    assert options.kind == tcg.IPL and options.data.decode("utf-16-le") == told.options + "\0"
    initrds = [event for event in told.of(9) if event.tag == (0x8f3b22ec, b"Linux initrd\0")]
    assert len(initrds) == 1, "either Partless or Linux measures it"


@pytest.mark.trial
@ONLY_AARCH64
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_a_tpm_of_an_arm_machine_holds_what_was_predicted(disk, ways, predict, base_of, packed):
    """What is measured of a kernel in a gzip file is the kernel."""
    files = dict(MENUS["bls"])
    if packed:
        files[KERNEL] = gzip.compress((base_of("6.1") / KERNEL.lstrip("/")).read_bytes())
    img = disk("6.1", files)
    machine = ways["directory"](img)
    told = tcg.Told(machine)
    machine.ends()
    assert_true(told, predict(img, log="console", timeout=0))


def test_a_setting_by_any_channel_is_in_force_and_measured(disk, ways, predict, host, tmp_path):
    """The loader's file, SMBIOS and fw_cfg by the directory; the command line by -kernel."""
    img = disk("6.1", MENUS["bls"])
    (host / "partless.conf").write_text("log console\ntimeout 3\noptions-append said=file\neditor 0\n")
    (tmp_path / "value").write_text("said=fw_cfg\n")
    channels = smbios("partless.timeout=00", "partless.on-failure=reset")
    channels += ["-fw_cfg", f"name=opt/org.partless/options-append,file={tmp_path / 'value'}"]
    force = {"editor": "no", "log": "console", "on_failure": "reset", "options_append": "said=fw_cfg", "timeout": "0"}
    machine = ways["directory"](img, more=channels)
    told = tcg.Told(machine)
    machine.ends()
    assert_true(told, predict(img, **force))
    assert told.options.endswith("said=fw_cfg")
    for name in force:
        others = predict(img, **{key: value for key, value in force.items() if key != name})
        assert others["sha256"]["5"] != told.pcrs["sha256"][5], name

    machine = ways["kernel"](img, more=channels, text="timeout=0 log=console editor=no")
    told = tcg.Told(machine)
    machine.ends()
    assert_true(told, predict(img, direct=True, **force))


def test_whatever_decides_a_boot_changes_a_register(disk, predict, loader):
    """What is predicted is what is measured, as the boots above show; so here only the command is asked."""
    files = MENUS["grub"]
    shown = predict(disk("6.1", files))["sha256"]

    def changed(files=None, kernel="6.1", **asked):
        now = predict(disk(kernel, files or MENUS["grub"], name="other.img"), **asked)["sha256"]
        return {int(pcr) for pcr in now if now[pcr] != shown[pcr]}

    assert changed() == set()
    assert changed(timeout=1) == {5}
    assert changed({**files, "/boot/grub/grub.cfg": GRUB + "# a word\n"}) == {5}
    assert changed({**files, "/boot/grub/more.cfg": "more=said=more.cfg # a word\n"}) == {5}
    assert changed({**files, "/boot/grub/more.cfg": "more=said=less.cfg\n"}) == {5, 9, 12}
    assert changed(options_append="more") == {5, 9, 12}
    assert changed({**files, INITRD: guest.initrd("10-main", "another")}) == {9}
    assert changed(kernel="6.12") == {4, 9}  # its modules are in the initrd
    with open(loader, "r+b") as file:
        file.seek(0x1000)
        byte = file.read(1)[0]
        file.seek(0x1000)
        file.write(bytes([byte ^ 1]))
    assert changed() == {4}


CC = re.compile(r"cc: flags=(\d+) register=(\d+) type=(\d+) bytes=(\d+) (data|adler32)=(\w*) event=(\w*) end")
TYPES = {"EV_EFI_BOOT_SERVICES_APPLICATION": tcg.PROGRAM, "EV_EVENT_TAG": tcg.EVENT_TAG, "EV_IPL": tcg.IPL}


@pytest.fixture
def confidential(boot, host, loader, built):
    """confidential(DISK) starts a machine with the protocol of a TDX guest, which QEMU does not emulate: test/efi/cc.c
    prints what it is told to measure."""
    real = host / "loader.efi"
    shutil.move(loader, real)
    shutil.copy(built / "test/cc.efi", loader)
    return lambda disk, more=(): boot(disk, firmware="pflash", timeout=120, more=more)


def assert_told(told, predicted, files):
    """The events that the protocol got, in their order. The firmware asked for the programs. Of FILES, what is too
    long to be printed is known by size and checksum."""
    want = [event for event in predicted["rtmr_events"] if event["by"] != "firmware" or event["pcr"] == 4]
    want = [event for event in want if event["type"] in TYPES]
    sums = {(len(data), zlib.adler32(data)) for data in files}
    assert len(told) == len(want)
    for (flags, register, kind, size, what, data, _), event in zip(told, want):
        assert int(kind) == TYPES[event["type"]]
        assert int(register) == (2 if event["pcr"] == 4 or event["pcr"] == 5 else 3)
        assert int(flags) == (0x10 if kind == str(tcg.PROGRAM) else 0)
        if what == "data":
            assert hashlib.sha384(bytes.fromhex(data)).hexdigest() == event["sha384"]
        else:
            sums.remove((int(size), int(data)))
    assert not sums


@pytest.mark.parametrize("kernel", [pytest.param("5.10", marks=pytest.mark.trial),
                                    pytest.param("6.1", marks=pytest.mark.trial), "6.12"])
def test_a_tdx_guest_holds_what_was_predicted(confidential, disk, predict, host, base_of, kernel):
    img = disk(kernel, MENUS["bls"])
    machine = confidential(img)
    machine.ends()
    files = [(base_of(kernel) / name.lstrip("/")).read_bytes() for name in (KERNEL, INITRD)]
    predicted = predict(img, loader=host / "loader.efi")
    assert_told(CC.findall(machine.stop()), predicted, [*files, (host / "loader.efi").read_bytes()])
    assert [e["by"] for e in predicted["rtmr_events"] if e["what"] == "initrd"] == [
        "Linux" if kernel == "6.12" else "Partless"]


@pytest.mark.trial
def test_where_there_are_both_both_are_told(confidential, disk, predict, host, new_tpm):
    img = disk("6.12", MENUS["bls"])
    machine = confidential(img, more=new_tpm())
    told = tcg.Told(machine)
    machine.ends()
    predicted = predict(img, loader=host / "loader.efi")
    for pcr in (9, 12):  # the firmware measures programs into the one alone
        assert told.pcrs["sha256"][pcr] == predicted["sha256"][str(pcr)]
    registers = [(register, kind) for _, register, kind, *_ in CC.findall(machine.stop())]
    # Linux' stub uses the TPM alone, so Partless measures the initrd for the other.
    assert registers[-2:] == [("3", str(tcg.IPL)), ("3", str(tcg.EVENT_TAG))]


def test_what_cannot_be_measured_is_not_started(confidential, disk):
    menu = "timeout 1\n" + entry("First", "refused " + WORDS) + entry("Second", WORDS)
    machine = confidential(disk("6.1", {"/boot/partless.conf": menu}))
    machine.says("cannot boot 'First'")
    machine.says("cannot measure its options, for PCR 12, into the registers of the confidential guest: device error")
    machine.says("Partless boots 'Second'")
    machine.ends()
