"""A virtual machine whose serial line a test can read and write."""

import hashlib
import os
import re
import shutil
import signal
import time

import pexpect
import qmp
from processors import SHARE, X86_64, Flash

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
HOME, END = "\x1b[H", "\x1b[F"
ENTER, ESC, BACKSPACE = "\r", "\x1b", "\x7f"

# How each kind of disk is attached; %s is the id of its -drive.
BUSES = {
    "virtio": ["-device", "virtio-blk-pci,drive=%s"],
    "scsi": ["-device", "virtio-scsi-pci,id=%s-bus", "-device", "scsi-hd,bus=%s-bus.0,drive=%s"],
    "nvme": ["-device", "nvme,serial=1,drive=%s"],
    "ahci": ["-device", "ich9-ahci,id=%s-bus", "-device", "ide-hd,bus=%s-bus.0,drive=%s"],
    "usb": ["-device", "usb-storage,drive=%s"],
}

USB = {"uhci": "piix3-usb-uhci", "ehci": "usb-ehci", "xhci": "qemu-xhci"}

SEQUENCE = re.compile(r"\x1b\[[0-9;?=]*([A-Za-z])")
UNFINISHED = re.compile(r"\x1b(\[[0-9;?=]*)?$")

# A processor for Linux 6.12, which faults in cmpxchg16b as QEMU 7.2 emulates it.
WITHOUT_CX16 = ["-cpu", "qemu64,-cx16"]

# How a child is ended: the signals, and how many seconds it has after each.
ENDING = [(signal.SIGHUP, 2), (signal.SIGKILL, 30)]


class Serial(pexpect.spawn):
    """A child whose output is stripped of colours, and has a line's end where the cursor was moved."""

    held = ""
    shown = ""
    raw = ""  # all output, not stripped

    def read_nonblocking(self, size=1, timeout=-1):
        new = super().read_nonblocking(size, timeout)
        self.raw += new
        text = self.held + new
        unfinished = UNFINISHED.search(text)
        cut = unfinished.start() if unfinished else len(text)
        self.held = text[cut:]
        text = SEQUENCE.sub(lambda m: "\n" if m[1] in "HJ" else "", text[:cut]).replace("\r", "")
        self.shown += text
        return text

    def close(self, force=True):
        """Ends the child, with what it started, and waits until it is gone. pexpect alone gives it a tenth of a
        second, which is too short on a busy machine, and then raises an error."""
        for number, seconds in ENDING:
            end = time.monotonic() + seconds
            if self.isalive():
                os.killpg(self.pid, number)
            while self.isalive() and time.monotonic() < end:
                time.sleep(0.02)
        super().close(force)


class Console:
    """Waits for what SERIAL, a machine's serial line, shows, and types on it."""

    def __init__(self, serial):
        self.serial = serial
        serial.delaybeforesend = None

    def expect(self, pattern, timeout=-1):
        """Waits until the console shows what matches the regular expression PATTERN; returns the match."""
        self._wait([pattern], pattern, timeout)
        return self.serial.match

    def says(self, sentence, timeout=-1):
        """Waits for SENTENCE, which the console may have broken into lines."""
        self._wait([wrapped(sentence)], sentence, timeout)

    def shows_first(self, wanted, unwanted, timeout=-1):
        """Waits for the sentence WANTED and fails when the console shows UNWANTED before it."""
        found = self._wait([wrapped(wanted), wrapped(unwanted)], wanted, timeout)
        assert found == 0, f"saw {unwanted!r} before {wanted!r}"

    def is_silent_about(self, pattern, seconds):
        """Fails when the console shows PATTERN in the next SECONDS."""
        found = self.serial.expect([pattern, pexpect.TIMEOUT, pexpect.EOF], timeout=seconds)
        assert found == 1, f"saw {self.serial.match[0]!r}" if found == 0 else "the machine ended"

    def _wait(self, patterns, wanted, timeout):
        try:
            return self.serial.expect(patterns, timeout=timeout)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            what = "in time" if isinstance(error, pexpect.TIMEOUT) else "before the machine ended"
        raise AssertionError(f"the console did not show {wanted!r} {what}")

    def send(self, *keys):
        """Types KEYS on the serial line, one after the other."""
        for key in keys:
            self.serial.send(key)

    def guest(self, timeout=-1):
        """Waits until the guest's init has printed how it was booted, and returns that as a dictionary."""
        self.expect(r"guest: kernel=(\S+)", timeout)
        facts = {"initrd": [], "kernel": self.serial.match[1]}
        while True:
            match = self.expect(r"guest: (?:(cmdline|root|initrd)=([^\n]*)|(up))\n")
            if match[3]:
                return facts
            if match[1] == "initrd":
                facts["initrd"].append(match[2])
            else:
                facts[match[1]] = match[2]

    def ends(self, timeout=-1):
        """Waits until the machine has switched itself off."""
        self._wait([pexpect.EOF], "its end", timeout)


