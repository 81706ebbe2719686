"""What a guest's disk may be: partitioned, another guest's, grown, in layers, of large blocks."""

import re
import subprocess

import pytest

import guest
from guest import INITRD, KERNEL, OPTIONS, entry
from processors import ONLY_X86_64
from qemu import digest

MENU = "timeout 0\n" + entry("Guest")
STAYS = OPTIONS.replace(" partless.test=poweroff", "").replace(" ro ", " rw ")


def shell(vm, command, says="done", timeout=-1):
    """Has the guest's shell carry out COMMAND, and waits until it says that it is done."""
    vm.send(f"{command} && echo {says[0]}''{says[1:]}\r")
    vm.expect(rf"\n{says}\n", timeout)


def drive(image, driver, device, **options):
    """QEMU's arguments for IMAGE, of any format, as a DEVICE."""
    more = "".join(f",{key.replace('_', '-')}={value}" for key, value in options.items())
    return ["-drive", f"if=none,id=disk,file={image},format={driver}{more}",
            *(a for d in device for a in ("-device", d))]


def partitioned(images, table):
    """A disk with /boot in its first partition and the root in its second, and GRUB's menu."""
    boot = images.directory / "boot"
    (boot / "grub").mkdir(parents=True)
    for path in (KERNEL, INITRD):
        (boot / path.rsplit("/", 1)[1]).write_bytes((images.base / path[1:]).read_bytes())
    options = OPTIONS.replace("LABEL=guest", "LABEL=inside")
    (boot / "grub/grub.cfg").write_text(f"""set timeout=0
menuentry 'In a partition' {{
    search --no-floppy --label --set=root boot
    linux /vmlinuz {options} chosen=partition
    initrd /initrd.img
}}
""")
    first = images.blank("first.img", "64M")
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", "boot", "-d", boot, first], check=True)
    second = images.guest(label="inside", name="second.img", files={KERNEL: b"", INITRD: b""})
    disk = images.blank("partitioned.img", "132M")
    subprocess.run(["sfdisk", "-q", disk], input=f"label: {table}\n2048,64M\n,64M\n", text=True, check=True)
    with open(disk, "r+b") as whole:
        for n, part in enumerate((first, second)):
            whole.seek((1 + 64 * n) << 20)
            whole.write(part.read_bytes())
            part.unlink()
    return disk


@pytest.mark.trial
@pytest.mark.parametrize("table", ["gpt", "dos"])
def test_a_partitioned_disk_boots_when_it_is_alone(boot, images, table):
    vm = boot(partitioned(images, table))
    facts = vm.guest()
    vm.ends()
    assert "chosen=partition" in facts["cmdline"]
    assert facts["root"] == "/dev/vda2 ext4 ro"


@pytest.mark.trial
@pytest.mark.parametrize("table", ["gpt", "dos"])
@pytest.mark.parametrize("bare", [0, 1])
def test_beside_a_partitioned_disk_the_bare_one_boots(boot, images, table, bare):
    disks = [partitioned(images, table)]
    disks.insert(bare, images.guest("timeout 4\n" + entry("Guest")))
    vm = boot(*disks)
    vm.says("In a partition")
    assert vm.guest()["root"] == f"/dev/vd{'ab'[bare]} ext4 ro"
    vm.ends()


@pytest.mark.trial
def test_two_guests_whose_disks_were_swapped_boot_what_they_have_now(boot, images, tmp_path, processor):
    """The firmware's variables, which stay with the machine, have the paths of its old disk."""
    machines = []
    for n in range(2):
        variables = processor.new_variables(tmp_path / f"{n}.fd")
        menu = "timeout 0\n" + entry("Guest", OPTIONS + f" disk={n}")
        machines.append((variables, images.guest(menu, name=f"{n}.img")))
    for order in ((0, 1), (1, 0)):
        for machine, disk in zip(machines, order):
            vm = boot(machines[disk][1], firmware=machine[0])
            assert f"disk={disk}" in vm.guest()["cmdline"].split()
            vm.ends()


@pytest.mark.trial
def test_of_two_disks_in_the_other_order_each_boots_its_own_root(boot, images):
    """Two disks that each name their root by label: whichever is first provides the default."""
    disks = []
    for name in ("one", "two"):
        options = OPTIONS.replace("LABEL=guest", f"LABEL={name}") + f" disk={name}"
        disks.append(images.guest("timeout 0\n" + entry(name, options), name=f"{name}.img", label=name))
    for order in ((0, 1), (1, 0)):
        vm = boot(*(disks[n] for n in order))
        facts = vm.guest()
        vm.ends()
        assert f"disk={('one', 'two')[order[0]]}" in facts["cmdline"].split()
        assert facts["root"] == "/dev/vda ext4 ro"


@pytest.mark.trial
def test_without_any_disk_the_loader_as_kernel_says_so_and_ends(direct):
    vm = direct("on-failure=poweroff")
    vm.says("no disk was found")
    vm.ends()


def resize2fs():
    """The host's resize2fs and its libraries, {path in the guest: bytes}, and its interpreter."""
    program = subprocess.run(["sh", "-c", "command -v resize2fs"], capture_output=True, text=True,
                             check=True).stdout.strip()
    libraries = re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", program], capture_output=True, text=True,
                                                          check=True).stdout)
    paths = {path: open(path, "rb").read() for path in [program, *libraries]}
    return program, next(path for path in libraries if "/ld-linux" in path), paths


