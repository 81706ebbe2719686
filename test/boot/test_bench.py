"""`make bench` in its shortest form: it measures what it says, and its files can be read."""

import fcntl
import json
import subprocess
import xml.etree.ElementTree

import pytest

from processors import ONLY_X86_64

BOOTS_ON = ONLY_X86_64  # as the bench
LOADERS = ["floor", "probe", "probe-kernel", "partless", "partless-kernel", "grub"]


@pytest.fixture(scope="module")
def result(root, build):
    with open(build / "bench.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another of xdist's workers may be at it
        done = subprocess.run([root / "bench/bench-boot", build, "--rounds=1", "--most=1", "--observed=1",
                               "--quick", "--cases=small", f"--loaders={','.join(LOADERS)}"],
                              capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout, json.loads((build / "bench.json").read_text())


@pytest.mark.trial
def test_every_loader_boots_and_is_timed(result):
    _, found = result
    assert found["broken"] == {}
    for loader in LOADERS:
        run, = found["timed"][f"small {loader}"]
        assert 0 < run["to_kernel"] < run["line"] and 0 < run["after"] < run["line"]


@pytest.mark.trial
def test_all_bytes_of_kernel_and_initrd_are_seen_on_the_disk(result, base):
    _, found = result
    files = sum((base / "boot" / name).stat().st_size for name in ("vmlinuz", "initrd.img"))
    for loader in LOADERS[1:]:
        run, = found["timed"][f"small {loader}"]
        assert files <= run["guest_bytes"] < files + (2 << 20)
        assert run["guest_requests"] > 0


@pytest.mark.trial
def test_the_loader_runs_a_fraction_of_grubs_instructions(result):
    counts = {name: result[1]["observed"][f"small {name}"][0]["instructions"]
              for name in ("probe", "partless", "partless-kernel", "grub")}
    assert counts["partless-kernel"] < counts["grub"] / 5
    assert counts["partless"] < counts["grub"] / 5


@pytest.mark.trial
def test_the_table_and_the_picture_name_every_loader(result, build):
    text, _ = result
    picture = xml.etree.ElementTree.parse(build / "bench.svg").getroot()
    words = " ".join(element.text or "" for element in picture.iter())
    for title in ("Partless, from USB", "Partless, by -kernel", "GRUB, from USB", "-kernel and -initrd"):
        assert title in text and title in words
    assert "met " in text
