"""A root that only the guest can open, on a volume of LVM, with /boot beside it as a bare XFS disk of its own: what is
left of an installation of RHEL when its EFI partition is gone."""

import re
import shutil
import struct
import subprocess
import zlib

import pytest

import guest
import image
import xfs
from guest import OPTIONS
from processors import X86_64

BOOTS_ON = pytest.mark.parametrize("processor", [X86_64], ids=str)  # dmsetup is this machine's
UUID = "01234567-89ab-cdef-0123-456789abcdef"
GONE = "11111111-2222-4333-8444-555555555555"
DATA = 1 << 20  # where LVM puts the data of a physical volume
VERSION = "5.14.0-503.el9.x86_64"
ID = f"0123456789abcdef0123456789abcdef-{VERSION}"
OPTIONS_LVM = OPTIONS.replace("LABEL=guest", "/dev/mapper/vg-root") + " rd.lvm.lv=vg/root"
ENTRY = f"""title Red Hat Enterprise Linux ({VERSION}) 9.5 (Plow)
version {VERSION}
linux /vmlinuz-{VERSION}
initrd /initramfs-{VERSION}.img $tuned_initrd
options $kernelopts $tuned_params
id rhel-20241009115834-{VERSION}
grub_users $grub_users
grub_arg --unrestricted
grub_class rhel
"""
GRUB = f"""set timeout=1
if [ -s $prefix/grubenv ]; then
  load_env
fi
search --no-floppy --fs-uuid --set=boot {UUID}
if [ -z "${{kernelopts}}" ]; then
  set kernelopts="{OPTIONS_LVM} "
fi
insmod blscfg
blscfg
"""
BLOCK = "# GRUB Environment Block\n"
MENUS = {"grub.cfg": {"grub2/grub.cfg": GRUB},
         "entries alone": {"grub2/grubenv": f"{BLOCK}kernelopts={OPTIONS_LVM}\n".ljust(1024, "#")}}


@pytest.fixture
def base(root, build, processor):
    return guest.base_tree(root, build, f"guest-lvm-{processor}", kernel=f"kernel-lvm-{processor}",
                           arguments=[processor.kernel, "virtio_pci virtio_blk xfs dm-mod"])


def label(size):
    """The label of a physical volume of SIZE bytes (lib/format_text/layout.h), without metadata behind it."""
    header = b"A" * 32 + struct.pack("<QQQQQ", size, DATA, 0, 0, 0) + bytes(16)
    sector = struct.pack("<I8s", 32, b"LVM2 001") + header
    sector = sector.ljust(512 - 20, b"\0")
    crc = zlib.crc32(sector, 0xf597a6cf ^ 0xffffffff) ^ 0xffffffff
    return b"LABELONE" + struct.pack("<QI", 1, crc) + sector


@pytest.fixture
def volume(base, tmp_path):
    """A disk that is a physical volume, on which there is one logical one, with an XFS for the root."""
    inner = xfs.mkfs(tmp_path / "root.img", "-L", "root", tree=base)
    path = tmp_path / "lvm.img"
    subprocess.run(["dd", f"if={inner}", f"of={path}", "bs=1M", "seek=1", "conv=sparse", "status=none"], check=True)
    image.poke(path, 512, label(DATA + inner.stat().st_size))
    return path


def with_libraries(program):
    """A newc archive of PROGRAM, which is not static, and of what it needs."""
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    members, folders = [], set()
    for path in [program, *re.findall(r"(/\S+) \(0x", said)]:
        parts = path.split("/")[1:-1]
        folders |= {"/".join(parts[:n]) for n in range(1, len(parts) + 1)}
        with open(path, "rb") as file:
            members.append(guest.newc(path[1:], file.read(), 0o100755))
    return b"".join([*(guest.newc(folder, b"", 0o40755) for folder in sorted(folders)), *members])