@pytest.mark.trial
@ONLY_X86_64  # it runs the host's resize2fs
def test_a_disk_that_grew_while_its_guest_ran_boots_again(boot, images):
    """The kernel that boots after it lies where there was no disk before, and is in the journal."""
    program, interpreter, files = resize2fs()
    menu = "timeout 0\n" + entry("Guest", STAYS)
    disk = images.guest(menu, files, size="48M")
    vm = boot(disk, changes=True, more=["-action", "reboot=reset"])
    vm.guest()
    vm.order(("block_resize", {"device": "disk0", "size": 256 << 20}))
    shell(vm, f"chmod +x {program} {interpreter} && {program} /dev/vda")
    shell(vm, "dd if=/dev/zero of=/fill bs=1M count=60 && cp /boot/vmlinuz /boot/grown && sync")
    vm.send("sed -i 's,linux .*,linux /boot/grown,; s/quiet/quiet grown/' /boot/partless.conf; sync;"
            " reboot -f\r")
    facts = vm.guest()
    assert "grown" in facts["cmdline"].split()
    vm.stop()
    told = subprocess.run(["debugfs", "-R", "bmap /boot/grown 0", disk], capture_output=True, text=True,
                          check=True).stdout
    size = int(re.search(r"Block size: +(\d+)", subprocess.run(["dumpe2fs", "-h", disk], capture_output=True,
                                                              text=True, check=True).stdout)[1])
    assert int(told) * size > 48 << 20


@pytest.mark.trial
def test_a_qcow2_with_a_backing_file_boots_what_lies_on_top(boot, images, tmp_path):
    base = images.guest("timeout 0\n" + entry("Guest", STAYS), size="96M")
    before = digest(base)
    layer = tmp_path / "layer.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", "raw", layer], check=True)
    more = drive(layer, "qcow2", ["virtio-blk-pci,drive=disk"])
    vm = boot(more=more)
    vm.guest()
    shell(vm, "sed -i 's/quiet/quiet layer partless.test=poweroff/' /boot/partless.conf"
              " && cp /boot/vmlinuz /boot/new && mv /boot/new /boot/vmlinuz && sync")
    vm.stop()
    vm = boot(more=more)
    assert "layer" in vm.guest()["cmdline"].split()
    vm.ends()
    assert digest(base) == before


LARGE = "logical_block_size=4096,physical_block_size=4096"
LARGE_BLOCKS = {
    "virtio": [f"virtio-blk-pci,drive=disk,{LARGE}"],
    "scsi": ["virtio-scsi-pci,id=bus", f"scsi-hd,bus=bus.0,drive=disk,{LARGE}"],
    "nvme": ["nvme,serial=1,id=bus", f"nvme-ns,bus=bus,drive=disk,{LARGE}"],
}


@pytest.mark.trial
@pytest.mark.parametrize("bus", LARGE_BLOCKS)
def test_a_disk_of_4096_byte_blocks_boots(boot, images, bus):
    disk = images.guest(MENU, mke2fs=["-b", "4096"])
    vm = boot(more=drive(disk, "raw", LARGE_BLOCKS[bus]))
    assert vm.guest()["root"].endswith("ext4 ro")
    vm.ends()


# Debian's kernel for machines of any kind: the cloud kernel has no driver for SATA and USB.
GENERAL = ("linux-image-amd64", "virtio_pci virtio_blk virtio_scsi nvme ahci xhci-pci ehci-pci uhci-hcd"
                                " usb-storage uas sd_mod crc32c_generic ext4")


@pytest.mark.trial
@pytest.mark.parametrize("bus, usb", [("virtio", "xhci"), ("scsi", "xhci"), ("nvme", "xhci"), ("ahci", "xhci"),
                                      ("usb", "xhci"), ("usb", "ehci"), ("usb", "uhci")])
@ONLY_X86_64
def test_the_root_disk_may_be_on_any_bus(boot, root, build, tmp_path, bus, usb):
    """The kernel that the loader read from it mounts it."""
    tree = guest.base_tree(root, build, "guest-general", kernel="kernel-general", arguments=GENERAL)
    disk = guest.Images(tree, tmp_path).guest(MENU, size="96M")
    vm = boot((disk, bus), machine="q35", usb=usb, timeout=180)
    expected = {"virtio": "vda", "nvme": "nvme0n1"}.get(bus, r"sd[ab]")
    assert re.fullmatch(f"/dev/{expected} ext4 ro", vm.guest()["root"])
    vm.ends()


def test_a_file_system_whose_blocks_are_smaller_than_the_disks_is_refused(boot, images):
    """Linux could not mount it: 'EXT4-fs: bad block size 1024'."""
    small = images.guest(MENU, label="small", name="small.img", mke2fs=["-b", "1024"])
    vm = boot(images.guest("timeout 6\n" + entry("Guest")),
              more=drive(small, "raw", LARGE_BLOCKS["virtio"]))
    vm.says("the file system has blocks of 1024 bytes and the disk of 4096, so that Linux cannot mount it: "
            "let the host give the disk blocks of 512 bytes")
    assert vm.guest()["root"] == "/dev/vda ext4 ro"
    vm.ends()


def test_what_is_read_ahead_may_be_unreadable(boot, images, host, tmp_path):
    """Behind the superblock and the group descriptors lie blocks that only resize2fs wants."""
    errors = tmp_path / "errors"
    errors.write_text('[inject-error]\nevent = "read_aio"\nsector = "24"\nerrno = "5"\nonce = "on"\n')
    (host / "partless.conf").write_text("log console\n")
    disk = images.guest(MENU)
    vm = boot(more=drive(f"blkdebug:{errors}:{disk}", "raw", ["virtio-blk-pci,drive=disk"]))
    vm.guest()
    vm.ends()
    shown = vm.stop()
    # What is asked for first, XFS's magic number, is read again without what follows it.
    assert 'requests=3 read=' in next(line for line in shown.splitlines() if line.startswith("partless: disk "))
    assert "bytes at byte" not in shown
