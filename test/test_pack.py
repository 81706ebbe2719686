"""What is packed is unpacked: by us, and by what was written here after pack/format.h alone."""

import itertools
import random
import struct
import subprocess

import pytest

from test_binary import Pe

HEADER, TAIL = 12, 40
DAMAGED = b"compress: the input is damaged\n"
NEAR, MOST = 512, 65536  # distances with one byte of their own, in units, and with two
SAME, FAR = 0, 3
LONGEST = 10  # bits of a code


class Bits:
    """The bits of bytes, the highest of each first, and bytes that are told by prefix codes."""

    def __init__(self, data):
        self.bits, self.at = "".join(f"{byte:08b}" for byte in data), 0

    def number(self, bits):
        self.at += bits
        return int(self.bits[self.at - bits:self.at], 2)

    def lengths(self):
        found = []
        while len(found) < 256:
            n = self.number(4)
            found += [n] if n <= LONGEST else found[-1:] * (2 << n - LONGEST - 1)
        assert len(found) == 256
        return found

    def code(self):
        """{bits: byte}"""
        code, value = {}, 0
        lengths = self.lengths()
        for length in range(1, LONGEST + 1):
            value <<= 1
            for byte in (byte for byte in range(256) if lengths[byte] == length):
                code[f"{value:0{length}b}"] = byte
                value += 1
        assert value == 1 << LONGEST
        return code

    def byte(self, code):
        for length in range(1, LONGEST + 1):
            found = code.get(self.bits[self.at:self.at + length])
            if found is not None:
                self.at += length
                return found
        raise AssertionError(f"no code at bit {self.at}")

    def counted(self, code, n):
        """The number whose three bits are N, of which more may follow."""
        more = 255 if n == 7 else 0
        while more == 255:
            more = self.byte(code)
            n += more
        return n


def unpack(packed, kinds=None):
    """[sequence: how many literals, the match's length and distance], and the bytes. KINDS gets the two bits of each
    distance."""
    size, original, unit = struct.unpack_from("<III", packed)
    assert size == len(packed) - HEADER
    assert packed[-TAIL:] == bytes(TAIL)
    bits = Bits(packed[HEADER:-TAIL])
    head, more, near, low, high = (bits.code() for _ in range(5))
    of_literals = [bits.code() for _ in range(1 << unit)]
    data, sequences, distance = bytearray(), [], 1
    while len(data) < original:
        first = bits.byte(head)
        literals = bits.counted(more, first >> 5)
        for _ in range(literals):
            data.append(bits.byte(of_literals[len(data) % len(of_literals)]))
        if len(data) == original:
            sequences.append((literals, 0, 0))
            break
        kind = first & 3
        if kinds is not None:
            kinds.append(kind)
        if kind == FAR:
            distance = bits.byte(low) + bits.byte(high) * 256 + 1
        elif kind != SAME:
            distance = bits.byte(near) + (kind - 1) * 256 + 1 << unit
        length = bits.counted(more, first >> 2 & 7) + 3
        for _ in range(length):
            data.append(data[-distance])
        sequences.append((literals, length, distance))
    assert (bits.at + 7) // 8 == len(packed) - HEADER - TAIL
    assert len(data) == original
    return sequences, bytes(data)


def compress(program, data, *options):
    return subprocess.run([program, *options], input=data, check=True, capture_output=True,
                          timeout=300).stdout


NOISE = random.Random(0).randbytes(3 * MOST)
INPUTS = {
    "one byte": b"x",
    "two bytes": b"xy",
    "the same byte": b"\0" * 70000,
    "random bytes": NOISE,
    "every byte once": bytes(range(256)),
    "overlapping matches": b"".join(NOISE[:n] * 200 for n in range(1, 18)),
    "words in any order": b"".join(random.Random(1).choices([NOISE[n:n + 9] for n in range(0, 900, 9)], k=2000)),
    "text among noise": (NOISE[:9000] + b"\0" * 9000 + b"text and text and more text\n" * 400
                         + NOISE[9000:20000]),
}


@pytest.mark.parametrize("name", INPUTS)
def test_what_was_packed_is_unpacked_after_the_description_and_by_us(build, name):
    data = INPUTS[name]
    packed = compress(build / "compress-asan", data)
    assert unpack(packed)[1] == data
    assert compress(build / "compress-asan", packed, "-d") == data


