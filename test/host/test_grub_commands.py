"""The commands of a grub.cfg that hand back a value: on a real disk, and as docs/grub.md lists them."""

import json
import os
import re
import subprocess

import pytest

UUID = "0c3bf1a4-4c5d-4d4d-9a55-3f0b4a3a9c11"
KERNEL = b"no kernel, but a file"


@pytest.fixture
def entries(partless, tmp_path):
    """entries(SCRIPT, {path: bytes}) gives the menu of a disk with that grub.cfg, and the report."""

    def entries(script, files=()):
        top = tmp_path / "tree"
        files = {"/boot/grub/grub.cfg": script.encode(), "/boot/k": KERNEL} | dict(files)
        for path, content in files.items():
            file = top / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        disk = tmp_path / "disk.img"
        with disk.open("wb") as f:
            f.truncate(16 << 20)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-U", UUID, "-L", "a disk", "-d", top, disk],
                       check=True, timeout=60)
        result = subprocess.run([partless, "entries", "--json", disk], capture_output=True,
                                timeout=60, check=False)
        return json.loads(result.stdout)["entries"], result.stderr.decode()

    return entries


def test_probe_knows_the_disk_that_it_reads(entries):
    menu, report = entries("""\
probe -u $root --set=uuid
probe --label --set label ($root)
probe -s fs -f (hd0)
menuentry a { linux /boot/k root=UUID=$uuid "$label" $fs
}
""")
    assert menu[0]["options"] == f'root=UUID={UUID} "a disk" ext2'
    assert report == ""


def test_a_root_that_cannot_be_known_gives_way_to_the_one_that_is_found(entries):
    menu, report = entries("""\
smbios --type 1 --get-uuid 8 --set id
menuentry a { linux /boot/k root=UUID=$id quiet
initrd /boot/k
}
""", {"/etc/fstab": b"", "/etc/os-release": b"", "/sbin/init": b"x"})
    assert menu[0]["options"] == f"root=UUID= quiet root=UUID={UUID} ro"
    assert ("/boot/grub/grub.cfg:1: 'smbios --type 1 --get-uuid 8 --set id' asks what cannot be known "
            "here; it fails and sets no variable\n") in report
    assert " has root=UUID=, which names nothing: Partless adds a root where it can tell\n" in report


def test_the_newer_of_two_files_is_known(entries, tmp_path):
    (tmp_path / "tree/boot").mkdir(parents=True)
    for name, time in (("new", 1e9), ("old", 1e9 - 3600)):
        (tmp_path / "tree/boot" / name).touch()
        os.utime(tmp_path / "tree/boot" / name, (time, time))
    menu, _ = entries("""\
if [ /boot/new -nt /boot/old ]; then x=newer; fi
if [ /boot/old -nt /boot/new ]; then x="$x not"; fi
if [ /boot/old -nt3601 /boot/new ]; then x="$x by a second"; fi
if [ /boot/gone -ot /boot/old ]; then x="$x, gone"; fi
menuentry "$x" { linux /boot/k
}
""")
    assert menu[0]["title"] == "newer by a second, gone"


def test_every_command_that_cannot_answer_is_documented(root):
    source = (root / "config/grub/commands.c").read_text()
    guide = (root / "docs/grub.md").read_text().split("### What cannot be known")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.*?) \| ([0-9, ]+) \|", guide, re.M)
    for handler, status in (("unanswered", "29"), ("untested", "1")):
        assert f"{{{handler}, grub_cmd_{handler}}}" in source
        names = re.findall(r'"([^"]*)"', source.split(f"{handler}[] = {{")[1].split("};")[0])
        told = {name for row, number in rows if number == status and re.fullmatch("`[^`]*`", row)
                for name in row.strip("`").split()}
        said = " ".join(row for row, number in rows if number == status)
        assert len(names) >= 5
        assert [n for n in names if not re.search(rf"[` ]{re.escape(n)}[` ]", said)] == []
        assert told - set(names) == set()
