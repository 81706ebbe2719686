"""Several disks on one machine: which boots, which root it gets, and what is said of disks that look alike."""

import json
import subprocess

import pytest

from disk import make_disk

UUID = "0c3bf1a4-4c5d-4d4d-9a55-3f0b4a3a9c11"
ROOT = {"/etc/fstab": "", "/etc/os-release": 'PRETTY_NAME="Debian 12"\n'}
MENU = "title A\nlinux /k\ninitrd /i\n"
FILES = {"/k": "kernel", "/i": "070701"}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)


@pytest.fixture
def image(tmp_path):
    """An ext4 image of the files given, {path: text}."""

    def make(name, files, uuid="random", label="", size="32M"):
        return make_disk(tmp_path / name, files, "-U", uuid, "-L", label, size=size)

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


@pytest.mark.parametrize("options, by, advice", [
    (f"root=UUID={UUID} ro", "UUID", ["-U", "random"]),
    (f"root=/dev/disk/by-uuid/{UUID} ro", "UUID", ["-U", "random"]),
    ('root="LABEL=two words" ro', "label", ["-L", "copy"]),
])
def test_a_root_that_two_disks_have_is_told_with_what_to_do(guest, entries, partless, options, by, advice):
    disks = [guest(name, options, uuid=UUID, label="two words") for name in ("a.img", "b.img")]
    said = f"{disks[0]} and {disks[1]} both have this {by}: Linux may mount either"
    menu, told = entries(*disks)
    assert menu == [options] * 2
    assert told.count(said) == 1
    assert f"'tune2fs {advice[0]} " in told
    assert f"{disks[0]} and {disks[1]} have the same file-system UUID" in told or by == "UUID"
    menu, told = entries("--set", "disk=INDEX=2", *disks)
    assert (f"{disks[1]} and {disks[0]} both have this {by}: Linux may mount either (disk= chooses the menu only; "
            "disks that the firmware does not show were not looked at)") in told
    # What is advised helps: the host's word, for the kernel takes the last root=; and e2fsprogs.
    assert "or let the host say options-append=root=/dev/vdb\n" in told
    menu, told = entries("--set", "disk=INDEX=2", "--set", "options-append=root=/dev/vdb", *disks)
    assert menu == [options + " root=/dev/vdb"] * 2
    assert "either" not in told
    check = subprocess.run([partless, "check", *disks], capture_output=True, text=True, timeout=60, check=False)
    assert said in check.stderr
    run("tune2fs", *advice, disks[1])
    run("tune2fs", "-U", "random", disks[1])
    assert "both have this" not in entries(*disks)[1]


@pytest.mark.parametrize("index", [1, 2])
def test_the_root_that_is_added_is_one_that_only_the_chosen_disk_has(guest, entries, index):
    disks = [guest(name, uuid=UUID) for name in ("a.img", "b.img")]
    menu, told = entries("--set", f"disk=INDEX={index}", *disks)
    chosen, other = "ab"[index - 1], "ba"[index - 1]
    assert menu == [f"root=/dev/vd{chosen} ro", f"root=/dev/vd{other} ro"]
    assert "Linux may mount either" not in told
    assert f"have the same file-system UUID {UUID}" in told


def test_a_copy_in_a_partition_is_one_too(guest, entries, tmp_path):
    bare = guest("a.img", uuid=UUID)
    whole = tmp_path / "whole.img"
    run("truncate", "-s", "40M", whole)
    subprocess.run(["sfdisk", "-q", whole], input="label: gpt\n2048,32M\n", text=True, check=True)
    run("dd", f"if={bare}", f"of={whole}", "bs=1M", "seek=1", "conv=notrunc,sparse")
    menu, _ = entries(whole, bare)
    assert menu == ["root=/dev/vdb ro", "root=/dev/vda1 ro"]


def test_copies_that_nobody_calls_root_are_told_in_one_line(guest, image, entries):
    """What else may name them, /etc/fstab for one, is not for the loader to see."""
    data = [image(name, {"/letter": "x"}, uuid=UUID, label="data") for name in ("b.img", "c.img")]
    menu, told = entries(guest("a.img", "root=LABEL=root", label="root"), *data)
    assert told == (f"partless: {data[0]} and {data[1]} have the same file-system UUID {UUID}; give the copy "
                    "another, while it is not mounted, with 'tune2fs -U random DEVICE'\n")


