"""partless measure: what it prints, and what it cannot predict. That the numbers are right is shown where machines with
a TPM boot: test/boot/test_measuring.py."""

import hashlib
import json
import re
import subprocess

import pytest

from processors import OWN

MENU = "title A\nlinux /boot/hello.efi\noptions quiet\ntitle B\nefi /boot/hello.efi\n"


@pytest.fixture
def disk(build, tmp_path):
    """disk(MENU) makes one with a program to start."""

    def make(menu=MENU, name="disk.img"):
        tree = tmp_path / f"{name}.tree"
        (tree / "boot").mkdir(parents=True)
        (tree / "boot/hello.efi").write_bytes((build / OWN.name / "test/hello.efi").read_bytes())
        (tree / "boot/partless.conf").write_text(menu)
        subprocess.run(["mke2fs", "-q", "-d", tree, tmp_path / name, "8M"], check=True)
        return tmp_path / name

    return make


@pytest.fixture
def measure(build):
    """measure(WORD, ...) gives the code, the output and the errors."""

    def run(*words):
        done = subprocess.run([build / "partless-asan", "measure", *map(str, words)], capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def loader(build):
    return build / OWN.loader


def efi(menu=MENU):
    """The menu with entries for any EFI program: hello.efi is no kernel."""
    return menu.replace("linux", "efi")


def test_registers_are_printed_a_line_each(measure, disk, loader):
    code, out, errors = measure("--loader", loader, disk(efi()))
    assert code == 0
    lines = [re.fullmatch(r"(PCR|RTMR) (\d+) +(sha256|sha384)  ([0-9a-f]+)", line) for line in out.splitlines()]
    assert [(m[1], m[2], m[3]) for m in lines] == [
        *(("PCR", pcr, bank) for pcr in ("4", "5", "9", "12") for bank in ("sha256", "sha384")),
        ("RTMR", "1", "sha384"), ("RTMR", "2", "sha384")]
    assert all(len(m[4]) == {"sha256": 64, "sha384": 96}[m[3]] for m in lines)
    assert "/boot/hello.efi is no plain Linux kernel: what it measures itself is not predicted" in errors
    assert errors.count("no plain Linux kernel") == 1


def test_a_file_s_event_is_its_own_digest(measure, disk, loader):
    menu = efi()
    told = json.loads(measure("--json", "--loader", loader, disk(menu))[1])
    for bank in ("sha256", "sha384"):
        digests = {event["what"].split(":")[0]: event[bank] for event in told["events"] if event["pcr"] == 5}
        assert digests["file"] == hashlib.new(bank, menu.encode()).hexdigest()
        assert digests["entry"] == hashlib.new(bank, b"A").hexdigest()
        assert digests["settings"] == hashlib.new(bank, b"").hexdigest()
    options, = [event for event in told["events"] if event["pcr"] == 12]
    assert options["sha256"] == hashlib.sha256("quiet\0".encode("utf-16-le")).hexdigest()


def test_events_are_printed_if_wanted(measure, disk, loader):
    out = measure("--events", "--loader", loader, "--set", "timeout=07", disk(efi()))[1]
    assert "PCR 5   Partless  EV_EVENT_TAG  settings: timeout=7" in out
    assert "PCR 4   firmware  EV_EFI_BOOT_SERVICES_APPLICATION  /boot/hello.efi\n        sha256  " in out


@pytest.mark.skipif(OWN.name != "x86_64", reason="sbsign's digest is asked of this machine's programs")
def test_a_program_s_digest_is_that_of_its_signature(measure, disk, loader, keys, tmp_path):
    """Signed or not, it is what the signature holds: sbsign says so."""
    (key, cert), signed = keys["own"], tmp_path / "signed"
    subprocess.run(["sbsign", "--key", key, "--cert", cert, "--output", signed, loader], check=True, capture_output=True)
    subprocess.run(["sbattach", "--detach", tmp_path / "signature", signed], check=True)
    shown = {}
    for file in (loader, signed):
        told = json.loads(measure("--json", "--loader", file, disk(efi(), name=f"{file.name}.img"))[1])
        shown[file], = [e["sha256"] for e in told["events"] if e["what"] == str(file)]
    assert shown[loader] == shown[signed]
    assert bytes.fromhex(shown[loader]) in (tmp_path / "signature").read_bytes()


def test_without_the_loader_what_it_is_part_of_is_left_out(measure, disk):
    code, out, errors = measure("--json", disk(efi()))
    told = json.loads(out)
    assert code == 0 and "PCR 4 and RTMR 1 are left out: name the loader's file with --loader" in errors
    assert list(told["sha256"]) == ["5", "9", "12"] and list(told["rtmr"]) == ["2"]


def test_a_tdx_guest_hears_nothing_of_its_host(measure, disk, loader):
    code, out, errors = measure("--json", "--set", "timeout=1", "--loader", loader, disk(efi()))
    told = json.loads(out)
    assert code == 0 and told["rtmr"] is None and told["rtmr_events"] is None
    assert "the RTMRs are left out: a TDX guest reads neither the host's settings nor its variables" in errors


def test_an_entry_can_be_named(measure, disk, loader):
    image = disk(efi())
    named = json.loads(measure("--json", "--loader", loader, "--entry", "B", image)[1])
    usual = json.loads(measure("--json", "--loader", loader, image)[1])
    assert (named["entry"], usual["entry"]) == ("B", "A")
    assert named["sha256"]["5"] != usual["sha256"]["5"] and named["sha256"]["4"] == usual["sha256"]["4"]
    code, out, errors = measure("--entry", "c", image)
    assert (code, out) == (1, "")
    assert "no entry has the id 'c': `partless entries --json` lists them" in errors


def test_a_partition_table_is_not_predicted(measure, disk, loader, tmp_path):
    inner = disk(efi())
    whole = tmp_path / "whole.img"
    with open(whole, "wb") as file:
        file.seek(1 << 20)
        file.write(inner.read_bytes())
        file.truncate(10 << 20)
    subprocess.run(["sfdisk", "-q", whole], input="label: gpt\nstart=2048, size=16384\n", text=True, check=True,
                   capture_output=True)
    code, out, errors = measure("--json", "--loader", loader, whole)
    told = json.loads(out)
    assert code == 0 and list(told["sha256"]) == ["4", "9", "12"] and list(told["rtmr"]) == ["2"]
    assert "PCR 5 and RTMR 1 are left out: the kernel lies on a partition" in errors


def test_what_cannot_boot_is_not_predicted(measure, disk, loader, tmp_path):
    code, out, errors = measure("--loader", loader, disk("title A\nlinux /boot/gone\n"))
    assert (code, out) == (1, "") and "no entry boots by itself" in errors
    code, out, errors = measure("--loader", loader, disk("title A\nlinux /boot/hello.efi\n", name="b.img"))
    assert (code, out) == (1, "") and "is an EFI program, but no Linux kernel" in errors
    code, out, errors = measure("--loader", loader, tmp_path / "none.img")
    assert (code, out) == (2, "")


@pytest.mark.parametrize("content, sentence", [
    (None, "cannot read the loader"), (b"", "cannot read the loader"), (b"MZ no program", "is no sound EFI program"),
    ("cut", "is no sound EFI program")])
def test_a_loader_that_is_none_is_told(measure, disk, loader, tmp_path, content, sentence):
    file = tmp_path / "loader"
    if content == "cut":
        content = loader.read_bytes()[:90000]
    if content is not None:
        file.write_bytes(content)
    code, out, errors = measure("--loader", file, disk(efi()))
    assert (code, out) == (2, "") and sentence in errors and str(file) in errors


def test_lies_in_a_program_s_header_are_survived(measure, disk, loader, tmp_path):
    """Each byte of the header in turn becomes one that is another's: there is an answer or a sentence."""
    image, data = disk(efi()), loader.read_bytes()
    file = tmp_path / "loader"
    for at in range(0, 0x1c0, 3):
        file.write_bytes(data[:at] + b"\xff\xff\xff\x7f" + data[at + 4:])
        code, out, errors = measure("--loader", file, image)
        assert code in (0, 2) and "Sanitizer" not in errors, errors
        assert code == 0 or "is no sound EFI program" in errors
