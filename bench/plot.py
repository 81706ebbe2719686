"""The table's times as a picture: one group of bars for each guest, as SVG."""

from html import escape

LEFT, BAR, GAP, WIDTH, SCALE = 190, 16, 30, 860, 560
COLOURS = {"firmware": "#b8c0c8", "work": "#d2691e", "after": "#5b8db8"}
WORDS = {"firmware": "firmware", "work": "loader, kernel and initrd read", "after": "kernel's own"}


def parts(table, case, loader):
    """Milliseconds of one bar: before the loader, the loader with its reading, the kernel's own."""
    line = table.median(case, loader.name, "line")
    if not loader.file:
        own = min(table.kernels_own(case, loader.name), line)
        return {"firmware": line - own, "work": 0, "after": own}
    firmware, work = (table.median(case, loader.name, k) for k in ("firmware", "work"))
    return {"firmware": firmware, "work": work, "after": max(0, line - firmware - work)}


def svg(table):
    bars = [(g.case, [(x, parts(table, g.case.name, x)) for x in table.loaders
                      if x.name != x.probe and table.runs.get((g.case.name, x.name))])
            for g in table.guests if g.case.name in table.cases()]
    longest = max((sum(p.values()) for _, rows in bars for _, p in rows), default=1)
    out, y = [], 50
    for case, rows in bars:
        out.append(text(10, y, case.title(), "bold"))
        y += 10
        for loader, part in rows:
            y = draw(out, y, loader, part, SCALE / longest)
        y += GAP
    legend(out)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" '
            'font-family="sans-serif" font-size="12">\n'
            f'<rect width="{WIDTH}" height="{y}" fill="white"/>\n' + "\n".join(out) + "\n</svg>\n")


def draw(out, y, loader, part, scale):
    x = LEFT
    out.append(text(LEFT - 6, y + BAR - 4, loader.title, anchor="end"))
    for name, value in part.items():
        if value > 0:
            out.append(f'<rect x="{x:.1f}" y="{y}" width="{value * scale:.1f}" height="{BAR - 2}" '
                       f'fill="{COLOURS[name]}"/>')
        x += value * scale
    label = f"{sum(part.values()):.0f} ms"
    if part["work"]:
        label += f", of which loader {part['work']:.0f}"
    out.append(text(x + 6, y + BAR - 4, label))
    return y + BAR


def legend(out):
    x = LEFT
    out.append(text(10, 20, "QEMU's start to the kernel's first line", "bold"))
    x = 300
    for name, words in WORDS.items():
        out.append(f'<rect x="{x}" y="10" width="12" height="12" fill="{COLOURS[name]}"/>')
        out.append(text(x + 16, 20, words))
        x += 40 + 7 * len(words)


def text(x, y, words, weight="normal", anchor="start"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-weight="{weight}" text-anchor="{anchor}" '
            f'fill="#222">{escape(words)}</text>')