LUKS = b"LUKS\xba\xbe\0\x02"
OTHERS = {
    "an encrypted disk (LUKS)": (0, LUKS),
    "a physical volume of LVM": (0x200, b"LABELONE"),
    "a btrfs file system": (0x10040, b"_BHRfS_M"),
    "a squashfs file system": (0, b"hsqs"),
    "nothing that Partless knows": (0, b"\x5a" * 4096),
    "a file system that could not be opened": (0x400, b"\xff" * 56 + b"\x53\xef" + b"\xff" * 900),
}
NO_ROOTS = {
    "swap": (0xff6, b"SWAPSPACE2"),
    "zeros": (0, b""),
    "FAT": (0x36, b"FAT16   "),
    "a table": (0x1fe, b"\x55\xaa"),
}


@pytest.fixture
def other(tmp_path):
    def make(at, data, size="48M"):
        path = tmp_path / "other.img"
        run("truncate", "-s", size, path)
        with path.open("r+b") as disk:
            disk.seek(at)
            disk.write(data)
        return path

    return make


@pytest.fixture
def boot_and_data(image):
    """A /boot of its own, and a disk that looks like a root: of another guest, if the own one is not read."""
    boot = image("boot.img", FILES | {"/loader/entries/a.conf": MENU + "options quiet\n"})
    return boot, image("data.img", ROOT, uuid=UUID)


@pytest.mark.parametrize("holds", OTHERS)
def test_no_root_is_added_where_another_disk_may_hold_it(boot_and_data, other, entries, partless, holds):
    boot, data = boot_and_data
    disk = other(*OTHERS[holds])
    menu, told = entries(boot, disk, data)
    assert menu == ["quiet"]
    said = (f"no root= was added to 'A': {disk} holds {holds}, which may be the root; "
            "name the root with root= in the options")
    assert told.count(said) == 1
    check = subprocess.run([partless, "check", boot, disk, data], capture_output=True, text=True, timeout=60,
                           check=False)
    assert said in check.stderr


def test_a_root_that_only_an_unread_disk_can_hold_is_told_too(boot_and_data, other, entries):
    """The entry names no root: it starts, and its initrd stops."""
    boot, _ = boot_and_data
    assert entries(boot) == (["quiet"], "")
    assert entries(boot, other(*NO_ROOTS["swap"])) == (["quiet"], "")
    disk = other(*OTHERS["a physical volume of LVM"])
    assert f"no root= was added to 'A': {disk} holds a physical volume of LVM" in entries(boot, disk)[1]


@pytest.mark.parametrize("holds", NO_ROOTS)
def test_what_cannot_be_a_root_does_not_stand_in_the_way(boot_and_data, other, entries, holds):
    boot, data = boot_and_data
    menu, told = entries(boot, other(*NO_ROOTS[holds]), data)
    assert menu == [f"quiet root=UUID={UUID} ro"]
    assert "no root=" not in told


def test_a_boot_loader_of_old_firmware_does_not_stand_in_the_way(boot_and_data, other, entries):
    boot, data = boot_and_data
    assert entries(boot, other(0, b"\x5a" * 4096, size="1M"), data)[0] == [f"quiet root=UUID={UUID} ro"]


def test_kernels_alone_do_not_take_the_options_of_another_guests_root(image, other, entries):
    boot = image("boot.img", {"/vmlinuz-6.1": "kernel", "/initrd.img-6.1": "070701"})
    data = image("data.img", ROOT | {"/etc/kernel/cmdline": f"root=UUID={UUID}\n"}, uuid=UUID)
    assert entries(boot, data)[0] == [f"root=UUID={UUID}"]
    assert entries(boot, data, other(0, LUKS))[0] == [""]


def test_a_volume_that_is_a_root_gets_itself_whatever_else_there_is(guest, other, entries):
    menu, told = entries(guest("a.img", uuid=UUID), other(0, LUKS))
    assert menu == [f"root=UUID={UUID} ro"]
    assert told == ""


def test_two_that_look_like_the_root_are_told(boot_and_data, image, entries):
    boot, data = boot_and_data
    second = image("second.img", ROOT)
    menu, told = entries(boot, data, second)
    assert menu == ["quiet"]
    assert f"no root= was added to 'A': {data} and {second} both look like the root" in told


GONE = "99999999-1111-4222-8333-444444444444"


@pytest.fixture
def boot_alone(image):
    """A /boot of its own, whose one entry has this root=."""
    return lambda root: image("boot.img", FILES | {"/grub/grub.cfg": f"menuentry A {{\nlinux /k {root}\ninitrd /i\n}}\n"})


@pytest.mark.parametrize("root", [f"root=UUID={GONE}", "root=LABEL=gone", f"root=/dev/disk/by-uuid/{GONE}",
                                  "root=/dev/vdc", "root=/dev/vda1"])
@pytest.mark.parametrize("with_data", [False, True])
def test_a_root_that_no_disk_has_is_told(boot_alone, image, entries, root, with_data):
    disks = [boot_alone(root), *([image("data.img", {"/letter": "x"})] if with_data else [])]
    menu, told = entries(*disks)
    assert menu == [root]
    assert told == (f"partless: 'A' (/grub/grub.cfg:1 on {disks[0]}) has {root}, which no disk here has: attach the "
                    "root disk, or correct root=\n")


