"""Turns the figures of many boots into a table of medians and a list of requirements."""

import statistics

MIB = 1 << 20
NEARLY, LEAST = 1.15, 5  # a quiet boot takes at most NEARLY the shortest time; so many are enough


def spread(values):
    """(median, least, most)"""
    return statistics.median(values), min(values), max(values)


def own(run):
    """The milliseconds of the kernel's own work until its first line: without the reading of the initrd, where
    that was measured."""
    return run["after"] - run.get("read_initrd", 0)


def quickest(runs):
    """The quiet ones of RUNS: those in which the kernel's own work took nearly the shortest time. That work is
    the same in each boot, and follows the loader's: if it took longer, the host was busy with something else."""
    most = NEARLY * min(map(own, runs), default=0)
    return [run for run in runs if own(run) <= most]


def enough(runs):
    return len(quickest(runs)) >= LEAST


def quiet(runs):
    """Those of RUNS that count: the quiet ones or, if these are too few, the LEAST quickest."""
    return quickest(runs) if enough(runs) else sorted(runs, key=own)[:LEAST]


class Table:
    """RUNS maps (case, loader) to the figures of each timed boot, of which the quiet ones count; OBSERVED to
    those of each counted boot."""

    def __init__(self, guests, loaders, runs, observed):
        self.guests, self.loaders, self.observed = guests, loaders, observed
        self.boots = {kind: len(r) for kind, r in runs.items()}
        self.runs = {kind: quiet(r) for kind, r in runs.items()}
        self.probes = {loader.name: loader.probe for loader in loaders}

    def cases(self):
        return [g.case.name for g in self.guests if (g.case.name, "partless") in self.runs]

    def values(self, case, loader, key):
        if key == "work":
            return self.work(case, loader)
        pool = self.observed if key in ("instructions", "reading") else self.runs
        return [run[key] for run in pool.get((case, loader), ()) if key in run]

    def median(self, case, loader, key):
        values = self.values(case, loader, key)
        return statistics.median(values) if values else None

    def kernels_own(self, case, loader):
        """The milliseconds of the kernel's own work until its first line, as LOADER's probe shows them."""
        seen = [own(r) for r in self.runs.get((case, self.probes.get(loader)), ())]
        return statistics.median(seen) if seen else 0

    def work(self, case, loader):
        """The milliseconds from the loader's first instruction until the kernel has all that it needs: until the
        kernel's first instruction and, if it is an EFI stub, while it then waits for its initrd. Where that was
        not measured, it is the time until the first line without the kernel's own work."""
        alone = self.kernels_own(case, loader)
        awaited = lambda r: r.get("read_initrd", max(0, r["after"] - alone)) if r["by_stub"] else 0
        return [r["to_kernel"] - r.get("ready", 0) + awaited(r) for r in self.runs.get((case, loader), ())]

    def limit(self, case, loader, share=1):
        """The milliseconds that LOADER's probe reads, SHARE times, and those of the firmware's LoadImage; without
        connecting the disks."""
        return [share * (r["read_kernel"] + r["read_initrd"]) + r["load_image"]
                for r in self.runs.get((case, self.probes[loader]), ())]

    def excess_bytes(self, guest, loader):
        """Bytes read from the guest's disk that are not the kernel's or the initrd's."""
        return self.median(guest.case.name, loader, "guest_bytes") - guest.bytes


def text_table(table):
    head = (f"{'loader':24} {'firmware':>9} {'loader':>9} {'least..most':>15} {'/GRUB':>6} "
            f"{'QEMU to line':>13} {'disk MiB':>9} {'requests':>9} {'host KiB':>9} {'Minstr':>7} {'boots':>6}")
    lines = []
    for guest in table.guests:
        case = guest.case.name
        if case not in table.cases():
            continue
        lines += ["", f"{case}: {guest.case.title()}", head]
        grub = table.median(case, "grub", "work")
        for loader in table.loaders:
            if not table.runs.get((case, loader.name)):
                lines.append(f"{loader.title:24} does not boot it")
                continue
            lines.append(row(table, case, loader, grub))
    return "\n".join(lines)


def row(table, case, loader, grub):
    get = lambda key: table.median(case, loader.name, key)
    work, least, most = spread(table.values(case, loader.name, "work"))
    instructions = get("instructions")
    count = f"{instructions / 1e6:7.1f}" if instructions and loader.file else f"{'':7}"
    mine = (f"{get('firmware'):9.0f} {work:9.0f} {f'{least:.0f}..{most:.0f}':>15} "
            f"{f'{work / grub:.2f}' if grub else '':>6}" if loader.file else f"{'':42}")
    boots = f"{len(table.runs[case, loader.name])}/{table.boots[case, loader.name]}"
    return (f"{loader.title:24} {mine} {get('line'):13.0f} {get('guest_bytes') / MIB:9.2f} "
            f"{get('guest_requests'):9.0f} {get('host_bytes') / 1024:9.0f} {count} {boots:>6}")


