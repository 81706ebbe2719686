"""A disk with the few files that a test names, and a small file that passes for a kernel."""

import struct
import subprocess
import tempfile
from pathlib import Path

from processors import OWN, X86_64


def make_disk(path, files, *options, size="16M"):
    """Makes the image PATH, one ext4 file system. FILES maps paths on it to text, bytes, the Path that a symlink
    leads to, or None for a directory; OPTIONS are mke2fs's."""
    path.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="partless-test-") as tree:
        for name, content in files.items():
            file = Path(tree, name.lstrip("/"))
            file.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                file.mkdir()
            elif isinstance(content, Path):
                file.symlink_to(content)
            else:
                file.write_bytes(content if isinstance(content, bytes) else content.encode())
        subprocess.run(["mke2fs", "-q", "-t", "ext4", *options, "-d", tree, path, size], check=True, timeout=120)
    return path


def kernel(processor=OWN, size=16384, linux=True):
    """The headers of a Linux kernel with an EFI stub, then zeros. Without LINUX, those of another EFI program."""
    head = bytearray(size)
    head[:2] = b"MZ"
    struct.pack_into("<I", head, 0x3C, 0x80)
    struct.pack_into("<4sHH12xH", head, 0x80, b"PE\0\0", processor.number, 1, 112)
    struct.pack_into("<H14xI12xI8xH10xII4xH38xI", head, 0x98, 0x20B, 4096, 4096, 1, size, 4096, 10, 0)
    struct.pack_into("<8sIIII12xI", head, 0x98 + 112, b".text", size - 4096, 4096, size - 4096, 4096, 0x60000020)
    return as_linux(head, processor) if linux else bytes(head)


def as_linux(head, processor=OWN):
    """The headers of an EFI program, with what says that it is a Linux kernel for PROCESSOR."""
    head = bytearray(head)
    if processor is X86_64:  # Documentation/arch/x86/boot.rst
        struct.pack_into("<4sH", head, 0x202, b"HdrS", 0x20F)
        struct.pack_into("<I", head, 0x238, 2047)
    else:  # Documentation/arch/arm64/booting.rst
        head[0x38:0x3C] = b"ARM\x64"
    return bytes(head)
