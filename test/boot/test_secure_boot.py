"""Secure Boot, by the firmware alone and by shim: whose kernels boot, and what is said of those that are refused."""

import shutil

import pytest

import secureboot
from guest import KERNEL, entry
from loglines import parse
from processors import ONLY_X86_64, X86_64
from secureboot import revoked, stripped
from test_log import only

BOOTS_ON = ONLY_X86_64

# The Debian releases that have these versions of shim. Microsoft's CA of 2011 has signed both.
SHIMS = {"shim 15.8": "bullseye", "shim 16.1": "trixie"}
FIRMWARE = {"12": ("bookworm", "secure"), "13 strict": ("trixie", "strict")}

# Whose kernels boot. "vendor" is Debian, whose key is in its shim; "own" is a key that is in the firmware's db, or in
# shim's list MOK.
TRUSTED = {"own db": ["own"], "shim 15.8": ["own", "vendor"], "shim 16.1": ["own", "vendor"]}
KINDS = ["vendor", "own", "unsigned"]

# `make check` starts these; the others are trials.
CORE = [("shim 15.8", "vendor", "12"), ("shim 16.1", "vendor", "13 strict"), ("shim 15.8", "unsigned", "13 strict")]

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
def started(boot, host, loader, tmp_path, sign, firmware_of, package_of):
    """started(CHAIN, SYSTEM, DISK, ...) starts a machine with the firmware of that Debian, where only our key counts, or
    where that shim starts the loader."""

    def start(chain, system, *disks, variables=(), db=False, **options):
        flash = firmware_of(X86_64, *FIRMWARE[system])
        made = tmp_path / "made.fd"
        shim = chain in SHIMS
        varstores = secureboot.Varstores(package_of("trixie", "python3-virt-firmware"))
        varstores.make(flash.variables.with_name(f"OVMF_VARS_4M.{'ms' if shim else 'snakeoil'}.fd"), made, *variables,
                       mok=shim, db=db)
        sign(loader, host / "EFI/BOOT/grubx64.efi" if shim else loader)
        if shim:
            shutil.copy(package_of(SHIMS[chain], "shim-signed") / "usr/lib/shim/shimx64.efi.signed", loader)
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
    machine.says(REFUSED)
    assert machine.expect(r"partless: error at=\S+ code=(\S+)\s")[1] == "load.denied"


@pytest.mark.parametrize("chain, kernel, system", cases(
    *((chain, kernel, system) for chain in TRUSTED for kernel in KINDS for system in FIRMWARE), core=CORE))
def test_a_kernel_boots_only_if_its_signature_is_trusted(started, images, kernels, chain, kernel, system):
    machine = started(chain, system, images.guest(menu(), {"/boot/k": kernels[kernel]}))
    if kernel in TRUSTED[chain]:
        boots(machine)
    else:
        is_refused(machine)


REVOKED = [("shim 15.8", "own", "MokListX"), ("shim 16.1", "own", "MokListX"), ("shim 15.8", "vendor", "dbx"),
           ("shim 16.1", "vendor", "dbx"), ("own db", "own", "dbx")]


@pytest.mark.parametrize("chain, kernel, where", cases(*REVOKED, core=REVOKED[:1]))
def test_a_kernel_that_was_revoked_is_refused(started, images, kernels, chain, kernel, where):
    """Also if the firmware's db has the key that signed it, and only shim knows that it was revoked."""
    one = revoked(where, secureboot.digest(kernels[kernel].read_bytes()))
    is_refused(started(chain, "12", images.guest(menu(), {"/boot/k": kernels[kernel]}), variables=[one],
                       db=chain in SHIMS))
