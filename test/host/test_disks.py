"""Several disks on one machine: which boots, which root it gets, and what is said of disks that look alike."""

import json
import os
import subprocess

import pytest

ENVIRONMENT = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")
UUID = "0c3bf1a4-4c5d-4d4d-9a55-3f0b4a3a9c11"
ROOT = {"/etc/fstab": "", "/etc/os-release": 'PRETTY_NAME="Debian 12"\n'}
MENU = "title A\nlinux /k\ninitrd /i\n"
FILES = {"/k": "kernel", "/i": "initrd"}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT, timeout=60)


@pytest.fixture
def image(tmp_path):
    """An ext4 image of the files given, {path: text}."""

    def make(name, files, uuid="random", label="", size="32M"):
        top = tmp_path / (name + ".tree")
        top.mkdir()
        for path, content in files.items():
            file = top / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        path = tmp_path / name
        run("truncate", "-s", size, path)
        run("mke2fs", "-q", "-t", "ext4", "-U", uuid, "-L", label, "-d", top, path)
        return path

    return make


@pytest.fixture
def guest(image):
    """A root disk with one entry, which has an initrd, and these options."""

    def make(name, options="", **more):
        menu = MENU + (f"options {options}\n" if options else "")
        return image(name, ROOT | FILES | {"/boot/partless.conf": menu}, **more)

    return make


@pytest.fixture
def entries(partless):
    def entries(*arguments):
        """The options of the entries, and what was told."""
        told = subprocess.run([partless, "entries", "--json", *arguments], capture_output=True, text=True,
                              timeout=60, check=False)
        return [e["options"] for e in json.loads(told.stdout)["entries"]], told.stderr

    return entries


@pytest.mark.parametrize("options, want", [
    ('x="a root=/dev/vdb b"', f'x="a root=/dev/vdb b" root=UUID={UUID} ro'),
    ("quiet -- root=/dev/vdb rw", f"quiet root=UUID={UUID} ro -- root=/dev/vdb rw"),
    ('root="LABEL=two words"', 'root="LABEL=two words"'),
    ('"root=LABEL=two words" ro', '"root=LABEL=two words" ro'),
])
def test_the_words_of_the_options_are_those_that_the_kernel_sees(guest, entries, options, want):
    menu, told = entries(guest("a.img", options, uuid=UUID, label="two words"))
    assert menu == [want]
    assert told == ""


def test_what_the_host_appends_is_for_the_kernel_too(guest, entries):
    menu, _ = entries("--set", "options-append=quiet", guest("a.img", "ro root=LABEL=x -- single", label="x"))
    assert menu == ["ro root=LABEL=x quiet -- single"]
