"""docs/hosts/: the pages for libvirt, typed one after the other on a Debian that was just unpacked."""

import os
import re
import subprocess
import time

import pytest

import guest
import image
from libvirtd import QEMU_CONF, WITHOUT_KVM
from processors import X86_64
from qemu import Console, Serial

BOOTS_ON = pytest.mark.parametrize("processor", [X86_64], ids=str)

PAGES = ["libvirt.md", "disks.md", "moving.md"]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n", re.M | re.S)
PASSWORD = "my secret"
IMAGES = "/var/lib/libvirt/images"

# A host in namespaces of its own. Its first process takes everything else with it when it ends.
HOST = """
set -e
mount --bind {0} {0}
mount -t proc proc {0}/proc
mount -t sysfs sysfs {0}/sys
mount --rbind /dev {0}/dev
mount -t tmpfs run {0}/run
exec chroot {0} sh -c 'while sleep 1; do :; done' # which reaps what libvirt leaves
"""


class Host:
    """A Debian in the directory TREE, with the sources in /root/partless."""

    def __init__(self, tree, log):
        self.log = log
        self.process = subprocess.Popen(["unshare", "--mount", "--pid", "--fork", "--kill-child",
                                         "sh", "-c", HOST.format(tree)])
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        for _ in range(100):
            time.sleep(0.1)
            with open(children) as file:
                pid = file.read().strip()
            if pid and os.path.realpath(f"/proc/{pid}/root") == str(tree):
                break
        self.enter = ["-t", pid, "--mount", "--pid", "--root", "--", "env", "-C", "/root", "-i", "HOME=/root",
                      "TERM=xterm", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
                      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]

    def type(self, text, timeout=900):
        """Runs the lines TEXT in the sources' folder, each as if it was typed."""
        script = f"cd /root/partless\nset -e\n{text}"
        self.log.write(f"\n==== host ====\n{text}".encode())
        self.log.flush()
        done = subprocess.run(["nsenter", *self.enter, "bash", "-c", script], timeout=timeout,
                              stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        assert done.returncode == 0, f"this failed:\n{text}"

    def console(self, command, timeout=240):
        """Runs a COMMAND that shows a guest's serial line."""
        return Console(Serial("nsenter", [*self.enter, *command.split()], encoding="utf-8",
                              codec_errors="replace", timeout=timeout, echo=False))

    def start_libvirtd(self):
        """As systemd would, but without KVM, and with a network that ends in here."""
        conf = "".join(f"{line}\n" for line in QEMU_CONF.splitlines() if "security" not in line)
        self.type(f"cat >>/etc/libvirt/qemu.conf <<'END'\n{conf}security_driver = \"none\"\nEND\n"
                  "mkdir -p /run/libvirt /run/lock\n"
                  "sed -i \"s/<domain type='kvm'>/<domain type='qemu'>/\" /usr/share/doc/partless/examples/*\n")
        script = "set -e\n" + WITHOUT_KVM.format("/root/dev") + "exec libvirtd"
        subprocess.Popen(["nsenter", *self.enter, "unshare", "--mount", "--net", "sh", "-c", script],
                         stdout=self.log, stderr=self.log)
        self.type("for i in $(seq 100); do virsh list >/dev/null 2>&1 && exit; sleep 0.3; done; exit 1")

    def stop(self):
        """Ends the host and all that runs in it."""
        self.process.kill()
        self.process.wait()


def log_in(console):
    console.expect("login: ")
    console.send("root\r")
    console.expect("Password: ")
    console.send(PASSWORD + "\r")
    console.expect("# $")
    # The prompt may come before the driver of the power button, which `virsh shutdown` presses.
    console.send("systemctl is-system-running --wait; udevadm settle; echo 'all'\" is up\"\r")
    console.expect("all is up\n", timeout=300)
    console.expect("# $")


def run_in_guest(console, text):
    for line in text.splitlines():
        console.send(f"{line} && echo 'it'\" worked\"\r")
        console.expect("it worked\n")
        console.expect("# $")


# What the page takes for granted, by the first line that does.
OLD = f"""
truncate -s 4G old.img
apt-get install -y --no-install-recommends fdisk >/dev/null
printf 'label: gpt\\n2048,3G,L\\n,,U\\n' | sfdisk -q old.img
dd if={IMAGES}/restored.img of=old.img bs=1M seek=1 status=none conv=sparse,notrunc
"""
XEN = f"""
cp --sparse=always {IMAGES}/restored.img xen.img
mount -o loop xen.img /mnt
mkdir -p /mnt/boot/grub
kernel=$(readlink /mnt/vmlinuz) initrd=$(readlink /mnt/initrd.img)
rm /mnt/etc/kernel/cmdline
echo '/dev/xvda1 / ext4 errors=remount-ro 0 1' >/mnt/etc/fstab
cat >/mnt/boot/grub/menu.lst <<END
default 0
timeout 1
# kopt=root=/dev/xvda1 ro
title Debian on Xen
root (hd0,0)
kernel /$kernel root=/dev/xvda1 ro console=hvc0
initrd /$initrd
END
umount /mnt
"""
DIRECT = f"""
cp --sparse=always {IMAGES}/restored.img direct.img
mount -o loop direct.img /mnt
cp /mnt/vmlinuz vmlinuz
cp /mnt/initrd.img initrd.img
rm -r /mnt/boot/* /mnt/vmlinuz* /mnt/initrd.img* /mnt/etc/kernel/cmdline
umount /mnt
"""
RHEL_FSTAB = """
# /etc/fstab
/dev/mapper/rhel-root   /                       xfs     defaults        0 0
UUID=0b0d3a5c-4c5d-4d4d-9a55-3f0b4a3a9c11 /boot xfs     defaults        0 0
UUID=1A2B-3C4D          /boot/efi               vfat    umask=0077,shortname=winnt 0 2
/dev/mapper/rhel-swap   none                    swap    defaults        0 0
"""
RHEL_OPTIONS = "root=/dev/mapper/rhel-root ro resume=/dev/mapper/rhel-swap rd.lvm.lv=rhel/root rd.lvm.lv=rhel/swap MORE"
RHEL_ENTRY = f"""title Red Hat Enterprise Linux (VERSION) 9.5 (Plow)
version VERSION
linux /vmlinuz-VERSION
initrd /initramfs-VERSION.img $tuned_initrd
options {RHEL_OPTIONS} $tuned_params
grub_users $grub_users
grub_arg --unrestricted
grub_class rhel
"""
RHEL_MENU = """load_env
set default="${saved_entry}"
set timeout=1
search --no-floppy --fs-uuid --set=root 0b0d3a5c-4c5d-4d4d-9a55-3f0b4a3a9c11
insmod blscfg
blscfg
"""
MACHINE = "0123456789abcdef0123456789abcdef"
RHEL_ID = f"{MACHINE}-5.14.0-427.el9.x86_64"  # the default, by `grubby --set-default`


def rhel(kernel, initrd, more, tree=""):
    """Makes rhel.img, as its installer leaves it but for LVM: /boot, with the files KERNEL and INITRD, and a root with
    what is in TREE. MORE are further options."""
    entries = "".join(f"""cat >/mnt/loader/entries/{MACHINE}-{version}.conf <<'END'
{RHEL_ENTRY.replace("VERSION", version).replace("MORE", more)}END
cp {kernel} /mnt/vmlinuz-{version}
cp {initrd} /mnt/initramfs-{version}.img
""" for version in ["5.14.0-427.el9.x86_64", "5.14.0-503.el9.x86_64"])
    return f"""
truncate -s 1200M rhel.img
printf 'label: gpt\\n2048,64M,U\\n,400M,L\\n,,L\\n' | sfdisk -q rhel.img
truncate -s 400M rhel-boot.part
mkfs.xfs -q -m uuid=0b0d3a5c-4c5d-4d4d-9a55-3f0b4a3a9c11 rhel-boot.part
mount -o loop rhel-boot.part /mnt
mkdir -p /mnt/loader/entries /mnt/grub2 /mnt/efi
cat >/mnt/grub2/grub.cfg <<'END'
{RHEL_MENU}END
{{ printf '# GRUB Environment Block\\nsaved_entry={RHEL_ID}\\n'; printf '%1024s' '' | tr ' ' '#'; }} |
    head -c 1024 >/mnt/grub2/grubenv
{entries}umount /mnt
truncate -s 700M rhel-root.part
mkfs.xfs -q rhel-root.part
mount -o loop rhel-root.part /mnt
[ -z "{tree}" ] || cp -a "{tree}/." /mnt/
mkdir -p /mnt/boot /mnt/etc/kernel /mnt/etc/default
rm -rf /mnt/boot/*
cat >/mnt/etc/fstab <<'END'
{RHEL_FSTAB}END
echo 'PRETTY_NAME="Red Hat Enterprise Linux 9.5 (Plow)"' >/mnt/etc/os-release
echo '{RHEL_OPTIONS.replace("MORE", more)}' >/mnt/etc/kernel/cmdline
echo 'GRUB_CMDLINE_LINUX="{RHEL_OPTIONS.split(" ", 2)[2].replace("MORE", more)}"' >/mnt/etc/default/grub
umount /mnt
dd if=rhel-boot.part of=rhel.img bs=1M seek=65 status=none conv=sparse,notrunc
dd if=rhel-root.part of=rhel.img bs=1M seek=465 status=none conv=sparse,notrunc
rm rhel-boot.part rhel-root.part
"""


def in_host(image, *files):
    """Commands that copy FILES of the disk IMAGE here."""
    copies = "".join(f"cp -L /mnt{file} {os.path.basename(file)}\n" for file in files)
    return f"mount -o loop,ro {image} /mnt\n{copies}umount /mnt\n"


RHEL = ("apt-get install -y --no-install-recommends fdisk xfsprogs >/dev/null\n"
        + in_host(f"{IMAGES}/restored.img", "/vmlinuz", "/initrd.img") + rhel("vmlinuz", "initrd.img", "quiet"))
GRANTED = {'images=/var/lib/libvirt/images': RHEL,
           'start=$(partx -g -o START -n 1 old.img)': OLD,
           'uuid=$(blkid -o value -s UUID xen.img)': XEN,
           'mount -o loop direct.img /mnt': DIRECT}


@pytest.fixture(params=["trixie", "bookworm"])
def fresh(request, root, tmp_path):
    """A Debian 13 or 12 that was just unpacked, and the sources in it."""
    tree = tmp_path / "debian"
    subprocess.run(["debootstrap", "--variant=minbase", request.param, tree], check=True, timeout=900,
                   stdout=subprocess.DEVNULL)
    (tree / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")  # there is no systemd
    (tree / "usr/sbin/policy-rc.d").chmod(0o755)
    (tree / "root/partless").mkdir()
    subprocess.run("tar -c --exclude=./build --exclude=./.git . | tar -x --no-same-owner -C " +
                   str(tree / "root/partless"), shell=True, check=True, cwd=root)
    tmp_path.chmod(0o755)
    with open(tmp_path / "log", "w+b") as log:
        host = Host(tree, log)
        yield host
        host.stop()
        log.seek(0)
        print(log.read().decode(errors="replace")[-20000:])


@pytest.mark.trial
@pytest.mark.skipif(os.getuid() != 0, reason="the page is for root")
def test_the_hosting_guide_works_as_it_is_written(fresh, root):
    blocks = [block for page in PAGES for block in BLOCK.findall((root / "docs/hosts" / page).read_text())]
    assert len(blocks) > 20
    console = None
    try:
        for language, text in blocks:
            first = text.splitlines()[0]
            if language == "guest":
                run_in_guest(console, text)
            elif "--console" in text:
                lines = text.splitlines()
                fresh.type("\n".join(lines[:-1]))
                console = fresh.console(lines[-1])
                log_in(console)
            elif language == "sh":
                fresh.type(GRANTED.get(first, ""))
                if first.startswith("cp /usr/share/doc/partless/examples"):
                    fresh.start_libvirtd()
                if first.startswith("virsh shutdown"):  # its last words have to be read
                    fresh.type(first)
                    console.ends()
                    text = text[len(first):]
                fresh.type(text)
        moved_guests_boot(fresh)
    finally:
        if console:
            print(console.serial.shown[-5000:])


def moved_guests_boot(host):
    """The disks that the last sections made."""
    host.type("virsh destroy guest || :\nvirsh undefine --nvram guest")
    for image in [f"{IMAGES}/moved.img", "xen.img", "direct.img"]:
        host.type(f"mv {image} {IMAGES}/last.img\n"
                  "sed 's/guest.img/last.img/' /usr/share/doc/partless/examples/directory-q35-auto.xml >last.xml\n"
                  "virsh define last.xml")
        console = host.console("virsh start guest --console")
        try:
            log_in(console)
        finally:
            print(console.serial.shown[-3000:])
        host.type(f"virsh destroy guest\nvirsh undefine --nvram guest; rm {IMAGES}/last.img")


def test_apparmor_takes_the_rules(root):
    block, = [text for _, text in BLOCK.findall((root / "docs/hosts/libvirt.md").read_text()) if "apparmor.d" in text]
    rules = block.split("<<'END'\n")[1].split("END\n")[0]
    assert parsed(rules)
    assert not parsed(rules.replace(" r,", " r", 1))


def parsed(rules):
    command = ["apparmor_parser", "--skip-kernel-load", "--skip-cache"]
    return subprocess.run(command, input=f"profile partless-test {{\n{rules}}}\n", text=True,
                          capture_output=True).returncode == 0


@pytest.fixture
def types(build, tmp_path):
    """types(TEXT) types it in an empty directory, as root, with a /mnt and libvirt's directory of its own; what it
    says."""
    for name in ["images", "mnt", "work"]:
        (tmp_path / name).mkdir()
    path = f"{build}:{os.environ['PATH']}:/usr/sbin:/sbin"

    def types(text):
        own = text.replace(IMAGES, str(tmp_path / "images")).replace("/mnt", str(tmp_path / "mnt"))
        done = subprocess.run(["unshare", "--mount", "--propagation", "private", "bash", "-ec", own], text=True,
                              cwd=tmp_path / "work", env={**os.environ, "PATH": path}, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=120)
        print(done.stdout)
        assert done.returncode == 0, f"this failed:\n{text}"
        return done.stdout
    return types


@pytest.fixture
def rhel_blocks(root):
    """What the page has about guests of RHEL: the copying, the changes, and the way to one disk."""
    text = (root / "docs/hosts/moving.md").read_text().split("## From RHEL and its kin\n")[1].split("\n## ")[0]
    blocks = [text for language, text in BLOCK.findall(text) if language == "sh"]
    assert len(blocks) == 3
    return blocks


@pytest.mark.skipif(os.getuid() != 0, reason="the page is for root")
def test_a_guest_of_rhel_moves_as_the_page_says(root, build, boot, types, rhel_blocks, tmp_path, processor):
    copying, changes, one_disk = rhel_blocks
    tree = guest.xfs_tree(processor, root, build)
    types(rhel(tree / "boot/vmlinuz", tree / "boot/initrd.img", "console=ttyS0 quiet panic=-1 no_timer_check "
               "partless.test=poweroff", tree))
    types(copying)
    disks = [tmp_path / f"images/rhel-{name}.img" for name in ["root", "boot"]]
    before = label(types, disks[0], write=True)
    said = types(changes)
    uuid = subprocess.run(["blkid", "-o", "value", "-s", "UUID", disks[0]], capture_output=True, text=True,
                          check=True).stdout.strip()
    assert "It would boot 'Red Hat Enterprise Linux (5.14.0-427.el9.x86_64) 9.5 (Plow)'." in said
    assert "partless:" not in said
    mounts = [line.split()[:2] for line in cat(disks[0], "/etc/fstab").splitlines() if line and line[0] != "#"]
    assert mounts == [[f"UUID={uuid}", "/"], ["UUID=0b0d3a5c-4c5d-4d4d-9a55-3f0b4a3a9c11", "/boot"]]
    assert before == label(types, disks[0])
    for text in [cat(disks[0], "/etc/kernel/cmdline"), cat(disks[1], f"/loader/entries/{RHEL_ID}.conf")]:
        assert f"root=UUID={uuid} ro console=ttyS0" in text
    assert cat(disks[0], "/etc/default/grub").startswith('GRUB_CMDLINE_LINUX=" console=ttyS0')
    said = types(one_disk)
    assert "It would boot 'Red Hat Enterprise Linux (5.14.0-427.el9.x86_64) 9.5 (Plow)'." in said
    for attached in [disks, [tmp_path / "work/one.img"]]:
        machine = boot(*attached, changes=True)
        facts = machine.guest()
        machine.ends()
        assert facts["root"] == "/dev/vda xfs ro" and f"root=UUID={uuid}" in facts["cmdline"]


def cat(disk, path):
    return image.partless("cat", disk, path).stdout.decode()


def label(types, disk, write=False):
    """The SELinux label of its /etc/fstab, which is given to it first where it is to WRITE."""
    give = "os.setxattr(f, n, b'system_u:object_r:etc_t:s0')" if write else ""
    return types(f"mount -o loop {disk} /mnt\npython3 -c \"import os\nf, n = '/mnt/etc/fstab', 'security.selinux'\n"
                 f"{give}\nprint(os.getxattr(f, n))\"\numount /mnt\n")
