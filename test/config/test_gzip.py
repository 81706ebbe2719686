"""Kernels in gzip files: config/image/gzip.c and inflate.c against Python's zlib and GNU gzip."""

import gzip
import itertools
import random
import subprocess
import zlib

import pytest

DAMAGED = "is a damaged gzip file"


def words(n):
    """Text with words that come again."""
    pick = random.Random(n)
    known = [bytes(pick.randrange(256) for _ in range(pick.randrange(1, 30))) for _ in range(300)]
    return b"".join(pick.choice(known) for _ in range(n))


CONTENTS = {
    "a byte": b"x",
    "text": b"initrd and vmlinuz\n" * 40,
    "words": words(9000),
    "noise": random.Random(1).randbytes(150_000),
    "zeros": bytes(3_000_000),
    "code": open("/bin/sh", "rb").read()[:400_000],
    "rare bytes": b"".join(bytes([i]) * (1 << i // 12) for i in range(200)),  # codes of all lengths
}
STRATEGIES = [zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED]


def pack(content, level=9, strategy=zlib.Z_DEFAULT_STRATEGY, memory=8, window=15, flush=None):
    """CONTENT as a gzip file; flushed after each third."""
    packer = zlib.compressobj(level, zlib.DEFLATED, 16 + window, memory, strategy)
    if flush is None:
        return packer.compress(content) + packer.flush()
    step = len(content) // 3 + 1
    parts = [packer.compress(content[at:at + step]) + packer.flush(flush) for at in range(0, len(content), step)]
    return b"".join(parts) + packer.flush()


@pytest.fixture
def gunzip(build):
    def run(data, *arguments):
        return subprocess.run([build / "test/config/image/gunzip", *arguments], input=data, capture_output=True,
                              timeout=300, check=False)
    return run


@pytest.fixture
def unpacks(gunzip):
    def check(data, content):
        done = gunzip(data)
        assert done.returncode == 0, (done.stdout[:300], done.stderr.decode()[-2000:])
        assert done.stdout == content
    return check


@pytest.fixture
def each(gunzip):
    """A line for each of the files."""
    def run(files):
        done = gunzip(b"".join(len(data).to_bytes(4, "little") + data for data in files), "each")
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        lines = done.stdout.decode().splitlines()
        assert len(lines) == len(files)
        return lines
    return run


def line(content):
    """What is said of a file with CONTENT."""
    return f"{len(content)} {zlib.crc32(content):08x}"


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_what_zlib_packs_is_unpacked(unpacks, each, content):
    files = [pack(content, level, strategy) for level, strategy in itertools.product(range(10), STRATEGIES)]
    assert set(each(files)) == {line(content)}
    unpacks(files[-1], content)


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_with_any_window_and_memory_and_in_parts(each, content):
    files = [pack(content, memory=memory, window=window)
             for memory, window in itertools.product((1, 9), (9, 12, 15))]
    files += [pack(content, flush=flush)
              for flush in (zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_BLOCK, zlib.Z_PARTIAL_FLUSH)]
    assert set(each(files)) == {line(content)}


@pytest.mark.parametrize("options", ["-1", "-9", "-9n"])
def test_what_gzip_packs_is_unpacked(unpacks, tmp_path, options):
    file = tmp_path / "vmlinuz-6.8.0-31-generic"
    file.write_bytes(CONTENTS["code"])
    packed = subprocess.run(["gzip", "-c", options, file], capture_output=True, check=True, timeout=60).stdout
    assert (b"vmlinuz" in packed[:40]) == ("n" not in options)
    unpacks(packed, CONTENTS["code"])


def with_fields(packed, flags, fields):
    return packed[:3] + bytes([flags]) + packed[4:10] + fields + packed[10:]


@pytest.mark.parametrize("flags", range(32))
def test_every_field_of_the_header_is_passed_over(unpacks, flags):
    """RFC 1952, 2.3. Bit 0 is a remark: the content is text."""
    fields = b""
    if flags & 4:
        fields += b"\x05\0AB\x01\0x"
    if flags & 8:
        fields += b"vmlinuz\0"
    if flags & 16:
        fields += b"a comment\0"
    packed = with_fields(pack(CONTENTS["text"]), flags, fields)
    if flags & 2:
        end = 10 + len(fields)
        packed = packed[:end] + zlib.crc32(packed[:end]).to_bytes(4, "little")[:2] + packed[end:]
    assert gzip.decompress(packed) == CONTENTS["text"]
    unpacks(packed, CONTENTS["text"])


@pytest.mark.parametrize("packed", [
    with_fields(pack(b"x" * 50), 0x20, b""),  # flags that nobody knows
    with_fields(pack(b"x" * 50), 0x80, b""),
    pack(b"x" * 50).replace(b"\x1f\x8b\x08", b"\x1f\x8b\x07"),  # another method
    with_fields(pack(b"x" * 50), 4, b"\xff\xff"),
    with_fields(pack(b"x" * 50), 8, b"name without an end")[:40].replace(b"\0", b"x"),
], ids=["flag 5", "flag 7", "method", "extra", "name"])
def test_a_header_that_is_none_is_refused(gunzip, packed):
    done = gunzip(packed)
    assert done.returncode == 1 and done.stdout.decode().startswith(DAMAGED), done


def test_every_cut_is_told(each):
    for content in (CONTENTS["text"], CONTENTS["words"][:3000]):
        packed = pack(content)
        lines = each([packed[:n] for n in range(1, len(packed))])
        assert set(lines[:17]) == {"is no gzip file"}
        assert [n for n, said in enumerate(lines[17:]) if not said.startswith(DAMAGED)] == []


@pytest.mark.parametrize("level, strategy", [(9, zlib.Z_DEFAULT_STRATEGY), (0, zlib.Z_DEFAULT_STRATEGY),
                                             (9, zlib.Z_FIXED)], ids=["dynamic", "stored", "fixed"])
def test_no_bit_that_flips_changes_the_content(each, level, strategy):
    """Some change nothing: the header's time, or what an unused code would mean."""
    content = CONTENTS["words"][:1500]
    packed = pack(content, level, strategy)
    flipped = [bytearray(packed) for bit in range(len(packed) * 8)]
    for bit, data in enumerate(flipped):
        data[bit // 8] ^= 1 << bit % 8
    lines = each(flipped)
    assert {said for said in lines if not said.startswith(DAMAGED)} <= {line(content), "is no gzip file"}
    assert lines.count(line(content)) < 120


def test_a_checksum_and_a_size_that_are_wrong_are_told(gunzip):
    packed = pack(CONTENTS["text"])
    for data in (packed[:-8] + b"\1\2\3\4" + packed[-4:], packed[:-4] + b"\1\0\0\0",
                 packed[:-4] + (len(CONTENTS["text"]) + 1).to_bytes(4, "little")):
        done = gunzip(data)
        assert (done.returncode, done.stdout.decode()) == (
            1, "is a damaged gzip file: what it unpacks to has not the size and the checksum that its end says\n")


@pytest.mark.parametrize("size", [0, 0xffffffff, (512 << 20) + 1, 1 << 20])
def test_a_size_that_cannot_be_is_told_before_memory_is_taken(gunzip, size):
    done = gunzip(pack(b"x" * 50)[:-4] + size.to_bytes(4, "little"))
    assert (done.returncode, done.stdout.decode()) == (
        1, f"is a damaged gzip file, or was cut off: its end says that it unpacks to {size} bytes\n")


def test_what_follows_the_end_is_not_passed_over(each):
    """GRUB takes the last bytes for the size, too."""
    packed = pack(CONTENTS["text"])
    lines = each([packed + more for more in (bytes(8), bytes(500), pack(b"more"))])
    assert [said for said in lines if not said.startswith(DAMAGED)] == []


TEXT = pack(CONTENTS["text"])


@pytest.mark.parametrize("data, whole", [
    (TEXT, True), (with_fields(TEXT, 8, b"vmlinuz\0"), True), (TEXT + bytes(512), False), (TEXT + pack(b"more"), False),
    (TEXT[:-4] + (len(CONTENTS["text"]) + 1).to_bytes(4, "little"), False), (TEXT[:-20], False),
], ids=["plain", "named", "padded", "two", "size", "cut"])
def test_grub_gets_a_whole_file_from_the_same_files(gunzip, tmp_path, data, whole):
    """It is laxer with some that are damaged: it reads as much as the end says, and forgives a wrong checksum."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/k").write_bytes(data)
    subprocess.run(["mke2fs", "-q", "-t", "ext2", "-d", tmp_path / "tree", tmp_path / "disk", "1M"], check=True,
                   timeout=60)
    grub = subprocess.run(["grub-fstest", "-u", tmp_path / "disk", "cat", "(loop0)/k"], capture_output=True, timeout=60,
                          check=False)
    assert (grub.stdout == CONTENTS["text"]) == whole
    ours = gunzip(data)
    assert (ours.returncode == 0 and ours.stdout == CONTENTS["text"]) == whole
