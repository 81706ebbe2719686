"""Reads the variables in a file of flash, as EDK2 stores them: MdeModulePkg, Include/Guid/VariableFormat.h."""

import struct
import uuid

STORE = uuid.UUID("aaf32c78-947b-439a-a180-2e144ec37792").bytes_le  # of authenticated variables
PARTLESS = uuid.UUID("3f1c5a52-9d0b-4c57-a61e-0b7d4295c831")
START, ADDED = 0x55AA, 0x3F
HEAD = struct.Struct("<HBBIQ16sIII16s")


def _store(flash):
    """Where the store's variables begin and end."""
    assert flash[40:44] == b"_FVH"
    at, = struct.unpack_from("<H", flash, 48)
    assert flash[at:at + 16] == STORE
    return at + 28, at + struct.unpack_from("<I", flash, at + 16)[0]


def _walk(flash):
    """All records of the store, as (begin, end, state, vendor, name, data)."""
    at, end = _store(flash)
    while at + HEAD.size <= end and flash[at:at + 2] == START.to_bytes(2, "little"):
        _, state, _, _, _, _, _, name_size, data_size, vendor = HEAD.unpack_from(flash, at)
        name = at + HEAD.size
        data = name + name_size
        after = data + data_size + 3 & ~3
        yield at, after, state, vendor, flash[name:data].decode("utf-16-le").rstrip("\0"), flash[data:data + data_size]
        at = after


def records(path):
    """All that was ever written of what Partless keeps of files, the newest last: (state, name, data)."""
    return [(state, name, data) for _, _, state, guid, name, data in _walk(path.read_bytes())
            if guid == PARTLESS.bytes_le and name.startswith("GrubEnv-")]


def kept(path):
    """The texts that count, as {name: text}."""
    return {name: data for state, name, data in records(path) if state == ADDED}


def drop(path, vendor):
    """Takes VENDOR's variables out of the store, as if they had been deleted."""
    flash = bytearray(path.read_bytes())
    for at, _, _, guid, _, _ in _walk(bytes(flash)):
        if guid == vendor.bytes_le:
            flash[at + 2] &= 0xFD
    path.write_bytes(flash)


def fill(path, room):
    """Fills the store with variables of nobody's, up to ROOM bytes. What was deleted or replaced goes first."""
    flash = path.read_bytes()
    begin, end = _store(flash)
    text = b"".join(flash[at:after] for at, after, state, *_ in _walk(flash) if state == ADDED)
    while (free := end - begin - len(text) - room) > HEAD.size + 64:
        name = f"Filler{len(text)}\0".encode("utf-16-le")
        name += bytes(-len(name) % 4)
        size = min(free - HEAD.size - len(name), 16384) & ~3
        text += HEAD.pack(START, ADDED, 0, 7, 0, bytes(16), 0, len(name), size, uuid.uuid4().bytes_le)
        text += name + bytes(size)
    path.write_bytes(flash[:begin] + text.ljust(end - begin, b"\xff") + flash[end:])
