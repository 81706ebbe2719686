"""GRUB itself answers: what its commands hand back, how it reads numbers, and which entry a `default`
means. Partless gives the same answers to the same script on the same disk."""

import json
import os
import subprocess

import pytest

import grub

UUID = "0c3bf1a4-4c5d-4d4d-9a55-3f0b4a3a9c11"
OTHER = "11111111-2222-3333-4444-555555555555"

# Statements; what they leave in $? and in $x is compared. $d is the first disk.
STATEMENTS = r"""
probe -u $root --set=x
probe --fs-uuid --set x ($root)
probe -s x -l (hd1)
probe -l hd0 --set=x
probe -f hd0 --set=x
probe -p hd0 --set=x
probe --part-uuid hd0 --set=x
probe -d (hd0) --set=x
probe -u -d hd0 --set=x
probe -u hd9 --set=x
probe -u (hd0,gpt9) --set=x
probe -u --set=x
probe hd0 --set=x
probe --nonsense hd0
tr --set=x -U
tr -s x abc xyz "a b c"
tr -s x -D ABC
tr --set=x ab x abc
tr -s x "a-" "_+" a-b
tr -s x a b c d
tr --set=unset -U
regexp --set x "k(.)" /boot/k1
regexp --set=1:x "(.)o(.)" boot
regexp -s 2:x "(.)o(.)" boot
regexp "no" yes
cpuid
cpuid -l
cpuid --long-mode
cpuid -p
cpuid --pae
cmp /boot/k1 /boot/same
cmp /boot/k1 /boot/k2
cmp /boot/k1 /boot/none
cmp /boot/k1
time test a = b
time true
search --set=x --label other
search -s x -l other
search --no-floppy --fs-uuid --set=x 11111111-2222-3333-4444-555555555555
search --fs-uuid --set=x --hint hd1 11111111-2222-3333-4444-555555555555
search -f --set=x /only-here
search --file --set=x /only-here --hint-efi=hd1
search --label --set=x none
search --fs-uuid --set=x 1234
search.fs_label other x
search.fs_uuid 11111111-2222-3333-4444-555555555555 x hd1
search.file /only-here x
search.fs_uuid none x
search --set=x
search none
[ 1 -eq 01 ]
[ " 1" -eq 1 ]
[ "1 " -eq 1 ]
[ " -1" -eq 0 ]
[ -1 -eq " 1" ]
[ "- 1" -eq -1 ]
[ 0x10 -eq 16 ]
[ 0X10 -eq 16 ]
[ 0X10 -eq 0 ]
[ 0xg -eq 0 ]
[ 010 -eq 8 ]
[ 08 -eq 8 ]
[ 08 -eq 0 ]
[ 1a -eq 1 ]
[ a -eq 0 ]
[ 4294967296 -eq 0 ]
[ 4294967297 -eq 1 ]
[ 2147483648 -lt 0 ]
[ 18446744073709551615 -eq -1 ]
[ 99999999999999999999 -eq -1 ]
[ vmlinuz-2 -plt vmlinuz-11 ]
[ vmlinuz-11 -pgt vmlinuz-2 ]
[ 4294967296 -pgt 1 ]
[ /boot/older -ot /boot/k1 ]
[ /boot/older -nt /boot/k1 ]
[ /boot/k1 -nt /boot/older ]
[ /boot/k1 -nt /boot/same ]
[ /boot/k1 -ot /boot/same ]
[ /boot/older -nt100 /boot/k1 ]
[ /boot/older -nt4000 /boot/k1 ]
[ /boot/k1 -ot-4000 /boot/older ]
[ /boot/k1 -nt /boot/none ]
[ /boot/none -nt /boot/k1 ]
[ /boot/none -ot /boot/k1 ]
[ /boot/none -ot /boot/nothing ]
[ /boot/link -nt /boot/older ]
[ /boot/link -ot /boot/older ]
[ /boot -nt /boot/older ]
[ -d /boot ]
[ -d /boot/ ]
[ -d /boot/k1 ]
[ -f /boot/k1 ]
[ -f /boot ]
[ -e /boot/none ]
[ -s /boot/k1 ]
[ -s /boot/empty ]
[ -s /boot/link ]
[ -f /boot/link ]
[ -d /boot/link ]
[ -e (hd1)/only-here ]
[ -e (hd9)/only-here ]
[ 010 -pgt 09 ]
[ 2 -plt 11 ]
search --fs-uuid --set 11111111-2222-3333-4444-555555555555
search -l --set=other
search --set -f /only-here
search --fs-uuid --set=none
source /boot/none
. (hd9)/none
. (hd0,gpt9)/none
source
configfile /boot/none
configfile (hd9)/none
linux /boot/none
linux (hd9)/none
linux
initrd /boot/none
chainloader /boot/none
chainloader (hd9)/none
load_env -f /boot/none
load_env --file (hd9)/none
regexp "a{1,2}b" aab
regexp "^a{010}$" aaaaaaaaaa
regexp "^a{010}$" aaaaaaaa
[ -d (hd1) ]
[ -d (hd1)/ ]
file --is-x86_64-efi /boot/efi
file --is-i386-efi /boot/efi
file --is-x86_64-efi /boot/k1
file --is-x86_64-efi /boot/none
file --is-x86-linux /boot/linux
file --is-x86-linux32 /boot/linux
file --is-x86-linux /boot/k1
file --is-x86-linux /boot/efi
file /boot/linux
file --is-x86-linux
file --is-x86-linux --is-x86_64-efi /boot/linux
for i in 1 2 3; do x=$i; break " 1"; done
for i in 1 2 3; do x=$i; break 010; done
for i in 1 2 3; do x=$i; break 0x1; done
for i in 1 2 3; do x=$i; break "1 "; done
for i in 1 2 3; do x=$i; break 1a; done
for i in 1 2 3; do x=$i; break 0; done
""".strip().splitlines()

