"""Version orders, and what six other tools say to each pair."""

import json
import subprocess

import corpus
import pytest

VECTORS = corpus.CONFIGS / "version-vectors.json"


@pytest.fixture(scope="module")
def compare(build, tmp_path_factory):
    program = tmp_path_factory.mktemp("versions") / "versions"
    source = corpus.ROOT / "test/corpus/versions.c"
    subprocess.run(["gcc", "-std=c2x", "-I", corpus.ROOT, "-o", program, source,
                    build / "host/pure.a", build / "host/host/memory.o"], check=True, timeout=60)

    def compare(pairs):
        lines = "".join(f"{a}\n{b}\n" for a, b in pairs)
        told = subprocess.run([program], input=lines, capture_output=True, text=True, check=True,
                              timeout=60).stdout
        return [tuple(map(int, line.split())) for line in told.splitlines()]

    return compare


def signs(orders):
    return [tuple((n > 0) - (n < 0) for n in order) for order in orders]


@pytest.mark.skipif(not VECTORS.exists(), reason=f"{VECTORS} is not here")
def test_orders_are_systemds_and_fedoras(compare):
    rows = json.loads(VECTORS.read_text())["rows"]
    pairs = [(row["a"], row["b"]) for row in rows]
    want = [(row["uapi_systemd257"], row["fedora_grub_blscfg_filename"]) for row in rows]
    sign = signs(compare(pairs))
    wrong = [(pair, got, theirs) for pair, got, theirs in zip(pairs, sign, want)
             if got[:2] != theirs]
    assert wrong == []
    back = [(-spec, -grub, -file) for spec, grub, file in compare([(b, a) for a, b in pairs])]
    assert signs(back) == sign


NAMES = ["a.conf", "a0.conf", "a~1.conf", "linux-6.8.conf", "linux-6.10.conf", "linux-6.8-rc1.conf",
         "linux-6.8+3-1.conf", "linux-6.8+3.conf", "linux-6.8~rc1.conf", "linux-6.08.1.conf",
         "linux.conf", "linux-.conf", "linux-6.conf", "0f0f-6.8.5-300.fc40.x86_64.conf",
         "0f0f-6.8.10-300.fc40.x86_64.conf", "0f0f-0-rescue.conf", "_x.conf", "Z.conf", "z.conf",
         "6.8.conf", "6.8.1.conf", "6.8a.conf", "6.8.a.conf", "6.8.0.conf", "x.7z.conf", "x.conf"]


def test_the_order_of_files_is_that_of_sort(compare):
    """GRUB 2.14 orders entries by gnulib's filevercmp, and so does `sort -V`."""
    pairs = [(a, b) for a in NAMES for b in NAMES if a != b]
    order = subprocess.run(["sort", "-V"], input="\n".join(NAMES), capture_output=True, text=True,
                           env={"LC_ALL": "C"}, check=True, timeout=60).stdout.split()
    want = [1 if order.index(a) > order.index(b) else -1 for a, b in pairs]
    got = [file for _, _, file in signs(compare(pairs))]
    wrong = [(pair, mine, its) for pair, mine, its in zip(pairs, got, want) if mine != its]
    assert wrong == []
