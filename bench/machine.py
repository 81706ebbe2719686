"""One run of QEMU, watched from outside: when the guest reached each step, and the requests to its disks."""

import os
import re
import select
import subprocess
import time
from pathlib import Path

import qmp

FIRMWARE = Path("/usr/share/ovmf/OVMF.fd")
USB = {"uhci": "piix3-usb-uhci", "ehci": "usb-ehci", "xhci": "qemu-xhci"}

# The first line of a kernel with `earlyprintk`, before or after it has unpacked itself.
FIRST_LINE = re.compile(rb"early console in extract_kernel|Decompressing Linux|Linux version ")

# The log backend of QEMU's tracing: PROCESS@SECONDS.MICROSECONDS:EVENT ARGUMENTS
REQUEST = re.compile(r"\d+@(\d+)\.(\d+):virtio_blk_(handle_read|req_complete) vdev \S+ req (\S+) "
                     r"(?:sector (\d+) nsectors (\d+))?")

# The beginning of a block in the log of QEMU's `-d in_asm`.
TRANSLATED = re.compile(rb"^IN:.*\n0x([0-9a-f]+):", re.M)


class NoBoot(Exception):
    """The guest did not boot; the message holds its console."""


def code_at(data, at, n=32):
    return data[at:at + n].hex()


class Program:
    """The code of an EFI program (PE/COFF specification, 3 and 4)."""

    def __init__(self, file):
        self.file, self.data = file, Path(file).read_bytes()
        self.header = self.number(0x3c)
        self.entry = self.number(self.header + 24 + 16)

    def number(self, at, n=4, signed=False):
        return int.from_bytes(self.data[at:at + n], "little", signed=signed)

    def offset(self, address):
        """The place in the file of the byte that is loaded to ADDRESS."""
        first = self.header + 24 + self.number(self.header + 20, 2)
        for at in range(first, first + 40 * self.number(self.header + 6, 2), 40):
            size, base, stored, raw = (self.number(at + field) for field in (8, 12, 16, 20))
            if base <= address < base + max(size, stored):
                return raw + address - base
        raise ValueError(f"{self.file}: no section holds the address {address:#x}")

    def code(self, address):
        """The first bytes of what is at ADDRESS."""
        return code_at(self.data, self.offset(address))

    def behind_call(self, function, called):
        """The address behind the first call (e8, Intel SDM) of CALLED in FUNCTION."""
        at = self.offset(function)
        for call in range(at, at + 256):
            back = function + call + 5 - at
            if self.data[call] == 0xe8 and back + self.number(call + 1, signed=True) == called:
                return back
        raise ValueError(f"{self.file}: the call is not where it was")


def pe_entry(file):
    program = Program(file)
    return program.code(program.entry)


def initrd_marks(file):
    """The code at which the loader FILE begins to read the initrd for a kernel's stub, and at which it has read
    it, by the names of these steps in test/efi/probe.c. The ELF file beside FILE has the symbols."""
    names = subprocess.run(["nm", file.with_suffix(".elf")], capture_output=True, text=True,
                           check=True).stdout.split()
    address = lambda name: int(names[names.index(name) - 2], 16)
    loader, read = Program(file), address("plan_read_initrd")
    return {"step4": loader.code(read),
            "step5": loader.code(loader.behind_call(address("load_file"), read))}


def kernel_marks(kernel):
    """The code at which a kernel begins: as an EFI program, and by its boot protocols for 32 and 64 bits
    (Documentation/x86/boot.rst). An EFI stub reaches the last one after ExitBootServices."""
    data = kernel.read_bytes()
    setup = (data[0x1f1] + 1) * 512
    return {"stub": pe_entry(kernel), "kernel32": code_at(data, setup), "kernel": code_at(data, setup + 0x200)}


def least_memory(boots, step=4, low=64, high=576):
    """The smallest memory, in MiB, with which BOOTS(memory) is true; (low, high] is searched in STEPs."""
    while high - low > step:
        middle = (low + high) // 2 // step * step
        low, high = (low, middle) if boots(middle) else (middle, high)
    return high