class Machine(Console):
    """Starts QEMU at once. HOST is the loader's directory on the host, which becomes a read-only USB disk, or None.
    DISKS are image files, each alone or as (file, bus), in the firmware's order. FIRMWARE is "bios"; the name of one
    of the processor's flashes, which gets fresh variables; a Flash; or a file of variables, which "pflash" then
    uses. USB is a kind of USB controller, or "none"."""

    def __init__(self, directory, host, disks, *, processor=X86_64, machine=None, usb=None, firmware="bios",
                 memory=512, usb_only=False, screen=False, serial=True, host_last=False, more=(), timeout=60):
        self.disks = [d if isinstance(d, tuple) else (d, "virtio") for d in disks]
        self.host = host
        flash = self._flash(directory, processor, firmware)
        machine = machine or ("q35,smm=on" if flash and flash.locked else processor.machine)
        self.monitor_path = directory / "monitor"
        arguments = ["-machine", f"{machine},accel=tcg", "-smp", "2", "-m", str(memory),
                     "-nodefaults", "-display", "none", "-no-reboot", *processor.more,
                     "-chardev", "stdio,id=serial,signal=off", *(["-serial", "chardev:serial"] if serial else []),
                     "-qmp", f"unix:{self.monitor_path},server=on,wait=off"]
        arguments += self._firmware(flash) if flash else ["-bios", str(SHARE / processor.bios)]
        if usb != "none":
            arguments += ["-device", USB[usb or ("uhci" if machine == "pc" else "xhci")]]
        if screen:
            arguments += processor.screen
        loader = self._loader(usb_only) if host else []
        guests = [a for n, disk in enumerate(self.disks) for a in self._disk(n, *disk)]
        arguments += guests + loader if host_last else loader + guests
        super().__init__(Serial(f"qemu-system-{processor.name}", [*arguments, *more], encoding="utf-8",
                                codec_errors="replace", timeout=timeout, echo=False))

    @staticmethod
    def _flash(directory, processor, firmware):
        if firmware == "bios":
            return None
        flashes = {name: flash.below(SHARE) for name, flash in processor.flashes.items()}
        flash = flashes.get(firmware, firmware)
        if not isinstance(flash, Flash):
            return flashes["pflash"]._replace(variables=flash)
        return flash._replace(variables=shutil.copy(flash.variables, directory / "vars.fd"))

    @staticmethod
    def _firmware(flash):
        lock = ["-global", "driver=cfi.pflash01,property=secure,value=on"] if flash.locked else []
        return ["-drive", f"if=pflash,format=raw,readonly=on,file={flash.code}",
                "-drive", f"if=pflash,format=raw,file={flash.variables}", *lock]

    def _loader(self, usb_only):
        boot = ",bootindex=0" if usb_only else ""
        return ["-drive", f"if=none,id=host,format=raw,readonly=on,file=fat:{self.host}",
                "-device", f"usb-storage,drive=host{boot}"]

    @staticmethod
    def _disk(number, image, bus):
        name = f"disk{number}"
        device = [a.replace("%s", name) for a in BUSES[bus]]
        return ["-drive", f"if=none,id={name},format=raw,file={image}", *device]

    def press(self, *keys):
        """Presses KEYS, by QEMU's names, on the machine's own keyboard."""
        self.order(*(("send-key", {"keys": [{"type": "qcode", "data": key}]}) for key in keys))

    def order(self, *commands):
        """Has QEMU's monitor run COMMANDS of QMP, each (name, arguments). Returns the answer to the last."""
        return qmp.order(self.monitor_path, *commands)

    def stop(self):
        """Ends QEMU, if it still runs, and returns all that the console showed."""
        self.serial.close()
        return self.serial.shown


def wrapped(sentence):
    """A pattern for SENTENCE that allows a line to end anywhere in it."""
    return r"\s*".join(re.escape(letter) for letter in sentence if not letter.isspace())


def digest(path):
    """The SHA-256 of a file, or of all names and files below a directory."""
    total = hashlib.sha256()
    files = sorted(p for p in path.rglob("*")) if path.is_dir() else [path]
    for file in files:
        total.update(str(file.relative_to(path)).encode() + b"\0")
        if file.is_file():
            with open(file, "rb") as data:
                while part := data.read(1 << 20):
                    total.update(part)
    return total.hexdigest()