@pytest.fixture
def boot_disk(root, base, volume, tmp_path):
    """Makes the disk of /boot with FILES as its menu, for a guest that sees the volume as DEVICE."""
    program = shutil.which("dmsetup", path="/usr/sbin:/sbin")
    if program is None:
        pytest.skip("there is no dmsetup, which comes with GRUB's tools")

    def initrd(device):
        sectors = (volume.stat().st_size - DATA) // 512
        activate = (f"echo 0 {sectors} linear /dev/{device} {DATA // 512} | {program} create vg-root --noudevsync\n"
                    f"{program} mknodes --noudevsync\n")
        init, found = re.subn(r"^(?=root='' mode=ro)", activate, (root / "scripts/guest/init.initrd").read_text(),
                              flags=re.M)
        assert found == 1
        main = (base / "boot/initrd.img").read_bytes()
        return (main + bytes(-len(main) % 4) + with_libraries(program) + guest.newc("init", init.encode(), 0o100755)
                + guest.newc("TRAILER!!!", b"", 0))

    def make(files, device="vdb"):
        tree = tmp_path / "boot.tree"
        for path, text in {f"loader/entries/{ID}.conf": ENTRY, **files}.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text(text)
        shutil.copy(base / "boot/vmlinuz", tree / f"vmlinuz-{VERSION}")
        (tree / f"initramfs-{VERSION}.img").write_bytes(initrd(device))
        return xfs.mkfs(tmp_path / "boot.img", "-L", "boot", "-m", f"uuid={UUID}", tree=tree)
    return make


@pytest.mark.parametrize("menu", MENUS)
def test_a_root_on_lvm_boots_from_boot_on_xfs(boot, boot_disk, volume, menu):
    machine = boot(boot_disk(MENUS[menu]), volume, changes=True)
    facts = machine.guest()
    machine.ends()
    assert facts["root"] == "/dev/mapper/vg-root xfs ro"
    assert "root=/dev/mapper/vg-root" in facts["cmdline"]


def test_the_disk_of_the_root_may_come_first(boot, boot_disk, volume):
    machine = boot(volume, boot_disk(MENUS["grub.cfg"], "vda"), changes=True)
    facts = machine.guest()
    machine.ends()
    assert facts["root"] == "/dev/mapper/vg-root xfs ro"


def check(*disks, code=0):
    done = image.partless("check", *disks, ok=(code,))
    return (done.stdout + done.stderr).decode()


BOOTS = f"It would boot 'Red Hat Enterprise Linux ({VERSION}) 9.5 (Plow)'.\n"


def test_check_says_what_each_disk_is_for(boot_disk, volume):
    """Its messages are those of the loader's report. No disk is missing, and the root is left to the initrd."""
    disk = boot_disk(MENUS["grub.cfg"])
    said = check(disk, volume)
    assert BOOTS in said and "partless:" not in said
    alone = check(volume, code=1)
    assert f"{volume} holds a physical volume of LVM; only the guest's kernel can open it, " in alone
    assert "Partless needs /boot on a plain ext4 or XFS disk" in alone
    assert "attach the disk that holds the guest's /boot: ext2, ext3, ext4 or XFS " in alone


@pytest.mark.parametrize("named, remark", [
    ("", f"no root= was added to 'Red Hat Enterprise Linux ({VERSION}) 9.5 (Plow)': {{lvm}} holds a physical volume of "
         "LVM, which may be the root; name the root with root= in the options\n"),
    ("root= ", "has root=, which names nothing"),
    (f"root=UUID={GONE} ", f"has root=UUID={GONE}, which no disk that could be read has: it may be on {{lvm}}, which "
                           "holds a physical volume of LVM\n"),
])
def test_a_root_that_is_not_named_rightly_is_told(boot_disk, volume, named, remark):
    wrong = GRUB.replace("root=/dev/mapper/vg-root ", named).replace("rd.lvm.lv=vg/root", "")
    said = check(boot_disk({"grub2/grub.cfg": wrong}), volume)
    assert BOOTS in said and remark.format(lvm=volume) in said
