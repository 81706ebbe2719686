"""A tree with what a prototype file of mkfs.xfs can say."""

import random

import pytest


def put_sizes(top, rng):
    for size in (0, 1, 511, 512, 513, 1023, 1024, 1025, 4095, 4096, 4097, 65535, 65536, 65537, 200000):
        (top / f"size-{size}").write_bytes(rng.randbytes(size))
    (top / "several-mib").write_bytes(rng.randbytes(3 * 1024 * 1024 + 321))


def put_names(top, rng):
    names = [b"n" * n for n in (1, 2, 3, 4, 5, 100, 254, 255)]
    names += ["Gr\u00fc\u00dfe,\u4e16\u754c".encode(), b"back\\slash", b"esc\x1b[2J", b"bad\xff\xfeutf8", b"-dash", b"...", b"..x"]
    for name in names:
        with open(bytes(top) + b"/" + name, "wb") as f:
            f.write(rng.randbytes(rng.randrange(50)))


def put_links(top):
    for target in ("size", "../sizes/size-1", "/sizes/size-1", "/nowhere", ".", "..", "s" * 59, "s" * 60, "s" * 155,
                   "s" * 156, "s" * 157, "/" + "l" * 100 + "/" + "m" * 100):
        (top / f"link-{len(target)}-{target[:2].replace('/', '_')}").symlink_to(target)
    (top / "abs-dir").symlink_to("/sizes/.//")
    (top / "up").symlink_to("../../../../links/abs-dir/size-1")


def put_dirs(top):
    deep = top / "deep"
    for n in range(20):
        deep = deep / f"level-{n}"
    deep.mkdir(parents=True)
    (deep / "bottom").write_text("here\n")
    for n in range(3):
        (top / f"small-{n}").mkdir()
        for m in range(n * 4):
            (top / f"small-{n}" / f"f{m}").write_text("x")
    for name, count in (("some", 40), ("many", 1500)):
        (top / name).mkdir()
        for n in range(count):
            (top / name / f"a-name-of-some-length-{n:06}").touch()


@pytest.fixture(scope="session")
def tree(tmp_path_factory):
    rng = random.Random(1)
    top = tmp_path_factory.mktemp("tree")
    for name in ("sizes", "names", "links"):
        (top / name).mkdir()
    put_sizes(top / "sizes", rng)
    put_names(top / "names", rng)
    put_links(top / "links")
    put_dirs(top)
    return top