@pytest.mark.parametrize("root", ["root=UUID=" + UUID, "root=LABEL=r", "root=/dev/vdb", "root=/dev/mapper/vg-root",
                                  "root=PARTUUID=084a6d6e-01", "root=ZFS=rpool/root", "root=/dev/sda1"])
def test_a_root_that_may_be_there_is_no_alarm(boot_alone, image, entries, root):
    assert entries(boot_alone(root), image("bare.img", {"/letter": "x"}, uuid=UUID, label="r"))[1] == ""


@pytest.mark.parametrize("setting", ["options-append", "options-replace"])
def test_a_root_of_the_hosts_own_words_is_told_as_such(guest, entries, setting):
    disk = guest("a.img", "ro", uuid=UUID)
    _, told = entries("--set", f"{setting}=root=UUID={GONE}", disk)
    assert told == (f"partless: 'A' (/boot/partless.conf:1 on {disk}) has root=UUID={GONE} by the host's {setting} "
                    f"(the command line), but the root file system on {disk} is UUID={UUID}; correct root=, or attach "
                    "the disk that it means\n")


def test_what_is_advised_for_a_copy_is_no_alarm_about_the_other(guest, entries):
    disks = [guest(name, f"root=UUID={UUID}", uuid=UUID) for name in ("a.img", "b.img")]
    assert entries("--set", "disk=INDEX=2", "--set", "options-append=root=/dev/vdb", *disks)[1].count("\n") == 1


@pytest.mark.parametrize("empty", ["root=", "root=UUID=", "root=LABEL=", 'root=UUID=""', "root=PARTUUID=",
                                   "root=/dev/disk/by-uuid/", "root=/dev/vdz root=", "root=/dev/",
                                   "root=/dev/mapper/guest-"])
def test_a_root_that_names_nothing_is_none(guest, entries, empty):
    disk = guest("a.img", empty + " ro", uuid=UUID)
    menu, told = entries(disk)
    assert menu == [f"{empty} ro root=UUID={UUID}"]
    assert told == (f"partless: 'A' (/boot/partless.conf:1 on {disk}) has {empty.split()[-1]}, which names nothing: "
                    "Partless adds a root where it can tell\n")


def test_which_of_two_disks_that_could_boot_is_taken_is_told_with_how_to_pin_it(guest, entries, tmp_path):
    first, second = guest("a.img", "root=/dev/vda"), guest("b.img", "root=/dev/vdb", uuid=UUID)
    _, told = entries(first, second)
    assert told.startswith(f"partless: {first} and {second} both have an entry to boot: {first} goes first, because the "
                           "firmware found it first; to choose, say disk=INDEX=1 or disk=INDEX=2\n")
    assert told.count("\n") == 1
    assert entries("--set", "disk=INDEX=2", first, second)[1] == ""
    assert entries("--set", f"disk=UUID={UUID}", first, second)[1] == ""
    whole = tmp_path / "whole.img"
    run("truncate", "-s", "40M", whole)
    subprocess.run(["sfdisk", "-q", whole], input="label: gpt\n2048,32M\n", text=True, check=True)
    run("dd", f"if={first}", f"of={whole}", "bs=1M", "seek=1", "conv=notrunc,sparse")
    assert (f"{second} and {whole}#1 both have an entry to boot: {second} goes first, because it is a whole disk"
            in entries(whole, second)[1])


@pytest.mark.parametrize("name, hint", [
    ("SERIAL=abc", " (the serial number of a virtio-blk disk cannot be seen)"),
    ("abc", " (the serial number of a virtio-blk disk cannot be seen)"),
    ("LABEL=abc", ""), ("UUID=abc", ""), ("INDEX=7", ""),
    ("INDEX=x", " (an index is a number from 1)"), ("INDEX=0", " (an index is a number from 1)"),
    ("UUID=", " (the name is empty)"), ("LABEL=", " (the name is empty)"), ("SERIAL=", " (the name is empty)"),
    ("/dev/vda", " (what Linux calls a disk is not known here: say INDEX=N)"),
])
def test_a_name_that_no_disk_has_is_told_with_what_may_be_meant(guest, entries, name, hint):
    told = entries("--set", f"disk={name}", guest("a.img"))[1]
    assert (f"the host's disk={name} (the command line) matches no disk{hint}; Partless boots no other by itself\n"
            in told)