class Machine:
    """Starts QEMU with ARGUMENTS. DIRECTORY is for this run alone. The guest's memory and, by the plugin, the
    translator's is allocated before the guest starts: else the time of a boot would depend on how fast the host
    finds free pages.

    To observe a boot, MARKS maps names to the first bytes of code, in hexadecimal. The plugin finds the addresses
    of that code, counts instructions and follows each request of a virtio disk, which makes the boot slower. To
    time a boot, PLACES maps such addresses to names. QEMU's log tells when the code there is translated, which is
    when it first runs, and slows down nothing else."""

    def __init__(self, directory, plugin, arguments, *, marks=None, places=None, memory=1024):
        self.directory = directory
        self.console = b""
        self.monitor = directory / "monitor"
        self.marks_file, self.trace_file = directory / "marks", directory / "trace"
        self.places = places or {}
        self.log, self.told, self.translated = None, b"", []
        options = [f"mark={name}:{code}" for name, code in marks.items()] if marks else []
        options += ["count=on"] if marks else []
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", "-machine", "pc,memory-backend=ram", "-accel", "tcg,tb-size=64", "-smp", "1",
             "-m", str(memory),
             "-object", f"memory-backend-ram,id=ram,size={memory}M,prealloc=on",
             "-nodefaults", "-display", "none", "-no-reboot", "-bios", FIRMWARE,
             "-serial", "stdio", "-qmp", f"unix:{self.monitor},server=on,wait=off",
             "-plugin", ",".join([str(plugin), f"out={self.marks_file}", *options]),
             *(self._tracing() if marks else ()), *(self._logging() if places else ()),
             *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def _tracing(self):
        return ["-msg", "timestamp=on", "-D", self.trace_file,
                "-trace", "virtio_blk_handle_read", "-trace", "virtio_blk_req_complete"]

    def _logging(self):
        fifo = self.directory / "log"
        os.mkfifo(fifo)
        self.log = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        ranges = ",".join(f"{address:#x}+1" for address in self.places)
        return ["-d", "in_asm", "-dfilter", ranges, "-D", fifo]

    def _listen(self, data, now):
        """Reads DATA, which QEMU's log wrote at NOW."""
        self.told += data
        for block in TRANSLATED.finditer(self.told):
            if name := self.places.get(int(block[1], 16)):
                self.translated.append((name, now, 0))
        self.told = TRANSLATED.split(self.told)[-1]

    def wait(self, wanted=FIRST_LINE, timeout=120):
        """The moment, in ns, at which the console showed WANTED."""
        end = time.monotonic() + timeout
        console = self.process.stdout.fileno()
        files = [console] if self.log is None else [self.log, console]
        while (left := end - time.monotonic()) > 0:
            for file in select.select(files, [], [], left)[0]:
                data, now = os.read(file, 65536), time.time_ns()
                if file == self.log:
                    self._listen(data, now)
                    continue
                self.console += data
                if wanted.search(self.console):
                    return now
                if not data:
                    raise NoBoot(self.console[-600:].decode(errors="replace"))
        raise NoBoot(self.console[-600:].decode(errors="replace"))

    def ask(self, command):
        """Sends a command to QEMU's monitor and returns the answer."""
        return qmp.order(self.monitor, (command, {}))

    def disks(self):
        """{drive: (bytes read, requests)}"""
        return {d["device"]: (d["stats"]["rd_bytes"], d["stats"]["rd_operations"])
                for d in self.ask("query-blockstats") if d.get("device")}

    def _met(self):
        """The plugin's lines: [[name, ns, instructions, address]]."""
        lines = [line.split() for line in self.marks_file.read_text().splitlines()]
        return [line for line in lines if len(line) == 4]

    def marks(self):
        """[(name, ns, instructions)] in the order of time."""
        met = [(name, int(ns), int(instructions)) for name, ns, instructions, _ in self._met()]
        return met + self.translated

    def found(self):
        """The addresses of the marks: PLACES for another boot of the same kind."""
        return {int(address, 16): name for name, _, _, address in self._met() if int(address, 16)}

    def requests(self):
        """[(ns when asked, ns when answered, byte on the disk, bytes)] of virtio disks."""
        asked, done = {}, []
        for line in self.trace_file.read_text().splitlines():
            match = REQUEST.match(line)
            if not match:
                continue
            when = int(match[1]) * 10**9 + int(match[2]) * 1000
            if match[3] == "handle_read":
                asked[match[4]] = (when, int(match[5]) * 512, int(match[6]) * 512)
            elif match[4] in asked:
                start, at, n = asked.pop(match[4])
                done.append((start, when, at, n))
        return done

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        if self.log is not None:
            os.close(self.log)