def sequences(build, data):
    """Those that DATA is packed into; it comes back as it was."""
    packed = compress(build / "compress-asan", data)
    found, unpacked = unpack(packed)
    assert unpacked == data
    assert compress(build / "compress-asan", packed, "-d") == data
    return found


@pytest.mark.parametrize("n", [1, 6, 7, 8, 261, 262, 263, 516, 517, 518])
def test_any_number_of_literals(build, n):
    assert sequences(build, NOISE[:n].ljust(n + 20, NOISE[n - 1:n])) == [(n, 20, 1)]


@pytest.mark.parametrize("n", [4, 9, 10, 11, 264, 265, 266, 511, 512])
def test_matches_of_any_length(build, n):
    *same, other = (NOISE[:500] * 4)[:500 + n + 1]
    assert sequences(build, bytes([*same, other ^ 1])) == [(500, n, 500), (1, 0, 0)]


@pytest.mark.parametrize("n", [1, 2, 7, 8, 9, 255, 256, 257, 512, 513, NEAR, NEAR + 1, MOST - 1, MOST])
def test_matches_at_any_distance(build, n):
    matches = [match for _, *match in sequences(build, (NOISE[:n] * 51)[:n + 50])]
    assert [50, n] in matches


def test_frequent_bytes_take_few_bits(build):
    data = bytes(random.Random(4).choices(range(256), [255] + [1] * 255, k=20000))
    assert len(compress(build / "compress-asan", data)) < 13000


def test_the_shortest_match(build):
    words = b"".join(random.Random(1).choices([NOISE[n:n + 3] for n in range(0, 150, 3)], k=500))
    assert 3 in {length for _, length, _ in sequences(build, words)}


def test_a_match_that_is_too_far_is_none(build):
    found = sequences(build, NOISE[:MOST + 1] * 2)
    assert max(distance for _, _, distance in found) <= MOST
    assert max(length for _, length, _ in found) < 10


def test_the_distance_of_the_match_before_takes_no_byte(build):
    block = NOISE[:1000]
    copy = bytearray(block)
    for at in range(10, 1000, 10):
        copy[at] ^= 1
    packed = compress(build / "compress-asan", block + copy)
    kinds = []
    found, unpacked = unpack(packed, kinds)
    assert unpacked == block + copy
    assert [match for _, *match in found[1:]] == [[9, 1000]] * 99
    assert kinds[0] != SAME and set(kinds[1:]) == {SAME}


def test_nothing_is_packed_into_nothing(build):
    assert unpack(compress(build / "compress-asan", b"")) == ([], b"")


