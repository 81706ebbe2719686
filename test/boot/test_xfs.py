"""Guests whose root is XFS. Linux writes to its log even when it mounts it read-only: hence changes=True."""

import os
import shutil
import subprocess

import pytest

import guest
import image
import xfs
from guest import INITRD, KERNEL, OPTIONS, entry
from test_crash import MARK, NEW, OLD, kill_upgraded, upgrade

UUID = "01234567-89ab-cdef-0123-456789abcdef"
GRUB = f"""
search --no-floppy --fs-uuid --set=root {UUID}
menuentry 'Found by its UUID' {{
    linux {KERNEL} {OPTIONS.replace("LABEL=guest", f"UUID={UUID}")}
    initrd {INITRD}
}}
"""


@pytest.fixture
def base(root, build, processor):
    return guest.xfs_tree(processor, root, build)


@pytest.fixture
def disk(base, tmp_path):
    """Makes the root disk of a guest with further FILES."""
    def make(files, *options, size="160m"):
        tree = tmp_path / "guest.tree"
        shutil.copytree(base, tree, symlinks=True, copy_function=os.link)
        for path, text in files.items():
            target = tree / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)  # what is there is a link to the file of all guests
            target.write_bytes(text if isinstance(text, bytes) else text.encode())
        xfs.mkfs(tmp_path / "guest.img", "-L", "guest", "-m", f"uuid={UUID}", *options, tree=tree, size=size)
        shutil.rmtree(tree)
        return tmp_path / "guest.img"
    return make


@pytest.mark.parametrize("options", [[], ["-b", "size=1024", "-i", "size=512,nrext64=1", "-n", "size=8192"]],
                         ids=["default", "small-blocks"])
def test_a_guest_on_xfs_boots(boot, disk, options):
    machine = boot(disk({"/boot/partless.conf": "timeout 1\n" + entry("On XFS")}, *options), changes=True)
    facts = machine.guest()
    machine.ends()
    assert facts["root"] == "/dev/vda xfs ro"
    assert facts["initrd"] == ["the demo guest's own initrd"]


def test_grub_finds_it_by_its_uuid(boot, disk, processor):
    image_path = disk({"/boot/grub/grub.cfg": GRUB})
    assert "Found by its UUID" in image.partless("check", "--arch", processor.name, image_path).stdout.decode()
    machine = boot(image_path, changes=True)
    facts = machine.guest()
    machine.ends()
    assert facts["root"] == "/dev/vda xfs ro" and f"root=UUID={UUID}" in facts["cmdline"]


def test_the_root_is_added_where_the_options_have_none(boot, disk):
    options = OPTIONS.replace("root=LABEL=guest ro ", "")
    machine = boot(disk({"/boot/partless.conf": "timeout 1\n" + entry("No root", options),
                         "/etc/fstab": f"UUID={UUID} / xfs defaults 0 0\n"}), changes=True)
    facts = machine.guest()
    machine.ends()
    assert facts["root"] == "/dev/vda xfs ro" and f"root=UUID={UUID}" in facts["cmdline"]


def test_an_upgrade_survives_that_the_guest_is_killed(boot, disk, base):
    """Everything newer than the last clean unmount lies in the log alone, put there by a real kernel."""
    path = disk({"/boot/partless.conf": OLD, **upgrade(base)}, size="300m")
    kill_upgraded(boot, path)
    assert xfs.log_state(path) == "DIRTY"
    names = xfs.db(path, "ls /boot")
    assert "obsolete" in names and "extra" not in names  # without the log there is no upgrade
    assert image.partless("cat", path, "/boot/partless.conf", program=image.ASAN).stdout == NEW.encode()
    machine = boot(path, changes=True, timeout=120)
    facts = machine.guest()
    machine.ends()
    assert "menu=new" in facts["cmdline"]
    assert MARK in facts["initrd"]


def test_a_disk_that_cannot_be_read_is_told_in_the_menu(boot, disk):
    path = disk({"/boot/partless.conf": "timeout 1\n" + entry("Never read")})
    subprocess.run(["truncate", "-s", "100M", path], check=True)
    machine = boot(path)
    machine.says("cannot open its file system (XFS)")
    machine.says("the image was cut short")


@pytest.mark.skipif(os.getuid() != 0, reason="partless-mkguest mounts XFS as root")
def test_what_mkguest_makes_boots(boot, root, build, base, tmp_path, processor):
    path = {**os.environ, "PATH": f"{build}:{os.environ['PATH']}"}
    subprocess.run([root / "scripts/mkguest", "--fs", "xfs", "--directory", base, "--size=300M", "--label=guest",
                    "--arch", processor.name, "--options", OPTIONS, "guest.img"],
                   cwd=tmp_path, env=path, check=True, timeout=120)
    machine = boot(tmp_path / "guest.img", changes=True)
    facts = machine.guest()
    machine.ends()
    assert facts["root"] == "/dev/vda xfs ro"
