"""Turns a disk image into the records that test/fuzz/image.c reads: sparse.py IMAGE OUTPUT"""

import sys
from pathlib import Path

STEP = 32

image = Path(sys.argv[1]).read_bytes()
records, run = [], None
for at in range(0, len(image), STEP):
    if any(image[at:at + STEP]):
        run = at if run is None else run
    elif run is not None:
        records.append((run, at))
        run = None
if run is not None:
    records.append((run, len(image)))
out = len(image).to_bytes(5, "little")
for begin, end in records:
    for at in range(begin, end, 60000):
        data = image[at:min(end, at + 60000)]
        out += at.to_bytes(5, "little") + len(data).to_bytes(2, "little") + data
Path(sys.argv[2]).write_bytes(out)