def refused(program, packed):
    done = subprocess.run([program, "-d"], input=packed, capture_output=True, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    assert done.returncode == 0 or (done.stdout, done.stderr) == (b"", DAMAGED)
    return done.returncode == 1


def test_what_is_cut_off_or_longer_than_it_says_is_damaged(build):
    packed = compress(build / "compress-asan", INPUTS["text among noise"])
    for part in (b"", packed[:7], packed[:HEADER], packed[:-1], packed + b"\0"):
        assert refused(build / "compress-asan", part)
        shorter = struct.pack("<I", max(len(part) - HEADER, 0)) + part[4:]
        assert refused(build / "compress-asan", shorter)


def test_a_size_that_is_not_the_packed_one_is_damaged(build):
    data = INPUTS["overlapping matches"]
    packed = compress(build / "compress-asan", data)
    for size in (0, 1, len(data) - 1, len(data) + 1, 1 << 21, 0xffffffff):
        assert refused(build / "compress-asan", packed[:4] + struct.pack("<I", size) + packed[8:])


def test_a_unit_that_is_too_large_is_damaged(build):
    packed = compress(build / "compress-asan", INPUTS["overlapping matches"])
    for unit in (3, 31, 32, 64, 0xffffffff):
        assert refused(build / "compress-asan", packed[:8] + struct.pack("<I", unit) + packed[12:])


def test_bits_that_are_wrong_harm_nothing(build):
    packed = compress(build / "compress", INPUTS["words in any order"])
    chance = random.Random(3)
    count = 0
    for _ in range(300):
        flipped = bytearray(packed)
        flipped[chance.randrange(HEADER, len(packed))] ^= 1 << chance.randrange(8)
        count += refused(build / "compress-asan", bytes(flipped))
    assert count > 50


def test_an_input_that_is_too_large_is_an_error(build):
    done = subprocess.run([build / "compress"], input=bytes((1 << 20) + 1), capture_output=True,
                          timeout=60)
    assert done.returncode == 1
    assert b"larger than 1048576 bytes" in done.stderr
    assert done.stdout == b""


def relocations(program):
    """The addresses in .reloc (PE format, 5.6)."""
    table, found = program.section(".reloc").content, []
    while table:
        page, size = struct.unpack_from("<II", table)
        entries = struct.unpack_from(f"<{(size - 8) // 2}H", table, 8)
        assert {entry >> 12 for entry in entries} <= {0, 10}
        found += [page + entry % 4096 for entry in entries if entry >> 12 == 10]
        table = table[size:]
    return found


def x86_64_distances(code):
    """CODE after pack/calls.h, with calls that name distances."""
    code, at = bytearray(code), code.find(b"\xe8")
    while 0 <= at <= len(code) - 8:
        end = at + 5
        place, = struct.unpack_from("<i", code, at + 1)
        if 0 <= place < len(code):
            place -= end
        elif -end <= place < 0:
            place += len(code)
        struct.pack_into("<i", code, at + 1, place)
        at = code.find(b"\xe8", end)
    return bytes(code)


def aarch64_distance(word, i):
    """Of instruction number I: BL counts instructions, ADR bytes, of which the last two bits lie elsewhere."""
    if word >> 26 == 0x25:
        return 0x94000000 | (word - i) & 0x3ffffff
    if word & 0x9f000000 != 0x10000000:
        return word
    named = ((word >> 5 & 0x7ffff) << 2 | word >> 29 & 3) - 4 * i
    return word & 0x9f00001f | (named & 3) << 29 | (named >> 2 & 0x7ffff) << 5


def aarch64_distances(code):
    words = struct.unpack(f"<{len(code) // 4}I", code)
    return struct.pack(f"<{len(words)}I", *(aarch64_distance(word, i) for i, word in enumerate(words)))


@pytest.mark.parametrize("processor, distances, objcopy", [
    ("x86_64", x86_64_distances, "objcopy"),
    ("aarch64", aarch64_distances, "aarch64-linux-gnu-objcopy"),
])
def test_a_program_is_packed_as_it_lies_in_memory(build, tmp_path, processor, distances, objcopy):
    """The firmware's loader would lay it out so; objcopy, which knows no EFI, does."""
    file = build / processor / "partless.efi"
    program = Pe(file.read_bytes())
    packed = compress(build / "compress-asan", program.data, "-p")
    assert struct.unpack_from("<I", packed, 8)[0] == (2 if processor == "aarch64" else 0)
    memory = unpack(packed)[1]
    code, code_end = struct.unpack_from("<4xII", memory)
    assert distances(memory[code:code_end]) != memory[code:code_end]
    memory = memory[:code] + distances(memory[code:code_end]) + memory[code_end:]
    first = min(section.address for section in program.sections)
    subprocess.run([objcopy, "-O", "binary", "-R", ".reloc", file, tmp_path / "memory"], check=True)
    wanted = (bytes(first) + (tmp_path / "memory").read_bytes()).ljust(program.image_size, b"\0")
    assert memory[first:program.image_size] == wanted[first:]

    entry, code, code_end, moves, move_end = struct.unpack_from("<5I", memory)
    assert entry == program.entry
    assert (code, moves, move_end) == (program.section(".text").address, program.image_size, len(memory))
    assert program.section(".data").address == code_end
    steps = struct.unpack(f"<{(move_end - moves) // 4}I", memory[moves:])
    assert list(itertools.accumulate(steps)) == relocations(program)


@pytest.mark.parametrize("change", [
    lambda data: b"",
    lambda data: b"This is no program.\n",
    lambda data: data[:len(data) // 2],
    lambda data: b"MZ" + b"\xff" * 1000,
    lambda data: data.replace(b"PE\0\0", b"PE\0\1", 1),
])
def test_what_is_no_program_is_not_packed_as_one(build, change):
    data = change((build / "x86_64/partless.efi").read_bytes())
    done = subprocess.run([build / "compress-asan", "-p"], input=data, capture_output=True, timeout=60)
    assert done.returncode == 1
    assert (done.stdout, done.stderr) == (b"", b"compress: the input is not an EFI program, or it is too large\n")


def test_the_shipped_file_carries_exactly_the_loader(build):
    packed = compress(build / "compress", (build / "x86_64/partless.efi").read_bytes(), "-p")
    assert (build / "BOOTX64.EFI").read_bytes().count(packed) == 1
