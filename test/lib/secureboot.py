"""Secure Boot: programs that are signed or not, and the variables that say whose signatures count."""

import hashlib
import json
import os
import shutil
import subprocess
import uuid

from malformed import OPTIONAL, PE_POINTER, Program

# Debian's snakeoil key. Its package of firmware has it with the password "snakeoil", and variables that trust it.
KEYS = "/usr/share/ovmf/PkKek-1-snakeoil"

SHIM = uuid.UUID("605dab50-e046-4300-abb6-3dd810dd8b23")
DATABASE = uuid.UUID("d719b2cb-3d3a-4596-a3bc-dad00e67656f")
SHA256 = uuid.UUID("c1c41626-504c-4092-aca9-41f936934328")

# UEFI specification, 8.2: kept, for boot services; at run time too, and only as an authenticated variable.
KEPT, AUTHENTICATED = 0x3, 0x27
LISTS = {"dbx": (DATABASE, AUTHENTICATED), "MokListX": (SHIM, KEPT)}


def signer(directory):
    """sign(FILE, OUT) of the result signs a program with Debian's snakeoil key. The key lies in DIRECTORY."""
    key = directory / "snakeoil.pem"
    subprocess.run(["openssl", "rsa", "-in", f"{KEYS}.key", "-passin", "pass:snakeoil", "-out", key],
                   check=True, capture_output=True)

    def sign(file, out):
        subprocess.run(["sbsign", "--key", key, "--cert", f"{KEYS}.pem", "--output", out, file],
                       check=True, capture_output=True)
        return out

    return sign


def stripped(file, out):
    """A copy of a program without its signatures."""
    shutil.copy(file, out)
    subprocess.run(["sbattach", "--remove", out], check=True, capture_output=True)
    return out


def digest(program):
    """The SHA-256 by which a program is revoked: of its bytes without the checksum, the place of the signatures and the
    signatures, which are the last thing in the file (Microsoft's "Windows Authenticode Portable Executable Signature
    Format")."""
    pe = int.from_bytes(program[PE_POINTER:PE_POINTER + 4], "little")
    checksum, place = pe + OPTIONAL + 64, pe + OPTIONAL + 144
    end = Program(program)["CertificateAddress"] or len(program)
    parts = program[:checksum], program[checksum + 4:place], program[place + 8:end], bytes(-end % 8)
    return hashlib.sha256(b"".join(parts)).digest()


def revoked(name, *digests):
    """The variable NAME of LISTS, as a list of signatures (UEFI specification, 32.4.1) with DIGESTS in it."""
    vendor, attributes = LISTS[name]
    body = b"".join(SHIM.bytes_le + one for one in digests)
    head = SHA256.bytes_le + b"".join(n.to_bytes(4, "little") for n in (28 + len(body), 0, 48))
    return variable(name, vendor, attributes, head + body)


def variable(name, vendor, attributes, data):
    """A variable for Varstores.make()."""
    return {"name": name, "guid": str(vendor), "attr": attributes, "data": data.hex()}


# Where virt-fw-vars puts a key: it owns the machine, or shim trusts it.
OWNER, MOK, DB = ["--set-pk", "--add-kek", "--add-db"], ["--add-mok"], ["--add-db"]


class Varstores:
    """Makes files of variables for flash by virt-fw-vars of Debian's package python3-virt-firmware, which was unpacked
    to PACKAGE."""

    def __init__(self, package):
        self.environment = {**os.environ, "PYTHONPATH": str(package / "usr/lib/python3/dist-packages")}

    def make(self, old, new, options, variables=()):
        """Writes to NEW what is in OLD, with VARIABLES, and with Debian's snakeoil key where OPTIONS put it."""
        words = ["--sb"] + [word for option in options for word in (option, str(SHIM), f"{KEYS}.pem")]
        if variables:
            file = new.with_suffix(".json")
            file.write_text(json.dumps({"version": 2, "variables": variables}))
            words += ["--set-json", file]
        subprocess.run(["/usr/bin/python3", "-m", "virt.firmware.vars", "--input", old, "--output", new, *words],
                       check=True, capture_output=True, env=self.environment)
        return new


def unified(stub, out, **sections):
    """Puts files into systemd's STUB, as sections of these names, and writes the unified kernel to OUT."""
    program = Program(stub.read_bytes())
    at = max(program[i, "VirtualAddress"] + program[i, "VirtualSize"] for i in range(program["NumberOfSections"]))
    words = []
    for name, file in sections.items():
        at += -at % 4096
        words += ["--add-section", f".{name}={file}",
                  "--change-section-vma", f".{name}={program['ImageBase'] + at:#x}"]
        at += file.stat().st_size
    subprocess.run(["objcopy", *words, stub, out], check=True, capture_output=True)
    return out