# docs/grub.md, "Where Partless differs": a partition of a disk that has none is that disk; `cmp` is
# that of 2.12, which tells whether the files are the same.
DIFFERENT = ["probe -u (hd0,gpt9) --set=x", "cmp /boot/k1 /boot/k2", "cmp /boot/k1 /boot/none",
             ". (hd0,gpt9)/none"]

# Values of `default`, in a menu of twelve entries; of them the eleventh is called as GRUB's own path
# of it is.
DEFAULTS = ["2", " 2", "\t2", "2 ", "2x", "2>1", "0x2", "0X2", "0xb", "010", "08", "-1", "-", "", " ",
            "12", "4294967298", "18446744073709551618", "entry 3", " entry 3", "id4", "id4>x", "id>>5",
            "1>2", "x2", "+2", "2,3"]
ENTRIES = 12


def statement_script():
    lines = []
    for n, statement in enumerate(STATEMENTS):
        lines += ["x=aBc-1", "root=hd0", statement, "r=$?", f'echo "@{n} $r [$x]@"',
                  f'menuentry "{n} $r [$x]" {{ linux /boot/k1', "}"]
    return "\n".join(lines) + "\n"


def menu_script(value, then):
    """A menu whose entries say which they are, and THEN."""
    lines = [f"set default='{value}'", "set timeout=0"]
    for n in range(ENTRIES):
        ident = "id>5" if n == 5 else f"id{n}"
        lines += [f"menuentry 'entry {n}' --id '{ident}' {{", f"echo @default {n}@", "linux /boot/k1",
                  then, "}"]
    return "\n".join(lines) + "\n"


def efi_program(subsystem=10):
    head = bytearray(1024)
    head[0:2] = b"MZ"
    head[0x3C] = 0x80
    head[0x80:0x98] = b"PE\0\0" + (0x8664).to_bytes(2, "little") + bytes(18)
    head[0x98:0x9A] = (0x20B).to_bytes(2, "little")
    head[0x98 + 68] = subsystem
    return bytes(head)


def linux_kernel():
    head = bytearray(4096)
    head[0x1F1] = 4
    head[0x1FE:0x200] = b"\x55\xaa"
    head[0x202:0x206] = b"HdrS"
    head[0x206:0x208] = (0x20F).to_bytes(2, "little")
    head[0x211] = 1
    return bytes(head)


@pytest.fixture
def disk_of(tmp_path):
    """disk_of(SCRIPT, {path: text}) is a disk with that grub.cfg; files of /boot have known times."""

    def make(script, files=(), name="disk.img", uuid=UUID, label=""):
        top = tmp_path / (name + ".tree")
        (top / "boot/grub").mkdir(parents=True)
        files = {"/boot/grub/grub.cfg": script, "/boot/k1": "one", "/boot/same": "one",
                 "/boot/k2": "two", "/boot/older": "", "/boot/empty": "", "/boot/efi": efi_program(),
                 "/boot/linux": linux_kernel()} | dict(files)
        for path, content in files.items():
            file = top / path.lstrip("/")
            file.write_bytes(content.encode() if isinstance(content, str) else content)
            os.utime(file, (1e9, 1e9 - 3600 * (path == "/boot/older")))
        (top / "boot/link").symlink_to("k1")
        os.utime(top / "boot/link", (1e9, 1e9 - 7200), follow_symlinks=False)
        os.utime(top / "boot", (1e9, 1e9))
        disk = tmp_path / name
        with disk.open("wb") as f:
            f.truncate(16 << 20)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-O", "^metadata_csum_seed", "-U", uuid, "-L",
                        label, "-d", top, disk], check=True, timeout=60)
        return disk

    return make


@pytest.fixture
def other(disk_of):
    return disk_of("", {"/only-here": "x"}, "other.img", OTHER, "other")


def menu_of(partless, *disks):
    run = subprocess.run([partless, "entries", "--json", *disks], capture_output=True, timeout=60,
                         check=False)
    return json.loads(run.stdout)


def test_partless_answers_what_grub_answers(partless, disk_of, other, tmp_path):
    files = {f"/boot/{n}.cfg": menu_script(value, f"configfile /boot/{n + 1}.cfg")
             for n, value in enumerate(DEFAULTS)}
    files[f"/boot/{len(DEFAULTS)}.cfg"] = "echo @the end\nhalt\n"
    disk = disk_of(statement_script() + "configfile /boot/0.cfg\n", files)
    theirs = grub.answers(tmp_path, UUID, [disk, other])

    menu = menu_of(partless, disk_of(statement_script(), name="statements.img"), other)
    ours = [entry["title"] for entry in menu["entries"] if entry["from"] == "/boot/grub/grub.cfg"]
    for n, value in enumerate(DEFAULTS):
        menu = menu_of(partless, disk_of(menu_script(value, ""), name=f"default{n}.img"))
        place = [entry["id"] for entry in menu["entries"]].index(menu["default"])
        ours.append(f"default {place}")
    asked = STATEMENTS + DEFAULTS
    assert len(theirs) == len(asked)
    different = [f"{a}: GRUB {g}, Partless {o}" for a, g, o in zip(asked, theirs, ours)
                 if g != o and a not in DIFFERENT]
    assert not different, "\n".join(different)
