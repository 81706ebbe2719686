"""Boots once and gives the figures: milliseconds, bytes, requests and instructions."""

import shutil
from bisect import bisect_right
from dataclasses import dataclass

from machine import FIRST_LINE, Machine, NoBoot

MS = 1e6  # in ns
STEPS = {"step0": "ready", "step1": "connected", "step2": "kernel_read", "step3": "kernel_loaded",
         "step4": "initrd_wanted", "step5": "initrd_read"}  # of test/efi/probe.c
KERNEL = ("stub", "kernel32", "kernel")  # whichever comes first is the kernel's first instruction


def drives(guest):
    """The guest's disk, and as many empty ones as its case wants."""
    drive = "if=none,format=raw,readonly=on,id="
    arguments = ["-drive", f"{drive}guest,file={guest.image}", "-device", "virtio-blk-pci,drive=guest"]
    for i in range(guest.case.disks):
        arguments += ["-drive", f"{drive}more{i},file={guest.initrd}",
                      "-device", f"virtio-blk-pci,drive=more{i}"]
    return arguments


def warm(guest):
    """Reads the image into the host's page cache."""
    with open(guest.image, "rb") as image:
        for pieces in guest.pieces.values():
            for at, n in pieces:
                image.seek(at)
                image.read(n)


def first(marks, names, after=0):
    for name, ns, instructions in marks:
        if name in names and ns >= after:
            return ns, instructions
    return None


def reading(requests, guest, since):
    """The milliseconds from the first request for a file to the last answer, of kernel and initrd together.
    Requests before SINCE do not count, nor those before a file is read from its start again: a loader looks at
    a kernel's header before it reads the kernel."""
    total = 0
    for pieces in guest.pieces.values():
        size = sum(n for _, n in pieces)
        starts = sorted(at for at, _ in pieces)
        ends = {at: at + n for at, n in pieces}
        mine, got = [], 0
        for asked, answered, at, n in sorted(requests):
            start = starts[max(bisect_right(starts, at) - 1, 0)]
            if asked < since or not start <= at < ends[start]:
                continue
            if at == pieces[0][0] and got < size:
                mine, got = [], 0
            mine.append((asked, answered))
            got += n
        if mine:
            total += max(b for _, b in mine) - min(a for a, _ in mine)
    return total / MS


@dataclass(frozen=True)
class Moments:
    """When the guest reached each step. A mark is (ns, instructions until then)."""
    start: int  # ns at which QEMU started
    begun: tuple  # the loader's first instruction, or QEMU's start if there is no loader
    kernel: tuple  # the kernel's first instruction
    by_stub: bool  # the kernel was started by its EFI stub
    steps: dict  # marks of STEPS; of Partless only those of the initrd


def moments(machine, loader):
    marks = machine.marks()
    start = marks[0][1]
    begun = first(marks, ("loader",)) if loader.file else (start, 0)
    kernel = first(marks, KERNEL, begun[0] if begun else 0)
    if begun is None or kernel is None:
        raise NoBoot(f"marks are missing: {marks}")
    steps = {STEPS[name]: mark for name, *mark in marks if name in STEPS}
    return Moments(start, begun, kernel, bool(first(marks, ("stub",))), steps)


def figures(came, line):
    found = {
        "firmware": (came.begun[0] - came.start) / MS,
        "to_kernel": (came.kernel[0] - came.begun[0]) / MS,
        "after": (line - came.kernel[0]) / MS,
        "line": (line - came.start) / MS,
        "by_stub": came.by_stub,
    }
    steps = {name: ns for name, (ns, _) in came.steps.items()}
    if "initrd_read" in steps:
        found["read_initrd"] = (steps["initrd_read"] - steps["initrd_wanted"]) / MS
    if "ready" in steps:
        found["ready"] = (steps["ready"] - came.begun[0]) / MS
        found["connect"] = (steps["connected"] - steps["ready"]) / MS
        found["read_kernel"] = (steps["kernel_read"] - steps["connected"]) / MS
        found["load_image"] = (steps["kernel_loaded"] - steps["kernel_read"]) / MS
    return found


def counted(came, machine, loader, guest):
    """The figures of a counted boot alone. "places" are the addresses of the marks."""
    found = {"instructions": came.kernel[1] - came.begun[1], "places": machine.found()}
    if "connected" in came.steps:
        found["connect_instructions"] = came.steps["connected"][1] - came.steps["ready"][1]
    found["reading"] = reading(machine.requests(), guest, came.begun[0] if loader.file else 0)
    return found


def boot(loader, guest, build, directory, places=None):
    """Boots once and gives the figures. With PLACES the boot is timed; without, it is counted, and the figures
    have the places."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    warm(guest)
    machine = Machine(directory, build / "bench/marks.so", loader.arguments(guest) + drives(guest),
                      marks=None if places else loader.marks(guest), places=places)
    try:
        line = machine.wait(FIRST_LINE, timeout=120)
        disks = machine.disks()
        came = moments(machine, loader)
        found = figures(came, line)
        if not places:
            found |= counted(came, machine, loader, guest)
    finally:
        machine.stop()
    found["guest_bytes"], found["guest_requests"] = disks["guest"]
    found["more_requests"] = sum(n for name, (_, n) in disks.items() if name.startswith("more"))
    found["host_bytes"], found["host_requests"] = disks.get("host", (0, 0))
    return found


def boots(loader, guest, build, directory, wanted, memory):
    """True when the console shows WANTED with MEMORY MiB."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    machine = Machine(directory, build / "bench/marks.so", loader.arguments(guest) + drives(guest),
                      memory=memory)
    try:
        machine.wait(wanted, timeout=25)
        return True
    except NoBoot:
        return False
    finally:
        machine.stop()
