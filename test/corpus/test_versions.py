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


@pytest.mark.skipif(not VECTORS.exists(), reason=f"{VECTORS} is not here")
def test_orders_are_systemds_and_fedoras(compare):
    rows = json.loads(VECTORS.read_text())["rows"]
    pairs = [(row["a"], row["b"]) for row in rows]
    want = [(row["uapi_systemd257"], row["fedora_grub_blscfg_filename"]) for row in rows]
    sign = [tuple((n > 0) - (n < 0) for n in orders) for orders in compare(pairs)]
    wrong = [(pair, got, theirs) for pair, got, theirs in zip(pairs, sign, want) if got != theirs]
    assert wrong == []
    back = [(-spec, -grub) for spec, grub in compare([(b, a) for a, b in pairs])]
    assert [tuple((n > 0) - (n < 0) for n in orders) for orders in back] == sign
