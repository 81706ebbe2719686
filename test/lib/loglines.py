"""Reads the lines for machines: docs/log.md."""

import re

LINE = re.compile(r'partless: ([a-z]+) at=(\d+\.\d{3})((?: [a-z-]+=(?:[^\s"]+|"(?:[^"\\]|\\.)*"(?:\.\.\.)?))*)')
PAIR = re.compile(r' ([a-z-]+)=([^\s"]+|"(?:[^"\\]|\\.)*"(?:\.\.\.)?)')


def parse(text):
    """The lines of a log as (word, {key: value}), each of which must have the format that is promised."""
    lines = []
    for line in text.splitlines():
        if line.startswith("partless:"):
            match = LINE.fullmatch(line)
            assert match, line
            lines.append((match[1], {"at": match[2], **dict(PAIR.findall(match[3]))}))
    return lines
