"""Makes edk2's variable stores, as the firmware writes them or with a lie in them."""

import struct
import uuid

PARTLESS = uuid.UUID("3f1c5a52-9d0b-4c57-a61e-0b7d4295c831")
LOADER = uuid.UUID("4a67b082-0a4c-41cf-b6c7-440b29bb8c4f")
VOLUME = uuid.UUID("fff12b8d-7696-4c8b-a985-2747075b4f50")
AUTHENTICATED = uuid.UUID("aaf32c78-947b-439a-a180-2e144ec37792")
PLAIN = uuid.UUID("ddcf3616-3275-4164-98b6-fe85707ffe7d")

ADDED, LEAVING, DELETED, HEADER_ONLY, ERASED = 0x3F, 0x3E, 0x3C, 0x7F, 0xFF
NON_VOLATILE = 7  # and for boot services and at run time

HEADER = 72  # bytes of the volume's header, with a block map of one pair and the pair of zeros at its end


def text(words):
    """A text of the Boot Loader Interface."""
    return (words + "\0").encode("utf-16-le")


def variable(name, data, *, vendor=PARTLESS, state=ADDED, plain=False, **lies):
    """A variable, padded to a multiple of 4. NAME is text, or the bytes of what is none. LIES: start, attributes,
    name_size, data_size."""
    name = text(name) if isinstance(name, str) else name
    begin = struct.pack("<HBBI", lies.get("start", 0x55AA), state, 0, lies.get("attributes", NON_VOLATILE))
    middle = b"" if plain else struct.pack("<Q16sI", 0, b"", 0)
    sizes = struct.pack("<II", lies.get("name_size", len(name)), lies.get("data_size", len(data)))
    made = begin + middle + sizes + vendor.bytes_le + name + data
    return made + b"\xff" * (-len(made) % 4)


def store(variables=b"", *, size=None, room=4096, signature=None, plain=False, form=0x5A, state=0xFE):
    """The store's header and what follows it, ROOM bytes."""
    signature = signature or (PLAIN if plain else AUTHENTICATED)
    header = signature.bytes_le + struct.pack("<IBBHI", room if size is None else size, form, state, 0, 0)
    return (header + variables).ljust(room, b"\xff")


def volume(content, *, signature=b"_FVH", kind=VOLUME, length=None, header=HEADER, revision=2, wrong=0):
    """A firmware volume with CONTENT. WRONG is added to its checksum."""
    size = HEADER + len(content)

    def made(checksum):
        return (bytes(16) + kind.bytes_le + struct.pack("<Q", size if length is None else length) + signature
                + struct.pack("<IHHHBB", 0x4FEFF, header, checksum, 0, 0, revision)
                + struct.pack("<IIII", 1, size, 0, 0))

    words = struct.unpack(f"<{HEADER // 2}H", made(0))
    return made((wrong - sum(words)) & 0xFFFF) + content


def flash(*variables, plain=False, **lies):
    """All of it, with VARIABLES: each a tuple of variable()'s arguments, perhaps with a dictionary of lies at its end,
    or bytes."""
    parts = []
    for one in variables:
        if isinstance(one, bytes):
            parts.append(one)
        else:
            more = one[-1] if isinstance(one[-1], dict) else {}
            parts.append(variable(*(one[:-1] if more else one), plain=plain, **more))
    return volume(store(b"".join(parts), plain=plain), **lies)
