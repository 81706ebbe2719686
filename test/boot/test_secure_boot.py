"""Secure Boot, by the firmware alone and by shim: whose kernels boot, and what is said of those that are refused."""

import shutil

import pytest

import secureboot
from guest import INITRD, KERNEL, OPTIONS, entry
from loglines import parse
from processors import AARCH64, ONLY_X86_64, X86_64
from secureboot import DB, KEPT, MOK, OWNER, SHIM, revoked, stripped
from test_log import only

BOOTS_ON = ONLY_X86_64

# The Debian releases that have these versions of shim. Microsoft's CA of 2011 has signed both.
SHIMS = {"shim 15.8": "bullseye", "shim 16.1": "trixie"}
FIRMWARE = {"12": ("bookworm", "secure"), "13 strict": ("trixie", "strict")}

# Of each processor: its shim's package, how UEFI abbreviates it in names, and variables without keys and with
# Microsoft's.
NAMES = {X86_64: ("shim-signed", "x64", "OVMF_VARS_4M.fd", "OVMF_VARS_4M.ms.fd"),
         AARCH64: ("shim-signed:arm64", "aa64", "AAVMF_VARS.fd", "AAVMF_VARS.ms.fd")}

# Whose kernels boot. "vendor" is Debian, whose key is in its shim; "own" is a key that is in the firmware's db, or in
# shim's list MOK.
TRUSTED = {"own db": ["own"], "shim 15.8": ["own", "vendor"], "shim 16.1": ["own", "vendor"]}
KINDS = ["vendor", "own", "unsigned"]

# `make check` starts these; the others are trials.
CORE = [("shim 16.1", "vendor", "13 strict"), ("shim 15.8", "unsigned", "13 strict")]

REFUSED = ("Secure Boot refused it: it has no signature that the firmware (db) or shim (vendor, MOK) trusts, or it is "
           "revoked (dbx, MokListX, SBAT); install a newer signed kernel, or enrol the key that signed it")


def cases(*all_of_them, core=()):
    return [case if case in core else pytest.param(*case, marks=pytest.mark.trial) for case in all_of_them]


@pytest.fixture
def sign(tmp_path):
    return secureboot.signer(tmp_path)


@pytest.fixture
def kernels(base, tmp_path, sign):
    """The guest's kernel, by who has signed it."""
    vendor = base / KERNEL.lstrip("/")
    unsigned = stripped(vendor, tmp_path / "unsigned")
    return {"vendor": vendor, "unsigned": unsigned, "own": sign(unsigned, tmp_path / "own")}


@pytest.fixture
def started(boot, build, host, loader, tmp_path, sign, firmware_of, package_of, processor):
    """started(CHAIN, SYSTEM, DISK, ...) starts a machine with the firmware of that Debian. Only our key counts, or that
    shim starts the loader."""

    def start(chain, system, *disks, variables=(), more=(), **options):
        package, short, keyless, microsofts = NAMES[processor]
        flash = firmware_of(processor, *FIRMWARE[system])
        made = tmp_path / "made.fd"
        shim = chain in SHIMS
        varstores = secureboot.Varstores(package_of("trixie", "python3-virt-firmware"))
        varstores.make(flash.variables.with_name(microsofts if shim else keyless), made,
                       [*(MOK if shim else OWNER), *more], variables)
        sign(build / processor.loader, host / f"EFI/BOOT/grub{short}.efi" if shim else loader)
        if shim:
            shutil.copy(package_of(SHIMS[chain], package) / f"usr/lib/shim/shim{short}.efi.signed", loader)
        if not (host / "partless.conf").exists():
            (host / "partless.conf").write_text("log console\n")
        return boot(*disks, firmware=flash._replace(variables=made), timeout=120, **options)

    return start


def menu(path="/boot/k"):
    return "timeout 1\n" + entry("Guest", linux=path)


def boots(machine):
    machine.guest()
    machine.ends()
    assert only(parse(machine.stop()), "load")["in-place"] == "no"


def is_refused(machine):
    assert machine.expect(r"partless: error at=\S+ code=(\S+)\s")[1] == "load.denied"
    machine.says(REFUSED)


@pytest.mark.parametrize("chain, kernel, system", cases(
    *((chain, kernel, system) for chain in TRUSTED for kernel in KINDS for system in FIRMWARE), core=CORE))
def test_a_kernel_boots_only_if_its_signature_is_trusted(started, images, kernels, chain, kernel, system):
    machine = started(chain, system, images.guest(menu(), {"/boot/k": kernels[kernel]}))
    if kernel in TRUSTED[chain]:
        boots(machine)
    else:
        is_refused(machine)


