"""The compressed form of UEFI is that of LHA's method lh5, with another header: lhasa unpacks it,
and so do we."""

import random
import struct
import subprocess

import pytest

HEADER = 8
DAMAGED = b"compress: the input is damaged\n"
WINDOW = 8192


def crc16(data):
    """The checksum of LHA's archives, CRC-16/ARC."""
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0xa001 if value & 1 else 0)
        table.append(value)
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xff]
    return crc


def unpack(packed, data, directory):
    """The bytes that lhasa makes of PACKED; it fails when they have not the checksum of DATA."""
    size, original = struct.unpack_from("<II", packed)
    assert size == len(packed) - HEADER
    assert original == len(data)
    head = b"-lh5-" + struct.pack("<IIIBB", size, original, 0, 0x20, 0) + b"\1x"
    head += struct.pack("<H", crc16(data))
    archive = directory / "archive.lzh"
    archive.write_bytes(bytes([len(head), sum(head) & 0xff]) + head + packed[HEADER:] + b"\0")
    return subprocess.run(["lhasa", "pq", archive], check=True, capture_output=True,
                          timeout=60).stdout


def compress(program, data, *options):
    return subprocess.run([program, *options], input=data, check=True, capture_output=True,
                          timeout=300).stdout


def fibonacci(longest):
    """Bytes of which each occurs as often as the two before it: each needs a bit less."""
    a, b, data = 1, 1, b""
    for byte in range(longest):
        data += bytes([byte]) * a
        a, b = b, a + b
    letters = list(data)
    random.Random(1).shuffle(letters)
    return bytes(letters)


NOISE = random.Random(0).randbytes(3 * WINDOW)
INPUTS = {
    "one byte": b"x",
    "two bytes": b"xy",
    "the same byte": b"\0" * 70000,
    "random bytes": NOISE,
    "every byte once": bytes(range(256)),
    "words of every length": fibonacci(22),
    "the farthest match": NOISE[:WINDOW] * 2,
    "a match that is too far": NOISE[:WINDOW + 1] * 2,
    "overlapping matches": b"ab" * 1000 + b"abc" * 1000,
    "more steps than a block has": random.Random(2).randbytes(70000),
    "blocks that differ": (NOISE[:9000] + b"\0" * 9000 + b"text and text and more text\n" * 400
                           + NOISE[9000:]),
}


@pytest.mark.parametrize("name", INPUTS)
def test_what_was_packed_is_unpacked_by_another_program_and_by_us(build, tmp_path, name):
    data = INPUTS[name]
    packed = compress(build / "compress-asan", data)
    assert unpack(packed, data, tmp_path) == data
    assert compress(build / "compress-asan", packed, "-d") == data


def test_nothing_is_packed_into_nothing(build):
    assert compress(build / "compress-asan", b"") == bytes(HEADER)


def refused(program, packed):
    done = subprocess.run([program, "-d"], input=packed, capture_output=True, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    assert done.returncode == 0 or (done.stdout, done.stderr) == (b"", DAMAGED)
    return done.returncode == 1


def test_what_is_cut_off_or_longer_than_it_says_is_damaged(build):
    packed = compress(build / "compress-asan", INPUTS["blocks that differ"])
    for part in (b"", packed[:7], packed[:HEADER], packed[:-1], packed + b"\0"):
        assert refused(build / "compress-asan", part)
        shorter = struct.pack("<I", max(len(part) - HEADER, 0)) + part[4:]
        assert refused(build / "compress-asan", shorter)


def test_a_size_that_is_not_the_packed_one_is_damaged(build):
    data = INPUTS["overlapping matches"]
    packed = compress(build / "compress-asan", data)
    for size in (0, 1, len(data) - 1, len(data) + 1, 1 << 21, 0xffffffff):
        assert refused(build / "compress-asan", packed[:4] + struct.pack("<I", size) + packed[8:])


def test_bits_that_are_wrong_harm_nothing(build):
    packed = compress(build / "compress", INPUTS["blocks that differ"][:20000])
    chance = random.Random(3)
    count = 0
    for _ in range(300):
        flipped = bytearray(packed)
        at = HEADER + int((len(packed) - HEADER) * chance.random() ** 4)  # mostly in the codes
        flipped[at] ^= 1 << chance.randrange(8)
        count += refused(build / "compress-asan", bytes(flipped))
    assert count > 50


@pytest.mark.parametrize("distance, least, most", [(WINDOW, 0, 8800), (WINDOW + 1, 16000, 17500)])
def test_matches_reach_as_far_as_the_window(build, distance, least, most):
    assert least <= len(compress(build / "compress-asan", NOISE[:distance] * 2)) <= most


def test_an_input_that_is_too_large_is_an_error(build):
    done = subprocess.run([build / "compress"], input=bytes((1 << 20) + 1), capture_output=True,
                          timeout=60)
    assert done.returncode == 1
    assert b"larger than 1048576 bytes" in done.stderr
    assert done.stdout == b""


def test_the_shipped_file_carries_exactly_the_loader(build, tmp_path):
    loader = (build / "partless.efi").read_bytes()
    shipped = (build / "BOOTX64.EFI").read_bytes()
    start = shipped.index(struct.pack("<I", len(loader))) - 4
    size, = struct.unpack_from("<I", shipped, start)
    assert unpack(shipped[start:start + HEADER + size], loader, tmp_path) == loader