# What Partless may take beyond LoadImage and the probe's reads: for its own work, and for the nine variables of the
# Boot Loader Interface, for each of which edk2 fills 256 KiB of memory, byte by byte.
OWN_MS, VARIABLES_MS = 20, 6


def requirement(words, value, limit, unit):
    return {"what": words, "value": value, "limit": limit, "unit": unit, "met": value <= limit}


def speed(table, case):
    """The requirements on the time of one case."""
    found = []
    ours = ("partless", "partless-kernel")
    missing = [n for n in ("floor", "probe", "probe-kernel", *ours) if not table.runs.get((case, n))]
    if missing:
        return [requirement(f"{case}: not measured, for want of {', '.join(missing)}", len(missing),
                            0, "of 5")]
    share = 0.1 if case == "large" else 0.2
    pieces = 1.5 if case == "pieces" else 1  # what reading() allows
    grub = table.median(case, "grub", "work")
    for name in ours:
        connect = table.median(case, table.probes[name], "connect")
        limit = statistics.median(table.limit(case, name, pieces))
        work = table.median(case, name, "work") - connect
        if grub and case in ("small", "large"):
            found.append(requirement(f"{case}: {name}'s own time, disks connected, beside GRUB's",
                                     work / (grub - table.median(case, table.probes["grub"], "connect")), share,
                                     "times"))
        times = f"{pieces} times " if pieces != 1 else ""
        found.append(requirement(f"{case}: {name} beyond LoadImage and {times}the probe's reads",
                                 work - limit, OWN_MS + VARIABLES_MS, "ms"))
    floor = table.median(case, "floor", "line")
    others = [table.median(case, n, "line") for n in ("grub", "refind") if table.runs.get((case, n))]
    for name in ours if others else ():
        found.append(requirement(f"{case}: {name}, QEMU's start to first line, over -kernel",
                                 table.median(case, name, "line") - floor, min(others) - floor, "ms"))
    return found


def reading(table, guest):
    """The requirements on the requests to the disk of one case."""
    case, found = guest.case.name, []
    for name in ("partless", "partless-kernel"):
        # The least, because other work on the host can only make a request slower.
        ours, probe = (min(table.values(case, n, "reading"), default=0)
                       for n in (name, table.probes[name]))
        if ours and probe:
            found.append(requirement(f"{case}: {name} reads, beside the probe", ours / probe,
                                     1.5 if guest.case.together else 1.3, "times"))
        found.append(requirement(f"{case}: {name} reads what is neither kernel nor initrd",
                                 table.excess_bytes(guest, name) / MIB,
                                 max(guest.bytes / 100, MIB) / MIB, "MiB"))
    return found


def growth(table, cases):
    """The requirements on a boot whose disk, directory or number of disks is larger than in "small". Of several
    boots the least counts: while a processor waits for a slow disk, it executes instructions too."""
    least = lambda case, loader, key: min(r[key] for r in table.observed[case, loader])
    own = lambda case: (least(case, "partless", "instructions")
                        - least(case, "probe", "connect_instructions"))
    found = []
    for case in cases:
        if not all(table.observed.get((name, loader)) for name in (case.name, "small")
                   for loader in ("partless", "probe")):
            found.append(requirement(f"{case.name}: not measured", 1, 0, "of 1"))
            continue
        if case.disks:
            more = (least(case.name, "partless", "more_requests")
                    - least(case.name, "probe", "more_requests"))
            found.append(requirement(f"{case.name}: requests to each, beyond the firmware's",
                                     more / case.disks, 1, "requests"))
        else:
            found.append(requirement(f"{case.name}: instructions, disks connected, beside small",
                                     own(case.name) / own("small"), 1.1, "times"))
        found.append(requirement(f"{case.name}: requests to the guest's disk beyond small's",
                                 least(case.name, "partless", "guest_requests")
                                 - least("small", "partless", "guest_requests"), 8, "requests"))
    return found


def required(table, growth_cases, memory):
    found = []
    for guest in table.guests:
        if guest.case.name in table.cases():
            found += speed(table, guest.case.name) + reading(table, guest)
    found += growth(table, growth_cases)
    for name in ("partless", "partless-kernel"):
        if name in memory:
            found.append(requirement(f"memory that {name} boots in", memory[name],
                                     memory["floor"] + 8, "MiB"))
    return found


def text_required(found):
    lines = ["", "Required:"]
    for r in found:
        lines.append(f"  {'met    ' if r['met'] else 'NOT MET'} {r['what']}: {r['value']:.2f} {r['unit']}"
                     f" (at most {r['limit']:.2f}, margin {r['limit'] - r['value']:+.2f})")
    return "\n".join(lines)