@pytest.mark.trial
@pytest.mark.parametrize("processor", [AARCH64], ids=str)
@pytest.mark.parametrize("kernel", KINDS)
def test_on_arm_shim_is_asked_as_well(started, images, kernels, kernel):
    """By 16.1 alone: Microsoft has not signed Debian's 15.8 for this processor."""
    machine = started("shim 16.1", "12", images.guest(menu(), {"/boot/k": kernels[kernel]}, size="128M"))
    if kernel == "unsigned":
        is_refused(machine)
    else:
        boots(machine)


REVOKED = [("shim 15.8", "own", "MokListX"), ("shim 16.1", "own", "MokListX"), ("shim 15.8", "vendor", "dbx"),
           ("shim 16.1", "vendor", "dbx"), ("own db", "own", "dbx")]


@pytest.mark.parametrize("chain, kernel, where", cases(*REVOKED, core=REVOKED[:1]))
def test_a_kernel_that_was_revoked_is_refused(started, images, kernels, chain, kernel, where):
    """Also if the firmware's db has the key that signed it, and only shim knows that it was revoked."""
    one = revoked(where, secureboot.digest(kernels[kernel].read_bytes()))
    is_refused(started(chain, "12", images.guest(menu(), {"/boot/k": kernels[kernel]}), variables=[one],
                       more=DB if chain in SHIMS else []))


EFI = "timeout 1\ntitle Program\nefi /boot/program.efi\n"


@pytest.mark.trial
@pytest.mark.parametrize("chain", TRUSTED)
def test_an_efi_program_is_verified_as_a_kernel_is(started, images, built, sign, tmp_path, chain):
    hello = built / "test/hello.efi"
    program = sign(hello, tmp_path / "signed")
    started(chain, "12", images.guest(EFI, {"/boot/program.efi": program})).says("hello: done")
    is_refused(started(chain, "12", images.guest(EFI, {"/boot/program.efi": hello}, name="unsigned.img")))


@pytest.mark.trial
@pytest.mark.parametrize("chain", SHIMS)
def test_another_boot_loader_can_ask_shim_too(started, images, kernels, built, sign, tmp_path, chain):
    """The guest's own loader is a second Partless, which looks at all disks but its own."""
    second = sign(built / "partless.efi", tmp_path / "second")
    first = images.guest(EFI, {"/boot/program.efi": second, KERNEL: b""}, name="first.img", label="first")
    guest = images.guest(menu(), {"/boot/k": kernels["vendor"]})
    machine = started(chain, "12", first, guest)
    machine.says("Partless boots 'Program'")
    machine.says("Partless boots 'Guest'")
    assert machine.guest()["root"].startswith("/dev/vdb ")
    machine.ends()


@pytest.mark.trial
@pytest.mark.parametrize("chain", TRUSTED)
def test_a_unified_kernel_is_verified_as_a_whole(started, images, kernels, base, sign, package_of, tmp_path, chain):
    """The kernel inside needs no signature."""
    text = tmp_path / "text"
    text.write_text(OPTIONS)
    stub = package_of("trixie", "systemd-boot-efi") / "usr/lib/systemd/boot/efi/linuxx64.efi.stub"
    whole = secureboot.unified(stub, tmp_path / "uki", cmdline=text, initrd=base / INITRD.lstrip("/"),
                               linux=kernels["unsigned"])
    signed = sign(whole, tmp_path / "signed")
    uki = "timeout 1\ntitle Guest\nlinux /boot/program.efi\n"
    boots(started(chain, "12", images.guest(uki, {"/boot/program.efi": signed}, size="96M")))
    is_refused(started(chain, "12", images.guest(uki, {"/boot/program.efi": whole}, name="unsigned.img", size="96M")))


@pytest.mark.trial
@pytest.mark.parametrize("chain", SHIMS)
def test_a_shim_that_validates_nothing_starts_what_nobody_has_signed(started, images, kernels, chain):
    """Its owner told it so, by `mokutil --disable-validation`; Secure Boot is on nevertheless."""
    insecure = secureboot.variable("MokSBState", SHIM, KEPT, bytes([1]))
    machine = started(chain, "12", images.guest(menu(), {"/boot/k": kernels["unsigned"]}), variables=[insecure])
    boots(machine)


LOCKED = "With Secure Boot, options are edited only if the host sets 'editor yes'."


def test_with_secure_boot_options_are_edited_only_if_the_host_says_so(started, images, kernels, host):
    disk = images.guest("timeout 600\n" + entry("Guest", linux="/boot/k"), {"/boot/k": kernels["own"]})
    machine = started("own db", "12", disk)
    machine.says("Enter: boot  q: leave")
    machine.send("e")
    machine.says(LOCKED)
    machine.stop()
    (host / "partless.conf").write_text("editor yes\n")
    machine = started("own db", "12", disk)
    machine.says("Enter: boot  e: edit options  q: leave")