@pytest.mark.parametrize("name", ["LABEL=guest", "guest", f"UUID={UUID}", UUID])
def test_a_name_that_two_disks_have_is_told(guest, entries, name):
    disks = [guest(f, "root=/dev/vda", uuid=UUID, label="guest") for f in ("a.img", "b.img")]
    said = (f"the host names the disk '{name}' (the command line), and {disks[0]} and {disks[1]} both have that name: "
            "say disk=INDEX=1 or disk=INDEX=2\n")
    assert said in entries("--set", f"disk={name}", *disks)[1]
    assert "both have that name" not in entries("--set", f"disk={name}", disks[0])[1]


def test_all_that_lies_on_a_disk_has_its_index(guest, entries, tmp_path):
    whole = tmp_path / "whole.img"
    run("truncate", "-s", "80M", whole)
    subprocess.run(["sfdisk", "-q", whole], input="label: gpt\n2048,32M\n,32M\n", text=True, check=True)
    for number, seek in ((1, 1), (2, 33)):
        run("dd", f"if={guest(f'{number}.img')}", f"of={whole}", "bs=1M", f"seek={seek}", "conv=notrunc,sparse")
    menu, told = entries("--set", "disk=INDEX=1", whole)
    assert len(menu) == 2 and "both have that name" not in told


@pytest.mark.parametrize("path, menu", [
    ("/boot/grub/grub.cfg", "search --no-floppy --fs-uuid --set=root --hint-efi=hd0 {uuid}\n"
                            "menuentry A {{\nlinux /k\n}}\n"),
    ("/boot/grub/grub.cfg", "search --label --set=root copied\nmenuentry A {{\nlinux /k\n}}\n"),
    ("/boot/grub/grub.cfg", "search.fs_uuid {uuid} root\nmenuentry A {{\nlinux /k\n}}\n"),
    ("/boot/grub/menu.lst", "title A\nuuid {uuid}\nkernel /k\n"),
])
@pytest.mark.parametrize("index", [1, 2])
def test_of_two_copies_the_kernel_is_that_of_the_disk_that_was_named(image, partless, path, menu, index):
    files = ROOT | FILES | {path: menu.format(uuid=UUID)}
    disks = [image(name, files, uuid=UUID, label="copied") for name in ("a.img", "b.img")]
    told = subprocess.run([partless, "entries", "--set", f"disk=INDEX={index}", *disks], capture_output=True,
                          text=True, timeout=60, check=False).stdout
    assert [line.split()[1] for line in told.splitlines() if line.split()[0] == "disk"] == [
        str(disks[index - 1]), str(disks[2 - index])]


def test_a_file_system_on_the_scripts_own_disk_goes_before_a_copy_of_it(image, partless, tmp_path):
    """/boot and the root in partitions, twice."""
    boot = image("boot.img", FILES | {"/grub/grub.cfg": f"search --fs-uuid --set=root {UUID}\n"
                                                        "menuentry A {\nlinux /k\n}\n"}, size="16M")
    root = image("root.img", ROOT | FILES, uuid=UUID, size="16M")
    disks = [tmp_path / name for name in ("one.img", "two.img")]
    for disk in disks:
        run("truncate", "-s", "40M", disk)
        subprocess.run(["sfdisk", "-q", disk], input="label: gpt\n2048,16M\n,16M\n", text=True, check=True)
        run("dd", f"if={boot}", f"of={disk}", "bs=1M", "seek=1", "conv=notrunc")
        run("dd", f"if={root}", f"of={disk}", "bs=1M", "seek=17", "conv=notrunc")
    told = subprocess.run([partless, "entries", "--set", "disk=INDEX=2", *disks], capture_output=True, text=True,
                          timeout=60, check=False)
    lines = [line.split()[1] for line in told.stdout.splitlines() if line.split()[0] in ("disk", "options")]
    assert lines[:2] == ["root=/dev/vdb2", f"{disks[1]}#2"]


def test_a_kernel_that_a_script_takes_from_a_disk_that_was_not_named_is_told(image, entries):
    files = ROOT | FILES | {"/boot/grub/grub.cfg": "set root=hd0\nmenuentry A {\nlinux /k root=LABEL=a\n}\n"}
    disks = [image("a.img", files, label="a"), image("b.img", files)]
    said = f"'A' of {disks[1]} has its kernel on {disks[0]}, which the host does not name"
    assert said in entries("--set", "disk=INDEX=2", *disks)[1]
    assert "has its kernel" not in entries("--set", "disk=INDEX=1", *disks)[1] + entries(*disks)[1]


def test_an_entry_of_another_disks_menu_says_so(image, partless):
    menu = image("menu.img", {"/boot/grub/grub.cfg": "menuentry A { linux (hd1)/k root=/dev/vdb\n}\n"})
    kernel = image("kernel.img", FILES)
    told = run(partless, "entries", menu, kernel).stdout
    assert f"    disk     {kernel}\n    from     /boot/grub/grub.cfg:1 on {menu}\n" in told
