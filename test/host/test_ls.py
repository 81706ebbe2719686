"""`partless ls`: in which order, and how many names."""

import os
import subprocess

import pytest

import bigdir

ENVIRONMENT = dict(os.environ, LC_ALL="C", PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")


@pytest.fixture
def ls(partless):
    def ls(*arguments):
        return subprocess.run([partless, "ls", *arguments], capture_output=True, timeout=60,
                              check=False)

    return ls


def test_names_are_sorted_as_ls_sorts_them(ls, tmp_path):
    tree, image = tmp_path / "tree", tmp_path / "disk.img"
    for name in ["b", "a", "B", "A", "a.b", "a-b", "ab", "10", "9", ".hidden", "_", "~", "ä", "z\xff"]:
        (tree / name).mkdir(parents=True)
    (tree / "link").symlink_to("b")
    (tree / "file").write_text("x")
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", tree, image, "4M"], check=True,
                   env=ENVIRONMENT, timeout=60)
    (tree / "lost+found").mkdir()
    want = subprocess.run(["ls", "-A", tree], env=ENVIRONMENT, capture_output=True, check=True)
    told = ls(image, "/")
    assert told.returncode == 0
    lines = [line.split(b" -> ")[0].split()[-1] for line in told.stdout.splitlines()]
    assert lines == want.stdout.splitlines()
    assert b"link               1 link -> b" in told.stdout.splitlines()


@pytest.mark.parametrize("command", ["ls", "cat"])
def test_what_was_not_named_is_asked_for(partless, tmp_path, command):
    for words, says in (([], "which image?"), (["x.img"], "which path on x.img?"),
                        (["x.img", "/", "y"], "one path at a time")):
        told = subprocess.run([partless, command, *words], capture_output=True, text=True, timeout=60, check=False)
        assert told.returncode == 2
        assert told.stderr.startswith(f"partless {command}: {says}\n")


def test_a_directory_of_very_many_names_is_sorted(ls, tmp_path):
    image = bigdir.make(tmp_path / "disk.img", "256M", bigdir.numbered(150_000, 25), "-t", "ext4")
    told = ls(image, "/d")
    assert told.returncode == 0
    assert told.stdout.decode() == "".join(f"file              27 {n:025}\n" for n in range(150_000))


def test_a_directory_of_very_many_files_is_listed_whole(ls, tmp_path):
    """Each name's inode lies in another block: more of them are read than one volume may cost otherwise."""
    image = bigdir.make_files(tmp_path / "disk.img", "420M", bigdir.numbered(300_000, 12))
    told = ls(image, "/d")
    assert told.stderr == b""
    assert told.stdout.decode() == "".join(f"file              27 {n:012}\n" for n in range(300_000))


def test_a_limit_that_many_names_meet_is_told_once(ls, tmp_path):
    image = bigdir.make(tmp_path / "disk.img", "16M", bigdir.numbered(500, 12), "-t", "ext4")
    told = ls(image, "/d" + "/." * 2043)
    assert told.returncode == 2
    assert told.stdout.decode() == "".join(f"?                  ? {n:012}\n" for n in range(500))
    assert told.stderr.decode().count("too long") == 1


def test_more_names_than_memory_allows_are_left_out_and_that_is_told(ls, tmp_path):
    image = bigdir.make(tmp_path / "disk.img", "256M", bigdir.numbered(430_000, 250), "-t", "ext4")
    told = ls(image, "/d")
    assert told.returncode == 2
    lines = told.stdout.splitlines()
    assert 300_000 < len(lines) < 430_000
    assert lines == sorted(lines)
    assert told.stderr.decode() == (f"partless: /d on {image}: only {len(lines)} of its names are "
                                    "listed: more do not fit into 128 MiB of memory\n")
