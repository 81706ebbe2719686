"""What the guest gets: its own kernel, the options as written, the initrds as named."""

import pytest

import guest
from guest import INITRD, OPTIONS, entry
from processors import BOTH

MAIN = "the demo guest's own initrd"


@BOTH
def test_kernel_initrd_and_options_arrive(boot, images, base):
    words = OPTIONS + " one=1 'two  words' last"
    machine = boot(images.guest("timeout 1\n" + entry("Guest", words)))
    facts = machine.guest()
    machine.ends()
    assert facts["cmdline"] == words
    assert facts["initrd"] == [MAIN]
    assert facts["root"] == "/dev/vda ext4 ro"
    assert facts["kernel"].encode() in (base / "boot/vmlinuz").read_bytes()


def test_several_initrds_arrive_together(boot, images):
    files = {"/boot/odd.img": guest.odd_initrd("05-odd", "the odd one"),
             "/boot/last.img": guest.initrd("20-last", "the last one")}
    menu = entry("Guest", initrd=["/boot/odd.img", INITRD, "/boot/last.img"])
    machine = boot(images.guest("timeout 1\n" + menu, files))
    assert machine.guest()["initrd"] == ["the odd one", MAIN, "the last one"]
    machine.ends()


def test_without_an_initrd_the_kernel_mounts_its_root_itself(boot, images):
    words = OPTIONS.replace("LABEL=guest", "/dev/nvme0n1")  # the driver is built in
    menu = "timeout 1\n" + entry("Guest", words, initrd=None)
    machine = boot((images.guest(menu), "nvme"))
    facts = machine.guest()
    machine.ends()
    assert facts["cmdline"] == words
    assert facts["initrd"] == []


@pytest.mark.trial
@pytest.mark.parametrize("suite", ["trixie", "sid"])
def test_the_kernel_of_a_later_release_boots(boot, root, build, tmp_path, processor, suite):
    tree = guest.tree_for(processor, root, build, suite)
    machine = boot(guest.Images(tree, tmp_path).guest("timeout 1\n" + entry("Guest"), size="96M"), timeout=180)
    facts = machine.guest()
    machine.ends()
    assert facts["initrd"] == [MAIN]
    assert facts["root"] == "/dev/vda ext4 ro"


def test_a_kernel_without_initrd_and_driver_says_so_itself(boot, images):
    menu = "timeout 1\n" + entry("Guest", OPTIONS.replace("LABEL=guest", "/dev/vda"), initrd=None)
    machine = boot(images.guest(menu))
    machine.expect("Unable to mount root fs")
    machine.ends()


@pytest.mark.parametrize("options", ["-O ^has_journal -b 1024", "-O meta_bg,^resize_inode -b 2048",
                                     "-O ^extent,^64bit,^metadata_csum,^flex_bg -I 128"])
def test_other_shapes_of_file_system_boot(boot, images, options):
    machine = boot(images.guest("timeout 1\n" + entry("Guest"), mke2fs=options.split()))
    assert machine.guest()["initrd"] == [MAIN]
    machine.ends()


def test_paths_follow_symlinks_as_in_the_guest(boot, images):
    menu = "timeout 1\n" + entry("Guest", linux="/vmlinuz", initrd="/initrd.img")
    links = {"/vmlinuz": "boot/vmlinuz", "/initrd.img": "/boot/initrd.img"}
    machine = boot(images.guest(menu, links=links))
    assert machine.guest()["initrd"] == [MAIN]
    machine.ends()


def test_the_hosts_own_menu_decides_the_timeout(boot, images, host):
    (host / "partless.conf").write_text("timeout 0\n")
    menu = "timeout 600\n" + entry("First") + entry("Second")
    machine = boot(images.guest(menu))
    machine.shows_first("guest: kernel", "Second")
    machine.ends()
