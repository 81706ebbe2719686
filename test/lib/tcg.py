"""What a TPM holds after a boot, as a guest reads it: the firmware's event log, and the registers."""

import base64
import gzip
import hashlib
import struct

ALGORITHMS = {4: "sha1", 0xb: "sha256", 0xc: "sha384", 0xd: "sha512"}
NO_ACTION, SEPARATOR, ACTION, EVENT_TAG, IPL = 3, 4, 5, 6, 0xd
PROGRAM = 0x80000003  # EV_EFI_BOOT_SERVICES_APPLICATION

# TPM2_PCR_Read of the registers 4, 5, 9 and 12 in the bank %s (TPM 2.0 Library, part 3, 22.4), for printf.
READ = r"\200\001\000\000\000\024\000\000\001\176\000\000\000\001\000\%s\003\060\022\000"
PCRS = [4, 5, 9, 12]

# The first process of a guest that prints both, and switches itself off.
INIT = f"""#!/bin/sh
export PATH=/bin
dmesg -n 1
mount -t securityfs security /sys/kernel/security
echo "tpm: log"
gzip -c /sys/kernel/security/tpm0/binary_bios_measurements | base64
exec 3<>/dev/tpm0
echo "tpm: sha256"
printf '{READ % "013"}' >&3
dd bs=4096 count=1 <&3 2>/dev/null | base64
echo "tpm: sha384"
printf '{READ % "014"}' >&3
dd bs=4096 count=1 <&3 2>/dev/null | base64
echo "tpm: options"
base64 </proc/cmdline
echo "tpm: done"
poweroff -f
"""


class Event:
    """One event of the log: DIGESTS by the bank's name, and DATA."""

    def __init__(self, pcr, kind, digests, data):
        self.pcr, self.kind, self.digests, self.data = pcr, kind, digests, data

    def __repr__(self):
        return f"PCR {self.pcr} {self.kind:#x} {self.data[:60]!r} {self.digests['sha256']}"

    @property
    def tag(self):
        """The id of an EV_EVENT_TAG, and what it says."""
        tag, size = struct.unpack_from("<II", self.data)
        assert size == len(self.data) - 8
        return tag, self.data[8:]


def events(log):
    """The events of a crypto-agile log (PC Client Platform Firmware Profile, 10.2.1), without the one at its head."""
    pcr, kind, _, size = struct.unpack_from("<II20sI", log)
    head = log[32:32 + size]
    assert (pcr, kind) == (0, NO_ACTION) and head.startswith(b"Spec ID Event03\0")
    count, = struct.unpack_from("<I", head, 24)
    sizes = dict(struct.unpack_from("<HH", head, 28 + 4 * i) for i in range(count))
    at, found = 32 + size, []
    while at < len(log):
        pcr, kind, count = struct.unpack_from("<III", log, at)
        at += 12
        digests = {}
        for _ in range(count):
            algorithm, = struct.unpack_from("<H", log, at)
            at += 2 + sizes[algorithm]
            digests[ALGORITHMS[algorithm]] = log[at - sizes[algorithm]:at].hex()
        size, = struct.unpack_from("<I", log, at)
        found.append(Event(pcr, kind, digests, log[at + 4:at + 4 + size]))
        at += 4 + size
    return found


def replayed(found, pcr, bank):
    """The register that the events make."""
    value = bytes(hashlib.new(bank).digest_size)
    for event in found:
        if event.pcr == pcr and event.kind != NO_ACTION:
            value = hashlib.new(bank, value + bytes.fromhex(event.digests[bank])).digest()
    return value.hex()


def read_answer(answer):
    """The registers in an answer to READ, by their numbers."""
    tag, size, code, _, banks = struct.unpack_from(">HIIII", answer)
    assert (tag, size, code, banks) == (0x8001, len(answer), 0, 1)
    count, = struct.unpack_from(">I", answer, 24)
    assert count == len(PCRS)
    at, found = 28, {}
    for pcr in PCRS:
        size, = struct.unpack_from(">H", answer, at)
        found[pcr] = answer[at + 2:at + 2 + size].hex()
        at += 2 + size
    return found


class Told:
    """What the guest on MACHINE printed: LOG, its events; PCRS, the registers by bank and number; OPTIONS."""

    def __init__(self, machine, timeout=120):
        machine.expect("tpm: log\n", timeout)
        parts = {}
        for name, end in [("log", "sha256"), ("sha256", "sha384"), ("sha384", "options"), ("options", "done")]:
            machine.expect(f"([A-Za-z0-9+/=\n]*)tpm: {end}\n", timeout)
            parts[name] = base64.b64decode(machine.serial.match[1])
        self.log = events(gzip.decompress(parts["log"]))
        self.pcrs = {bank: read_answer(parts[bank]) for bank in ("sha256", "sha384")}
        self.options = parts["options"].decode().rstrip("\n")

    def of(self, pcr):
        """The events of one register."""
        return [event for event in self.log if event.pcr == pcr and event.kind != NO_ACTION]
