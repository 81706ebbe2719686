"""A tree with every kind of file that a guest's root may hold."""

import random

import pytest



def put_sizes(top, rng):
    for size in (0, 1, 59, 60, 61, 100, 160):
        (top / f"size-{size}").write_bytes(rng.randbytes(size))
    for block in (1024, 2048, 4096, 65536):
        for size in (block - 1, block, block + 1, 12 * block, 13 * block + 5):
            (top / f"size-{size}").write_bytes(rng.randbytes(size))
    (top / "several-mib").write_bytes(rng.randbytes(5 * 1024 * 1024 + 321))


def put_sparse(top, rng):
    for name, spans, size in (
        ("hole-first", [(1 << 20, 5000)], 0),
        ("hole-last", [(0, 5000)], 1 << 20),
        ("all-hole", [], 3 << 20),
        ("holes", [(n << 18, 9000) for n in range(12)], 0),
        ("far", [(0, 10), (70 << 20, 70000)], 0),
    ):
        with open(top / name, "wb") as f:
            for at, length in spans:
                f.seek(at)
                f.write(rng.randbytes(length))
            f.truncate(max(size, f.tell()))


def put_names(top, rng):
    names = [b"n" * n for n in (1, 2, 3, 4, 5, 100, 254, 255)]
    names += ["Grüße, 世界 🐧".encode(), b"a b", b" lead", b"trail ", b"back\\slash", b"x -> y",
              b"tab\there", b"new\nline", b"esc\x1b[2J", b"del\x7f", b"bad\xff\xfeutf8", b"c1\x9bm",
              "c1\u009b".encode(), b"-dash", b"...", b"..x"]
    for name in names:
        with open(bytes(top) + b"/" + name, "wb") as f:
            f.write(rng.randbytes(rng.randrange(50)))


def put_links(top):
    for target in ("size", "../sizes/size-1", "/sizes/size-1", "/nowhere", "dangling", ".", "..",
                   "s" * 58, "s" * 59, "s" * 60, "s" * 61, "./" * 200 + "../sizes/size-1",
                   "/" + "l" * 200 + "/" + "m" * 200, "with space -> and\\more"):
        (top / f"link-{len(target)}-{target[:2].replace('/', '_')}").symlink_to(target)
    (top / "dir").symlink_to("../sizes")
    (top / "abs-dir").symlink_to("/sizes/.//")
    (top / "up").symlink_to("../../../../links/abs-dir/size-1")
    chain = top / "chain"
    chain.mkdir()
    (chain / "0").symlink_to("../../sizes/size-100")
    for n in range(1, 42):
        (chain / str(n)).symlink_to(str(n - 1))
    (chain / "circle").symlink_to("circle")


def put_dirs(top, many):
    deep = top / "deep"
    for n in range(40):
        deep = deep / f"level-{n}"
    deep.mkdir(parents=True)
    (deep / "bottom").write_text("here\n")
    for n in range(3):
        (top / f"small-{n}").mkdir()
        for m in range(n * 4):
            (top / f"small-{n}" / f"f{m}").write_text("x")
    (top / "many").mkdir()
    for n in range(many):
        (top / "many" / f"a-name-of-some-length-{n:06}").touch()


@pytest.fixture(scope="session")
def tree(tmp_path_factory):
    rng = random.Random(1)
    top = tmp_path_factory.mktemp("tree")
    for name in ("sizes", "sparse", "names", "links"):
        (top / name).mkdir()
    put_sizes(top / "sizes", rng)
    put_sparse(top / "sparse", rng)
    put_names(top / "names", rng)
    put_links(top / "links")
    put_dirs(top, 4000)
    return top


@pytest.fixture
def img(tmp_path):
    """The path of an image that goes away with the test."""
    path = tmp_path / "image"
    yield path
    path.unlink(missing_ok=True)
