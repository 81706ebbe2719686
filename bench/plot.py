"""Draws the times of the table as SVG: a group of bars for each guest, a bar for each loader."""

from html import escape

WIDTH, LEFT, SCALE, FONT = 860, 200, 330, 15
ROW, BAR, GAP = 21, 15, 24
COLOURS = {"firmware": "#b8c0c8", "work": "#d2691e", "after": "#5b8db8"}
WORDS = {"firmware": "firmware", "work": "loader, until kernel and initrd are read", "after": "kernel's own"}
ALIKE = 1.1  # a ratio below this is called "as fast"


def parts(table, case, loader):
    """The milliseconds of one bar: the firmware's, the loader's with its reads, and the kernel's own."""
    line = table.median(case, loader.name, "line")
    if not loader.file:
        own = min(table.kernels_own(case, loader.name), line)
        return {"firmware": line - own, "work": 0, "after": own}
    firmware, work = (table.median(case, loader.name, k) for k in ("firmware", "work"))
    return {"firmware": firmware, "work": work, "after": max(0, line - firmware - work)}


def svg(table):
    return picture([(g.case.title(), [(x.title, x.name == "grub", parts(table, g.case.name, x))
                                      for x in table.loaders
                                      if x.name != x.probe and table.runs.get((g.case.name, x.name))])
                    for g in table.guests if g.case.name in table.cases()])


def picture(groups):
    """GROUPS has for each guest its title and its bars: (title, is it GRUB's, parts)."""
    longest = max((sum(part.values()) for _, rows in groups for *_, part in rows), default=1)
    out, y = [], 72
    legend(out)
    for title, rows in groups:
        grub = next((part["work"] for _, is_grub, part in rows if is_grub), 0)
        out.append(text(10, y, title, "bold"))
        y += 9
        for name, is_grub, part in rows:
            y = draw(out, y, name, part, SCALE / longest, "" if is_grub else beside(part["work"], grub))
        y += GAP
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" '
            f'font-family="sans-serif" font-size="{FONT}">\n'
            f'<rect width="{WIDTH}" height="{y}" fill="white"/>\n' + "\n".join(out) + "\n</svg>\n")


def beside(work, grub):
    """How a loader's time compares with GRUB's, in words."""
    if not work or not grub:
        return ""
    faster = grub / work
    if 1 / ALIKE < faster < ALIKE:
        return ", as fast as GRUB"
    return f", {number(faster)} times faster" if faster > 1 else f", {number(1 / faster)} times slower"


def number(ratio):
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"


def draw(out, y, name, part, scale, beside_grub):
    x = LEFT
    out.append(text(LEFT - 8, y + BAR - 2, name, anchor="end"))
    for kind, value in part.items():
        if value > 0:
            out.append(f'<rect x="{x:.1f}" y="{y}" width="{value * scale:.1f}" height="{BAR}" '
                       f'fill="{COLOURS[kind]}"/>')
        x += value * scale
    label = f"{sum(part.values()) / 1000:.1f} s"
    if part["work"]:
        label += f": loader {part['work']:.0f} ms{beside_grub}"
    out.append(text(x + 8, y + BAR - 2, label, "bold" if "faster" in beside_grub else "normal"))
    return y + ROW


def legend(out):
    out.append(text(10, 20, "From QEMU's start to the kernel's first line. Faster and slower: the loader's "
                            "time beside GRUB's.", "bold"))
    x = 10
    for name, words in WORDS.items():
        out.append(f'<rect x="{x}" y="33" width="{BAR}" height="{BAR}" fill="{COLOURS[name]}"/>')
        out.append(text(x + BAR + 6, 46, words))
        x += 50 + 8 * len(words)


def text(x, y, words, weight="normal", anchor="start"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-weight="{weight}" text-anchor="{anchor}" '
            f'fill="#222">{escape(words)}</text>')
