"""`partless doctor`: a good domain has no findings, and each edit that breaks it has its own."""

import json
import os
import re
import shutil
import struct
import subprocess
import time
import uuid

import pytest

import varstore
from disk import kernel, make_disk
from processors import AARCH64, OWN, X86_64

pytestmark = pytest.mark.skipif(OWN is not X86_64, reason="the domains are for a host with x86-64")

DIRECTORY = "var/lib/partless/boot"
IMAGE = "var/lib/libvirt/images/guest.img"
RULES = "/var/lib/partless/boot/ r,\n/var/lib/partless/boot/** r,\n/etc/partless/** r,\n"
EFI_GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c")
PASSWD = "root:x:0:0::/root:/bin/sh\nlibvirt-qemu:x:64055:107::/var/lib/libvirt:/bin/false\n"
FIRMWARE = ["usr/share/OVMF/OVMF_CODE_4M.fd", "usr/share/OVMF/OVMF_CODE_4M.secboot.fd", "usr/share/ovmf/OVMF.fd",
            "usr/share/AAVMF/AAVMF_CODE.fd"]


class Host:
    """The files of a host, below a directory of the test's own."""

    def __init__(self, top, partless):
        self.top, self.partless = top, partless

    def path(self, name):
        return self.top / name.lstrip("/")

    def write(self, name, content=b""):
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(0o644)
        return path

    def run(self, what, *options, given="", path=None):
        environment = {**os.environ, "PATH": path or os.environ["PATH"]}
        return subprocess.run([self.partless, "doctor", "--sysroot", self.top, *options, what], input=given, text=True,
                              capture_output=True, timeout=60, env=environment, check=False)

    def doctor(self, xml):
        """The exit code and what was found in XML: {code: finding}."""
        done = self.run("-", "--json", given=xml)
        assert done.stderr == "" or done.stderr.startswith("partless: "), done.stderr
        said = json.loads(done.stdout)
        assert {"yes": 0, "no": 1, "unknown": 2}[said["verdict"]] == done.returncode
        return done.returncode, {finding["code"]: finding for finding in said["findings"]}


@pytest.fixture
def host(tmp_path, build, partless):
    """A host as it should be: firmware, loaders, QEMU's user, and a guest's disk."""
    os.umask(0o022)
    top = tmp_path / "host"
    host = Host(top, partless)
    host.write("etc/passwd", PASSWD)
    host.write("etc/group", "kvm:x:107:\n")
    host.write("dev/kvm")
    host.write("etc/partless/partless.conf", "timeout 5\n")
    for name in FIRMWARE:
        host.write(name)
    for processor in (X86_64, AARCH64):
        host.write(f"{DIRECTORY}/EFI/BOOT/{processor.loader}", (build / processor.loader).read_bytes())
    host.path(f"{DIRECTORY}/partless.conf").symlink_to("/etc/partless/partless.conf")
    host.write(IMAGE)
    disk(host, X86_64)
    return host


def disk(host, processor, name=IMAGE):
    make_disk(host.path(name), {
        "/boot/partless.conf": f"title A\nlinux /k\noptions ro console={processor.serial}\n", "/k": kernel(processor),
        "/etc/fstab": "", "/etc/os-release": 'PRETTY_NAME="Debian 12"\n'})


VDZ = "dev='vdz' bus='virtio'"  # of the loader's disk


def example(root, name, *edits):
    """The text of an example, with EDITS: pairs of a text that is there once and what takes its place."""
    text = (root / f"docs/examples/{name}.xml").read_text()
    for there, instead in edits:
        assert text.count(there) == 1, there
        text = text.replace(there, instead)
    return text


def good(root, *edits):
    return example(root, "directory-q35-auto", *edits)


EXAMPLES = ["directory-pc-bios", "directory-pc-pflash", "directory-q35-auto", "directory-q35-bios",
            "directory-q35-pflash", "kernel-pc-bios", "kernel-q35-pflash", "directory-virt-auto",
            "directory-virt-pflash", "image-q35-pflash", "iso-q35-pflash", "kernel-virt-pflash"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_no_findings(host, root, name):
    edits = []
    if "virt" in name:
        disk(host, AARCH64)
        edits = [("type='kvm'", "type='qemu'")]
    media(host, root)
    assert host.doctor(example(root, name, *edits)) == (0, {})


def media(host, root):
    """The loader's directory as an image and as a CD."""
    subprocess.run([root / "scripts/mkimage", "--directory", host.path(DIRECTORY), *(
        host.path(f"var/lib/partless/partless.{kind}") for kind in ("img", "iso"))], check=True)


ORDER = "      <boot order='1'/>\n"


@pytest.mark.parametrize("name, edits, expected", [
    ("image-q35-pflash", [("      <readonly/>\n", "")], (0, ["medium-writable"])),
    ("image-q35-pflash", [("<readonly/>", "<transient/>")], (0, ["medium-transient"])),
    ("image-q35-pflash", [(VDZ, "dev='sda' bus='sata'")], (1, ["wrong-bus"])),
    ("image-q35-pflash", [(ORDER, "")], (1, ["not-in-order"])),
    ("image-q35-pflash", [("partless.img", "none.img")], (1, ["disk-missing", "no-loader"])),
    ("iso-q35-pflash", [("partless.iso", "none.iso")], (1, ["disk-missing", "no-loader"])),
    ("iso-q35-pflash", [(ORDER, "")], (1, ["not-in-order"])),
    ("iso-q35-pflash", [(ORDER, ""), ("</type>", "</type><boot dev='cdrom'/>")], (0, [])),
    ("iso-q35-pflash", [("partless.iso", "partless.conf")], (1, ["no-loader"])),
])
def test_media_of_the_loader(host, root, name, edits, expected):
    media(host, root)
    host.write("var/lib/partless/partless.conf", "timeout 1\n")
    code, found = host.doctor(example(root, name, *edits))
    assert (code, sorted(found)) == expected


def test_the_example_of_secure_boot_has_no_findings(host, root, build, keys, tmp_path):
    key, cert = keys["own"]
    signed = host.write("var/lib/partless/boot-signed/EFI/BOOT/BOOTX64.EFI")
    subprocess.run(["sbsign", "--key", key, "--cert", cert, "--output", signed, build / "x86_64/partless.efi"],
                   check=True, capture_output=True)
    host.write("var/lib/partless/secure_VARS.fd", varstore.flash(varstore.variable("PK", b"x", vendor=EFI_GLOBAL)))
    assert host.doctor(example(root, "secure-q35-pflash")) == (0, {})
    shutil.copy(build / "BOOTX64.EFI", signed)
    code, found = host.doctor(example(root, "secure-q35-pflash"))
    assert code == 1 and list(found) == ["secure-boot"]


def test_every_example_is_examined(root):
    assert sorted([*EXAMPLES, "secure-q35-pflash"]) == sorted(path.stem for path in
                                                            (root / "docs/examples").glob("*.xml"))


DISK = """    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' discard='unmap'/>
      <source file='/var/lib/libvirt/images/guest.img'/>
      <target dev='vda' bus='virtio'/>
    </disk>
"""
LOADER_DISK = """    <disk type='dir' device='disk'>
      <driver name='qemu' type='fat'/>
      <source dir='/var/lib/partless/boot'/>
      <target dev='vdz' bus='virtio'/>
      <readonly/>
      <boot order='1'/>
    </disk>
"""
FEATURES = """    <firmware>
      <feature enabled='no' name='enrolled-keys'/>
      <feature enabled='no' name='secure-boot'/>
    </firmware>
"""
OS = "  <os firmware='efi'>\n"
SERIAL = "    <serial type='pty'/>\n    <console type='pty'/>\n"

# What is found: the exit code, words of it, and the edits of the good domain.
XML = {
    "wrong-type": (1, "type is 'xen'", [("type='kvm'", "type='xen'")]),
    "wrong-type-2": (1, "no UEFI", [(">hvm<", ">exe<")]),
    "wrong-type-3": (1, "processor 'riscv64'", [("arch='x86_64'", "arch='riscv64'")]),
    "no-kvm": (1, "the host's is x86_64", [("arch='x86_64' machine='q35'", "arch='aarch64' machine='virt'")]),
    "little-memory": (1, "it has 100 MiB", [("'MiB'>1024", "'KiB'>102400")]),
    "no-console": (0, "serial line nor a screen", [(SERIAL, "")]),
    "no-uefi": (1, "has a BIOS", [(" firmware='efi'", "")]),
    "no-uefi-2": (1, "has a BIOS", [(OS, "  <os><loader>/usr/share/seabios/bios-256k.bin</loader>")]),
    "firmware-missing": (1, "not there", [(OS, "  <os><loader>/usr/share/OVMF/none.fd</loader>")]),
    "firmware-arch": (1, "another processor", [(OS, "  <os><loader>/usr/share/AAVMF/AAVMF_CODE.fd</loader>")]),
    "secure-boot": (1, "Access Denied", [(FEATURES, ""), (OS, "  <os><loader secure='yes'>/usr/share/OVMF/OVMF_CODE_4M"
                                                              ".secboot.fd</loader><nvram template='/pk.fd'/>")]),
    "secure-boot-maybe": (0, "may choose", [(FEATURES, "")]),
    "secure-boot-maybe-2": (0, "if the firmware has keys", [
        (FEATURES, ""), (OS, "  <os><loader>/usr/share/OVMF/OVMF_CODE_4M.secboot.fd</loader>")]),
    "nvram-directory": (1, "its directory is not there", [(OS, OS + "<nvram>/nowhere/VARS.fd</nvram>")]),
    "nvram-unread": (0, "it is qcow2", [(OS, OS + "<nvram format='qcow2'>/pk.fd</nvram>")]),
    "nvram-unread-2": (0, "name the flash", [(OS, OS + f"<nvram>/{IMAGE}</nvram>")]),
    "no-loader": (1, "nothing brings the loader", [(LOADER_DISK, "")]),
    "directory-missing": (1, "no such directory", [("/partless/boot", "/partless/other")]),
    "directory-missing-2": (1, "no directory", [("/partless/boot'", "/partless/boot/EFI/BOOT/BOOTX64.EFI'")]),
    "loader-missing": (1, "has no EFI/BOOT/BOOTX64.EFI", [("/partless/boot", "/partless")]),
    "not-readonly": (1, "read-only", [("      <readonly/>\n", "")]),
    "not-fat": (1, "the type fat", [("type='fat'", "type='raw'")]),
    "wrong-bus": (1, "refuses a read-only disk on sata", [(VDZ, "dev='sda' bus='sata'")]),
    "wrong-bus-2": (1, "no directory on sd", [(VDZ, "dev='sda' bus='sd'")]),
    "no-usb": (1, "no USB controller", [(VDZ, "dev='sda' bus='usb'"),
                                         ("<devices>", "<devices><controller type='usb' model='none'/>")]),
    "no-vvfat": (1, "no directory disks", [("<devices>", "<devices><emulator>/usr/libexec/qemu-kvm</emulator>")]),
    "two-orders": (1, "beside a device's", [(OS, OS + "<boot dev='hd'/>")]),
    "not-in-order": (1, "does not start it", [("<boot order='1'/>", ""),
                                              ("'vda' bus='virtio'/>", "'vda' bus='virtio'/><boot order='2'/>")]),
    "not-in-order-2": (1, "does not start it", [(LOADER_DISK, ""), (DISK, DISK + LOADER_DISK.replace(
        "      <boot order='1'/>\n", ""))]),
    "not-in-order-3": (1, "does not start it", [("<boot order='1'/>", ""), (OS, OS + "<boot dev='cdrom'/>")]),
    "not-first": (0, "another disk before", [("<boot order='1'/>", "<boot order='3'/>"),
                                               ("'vda' bus='virtio'/>", "'vda' bus='virtio'/><boot order='2'/>")]),
    "kernel-missing": (1, "not there", [(LOADER_DISK, ""), (OS, OS + "<kernel>/boot/none</kernel>")]),
    "kernel-foreign": (1, "SBAT", [(LOADER_DISK, ""), (OS, OS + "<kernel>/k</kernel>")]),
    "kernel-foreign-2": (1, "aarch64", [(LOADER_DISK, ""), (OS, OS + f"<kernel>/{DIRECTORY}/EFI/BOOT/BOOTAA64.EFI"
                                                                     "</kernel>")]),
    "kernel-initrd": (0, "does not use it", [
        (LOADER_DISK, ""), (OS, OS + f"<kernel>/{DIRECTORY}/EFI/BOOT/BOOTX64.EFI</kernel><initrd>/k</initrd>")]),
    "two-loaders": (0, "comes twice", [(OS, OS + f"<kernel>/{DIRECTORY}/EFI/BOOT/BOOTX64.EFI</kernel>")]),
    "no-disk": (1, "reaches no disk", [(DISK, "")]),
    "disk-missing": (1, "is not there", [("guest.img", "none.img")]),
    "disk-order": (0, "there are 2 disks", [(DISK, DISK + DISK.replace("guest.img", "data.img").replace("vda", "vdb"))]),
    "disk-unit": (1, "unit 8", [("<target dev='vda' bus='virtio'/>", "<target dev='sdb' bus='scsi'/>"
                                 "<address type='drive' controller='0' bus='0' target='0' unit='8'/>")]),
    "unread": (2, "type 'network'", [("type='file'", "type='network'")]),
    "unread-2": (2, "'luks'", [("type='raw'", "type='luks'")]),
    "unread-3": (2, "encrypted", [("<target dev='vda'", "<encryption format='luks'/><target dev='vda'")]),
    "setting": (0, "smbios mode", [("<features>", "<sysinfo type='smbios'><oemStrings><entry>partless.timeout=0</entry>"
                                    "</oemStrings></sysinfo><features>")]),
    "setting-2": (0, "unknown setting 'timeot'", [
        (OS, OS + "<smbios mode='sysinfo'/>"), ("<features>", "<sysinfo type='smbios'><oemStrings><entry>partless."
                                                "timeot=0</entry></oemStrings></sysinfo><features>")]),
    "setting-3": (0, "cannot be read", [("<features>", "<sysinfo type='fwcfg'><entry name='opt/org.partless/timeout' "
                                         "file='/none'/></sysinfo><features>")]),
}


@pytest.mark.parametrize("case", XML)
def test_one_edit_of_a_good_domain_is_found(host, root, case):
    code, words, edits = XML[case]
    host.write("pk.fd", varstore.flash(varstore.variable("PK", b"x", vendor=EFI_GLOBAL)))
    host.write("k", kernel(X86_64))
    make_disk(host.path("var/lib/libvirt/images/data.img"), {"/data": ""})
    name = re.sub(r"-\d$", "", case)
    # What cannot be examined, for want of a loader or a disk, has no second finding.
    beside = {"no-kvm": {"disk-bus"}}.get(name, set())
    result, found = host.doctor(good(root, *edits))
    assert set(found) - beside == {name}
    assert words in found[name]["what"] + (found[name]["what_to_do"] or "")
    assert result == code
    severity = found[name]["severity"]
    assert severity == ("error" if code == 1 else "unknown" if code == 2 else "remark")
    if severity == "error":
        assert found[name]["what_to_do"]


@pytest.mark.parametrize("order", ["", "<boot dev='hd'/>", "<boot dev='network'/><boot dev='hd'/>"])
@pytest.mark.parametrize("target, expected", [("dev='sda' bus='usb'", (0, [])), (VDZ, (1, ["not-in-order"]))])
def test_libvirt_puts_the_first_disk_first(host, root, order, target, expected):
    code, found = host.doctor(good(root, ("      <boot order='1'/>\n", ""), (OS, OS + order), (VDZ, target)))
    assert (code, list(found)) == expected


@pytest.mark.parametrize("features", ["<feature enabled='no' name='enrolled-keys'/>",
                                      "<feature enabled='no' name='secure-boot'/>"])
def test_one_feature_is_enough_to_boot_unsigned(host, root, features):
    assert host.doctor(good(root, (FEATURES, f"<firmware>{features}</firmware>"))) == (0, {})


def test_who_may_not_look_is_told_to_be_root(host, root, partless):
    if os.getuid() != 0:
        pytest.skip("only root can become somebody else")
    for path in (host.top.parent, host.top):
        path.chmod(0o755)
    command = host.top.parent / "partless"
    shutil.copy(partless, command)

    def doctor():
        done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", command, "doctor",
                               "--sysroot", host.top, "-"], input=good(root), text=True, capture_output=True,
                              check=False)
        return done.returncode, done.stdout + done.stderr

    code, said = doctor()
    assert code == 0 and said == "boots    * A\nIt would boot 'A'.\n"
    host.path(IMAGE).chmod(0o600)
    code, said = doctor()
    assert code == 2 and "permission denied; run this as root" in said
    host.path(IMAGE).chmod(0o644)
    loader = host.path(f"{DIRECTORY}/EFI/BOOT/BOOTX64.EFI")
    os.chown(loader, 64055, 64055)
    loader.chmod(0o600)
    code, said = doctor()
    assert code == 2 and "whether this is the loader: permission denied" in said and "error" not in said
    os.chown(host.path("var/lib/partless"), 64055, 64055)
    host.path("var/lib/partless").chmod(0o700)
    code, said = doctor()
    assert code == 2 and "run this as root [unread]" in said and "error" not in said


def test_a_disk_on_sata_is_out_of_reach_on_arm(host, root):
    text = example(root, "directory-virt-auto", ("type='kvm'", "type='qemu'"),
                   ("dev='vda' bus='virtio'", "dev='sdb' bus='sata'"))
    code, found = host.doctor(text)
    assert code == 1 and set(found) == {"disk-bus"}


# Edits of the host.
def chmod(name, mode):
    return lambda host: host.path(name).chmod(mode)


HOST = {
    "no-kvm": (1, "no /dev/kvm", lambda host: host.path("dev/kvm").unlink()),
    "directory-unreadable": (1, "cannot read it", chmod(f"{DIRECTORY}/EFI/BOOT/BOOTX64.EFI", 0o600)),
    "directory-unreadable-2": (1, "cannot read it", chmod(f"{DIRECTORY}/EFI", 0o700)),
    "directory-unreadable-3": (1, "on the way", chmod("var/lib/partless", 0o700)),
    "directory-unreadable-4": (1, "cannot read it", chmod(DIRECTORY, 0o711)),
    "file-unreadable": (0, "cannot read it", chmod("etc/partless", 0o700)),
    "file-unreadable-2": (0, "cannot read it", chmod("etc/partless/partless.conf", 0o600)),
    "user-unknown": (0, "no such user", lambda host: host.write("etc/passwd", "root:x:0:0::/root:/bin/sh\n")),
    "user-unknown-2": (0, "no such user", lambda host: host.write("etc/libvirt/qemu.conf", 'user = "someone"\n')),
    "loader-missing": (1, "has no", lambda host: host.path(f"{DIRECTORY}/EFI/BOOT/BOOTX64.EFI").unlink()),
    "loader-foreign": (1, "SBAT", lambda host: host.write(f"{DIRECTORY}/EFI/BOOT/BOOTX64.EFI", kernel(X86_64))),
    "loader-foreign-2": (1, "aarch64", lambda host: shutil.copy(
        host.path(f"{DIRECTORY}/EFI/BOOT/BOOTAA64.EFI"), host.path(f"{DIRECTORY}/EFI/BOOT/BOOTX64.EFI"))),
    "disk-unreadable": (1, "on the way", chmod("var/lib/libvirt/images", 0o700)),
    "disk-unreadable-2": (1, "dynamic_ownership", lambda host: (
        host.path(IMAGE).chmod(0o600), host.write("etc/libvirt/qemu.conf", "dynamic_ownership = 0\n"))),
}


@pytest.mark.parametrize("case", HOST)
def test_one_edit_of_a_good_host_is_found(host, root, case):
    code, words, edit = HOST[case]
    edit(host)
    name = re.sub(r"-\d$", "", case)
    result, found = host.doctor(good(root))
    assert list(found) == [name] and words in found[name]["what"]
    assert result == code


def test_a_kernel_that_qemu_cannot_reach_is_found(host, root):
    host.path(f"{DIRECTORY}/EFI").chmod(0o700)
    code, found = host.doctor(example(root, "kernel-q35-pflash"))
    assert code == 1 and list(found) == ["kernel-unreadable"]
    assert found["kernel-unreadable"]["where"] == f"/{DIRECTORY}/EFI"


@pytest.mark.parametrize("edit", [
    lambda host: host.write("etc/passwd", PASSWD.replace("64055:107", "64055:0")) and host.path(DIRECTORY).chmod(0o750),
    lambda host: host.write("etc/group", "root:x:0:libvirt-qemu\n") and host.path(DIRECTORY).chmod(0o750),
    lambda host: host.write("etc/libvirt/qemu.conf", 'user = "root"\n') and host.path(DIRECTORY).chmod(0o700),
    lambda host: host.write("etc/libvirt/qemu.conf", 'user = "+0"\n') and host.path(DIRECTORY).chmod(0o700),
], ids=["group", "groups", "root", "number"])
def test_groups_and_other_users_count(host, root, edit):
    if os.getuid() != 0:
        pytest.skip("the files belong to root")
    edit(host)
    assert host.doctor(good(root)) == (0, {})


def test_an_acl_counts(host, root):
    """setfacl -m u:64055:rx, written as setfacl does."""
    entries = [(1, 7, -1), (2, 5, 64055), (4, 0, -1), (16, 5, -1), (32, 0, -1)]
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
    host.path(DIRECTORY).chmod(0o700)
    assert "directory-unreadable" in host.doctor(good(root))[1]
    try:
        os.setxattr(host.path(DIRECTORY), "system.posix_acl_access", acl)
    except OSError as error:
        pytest.skip(f"no ACLs here: {error}")
    assert host.doctor(good(root)) == (0, {})


@pytest.fixture
def apparmor(host):
    host.write("sys/module/apparmor/parameters/enabled", "Y\n")
    host.write("etc/apparmor.d/abstractions/libvirt-qemu",
               "  #include <abstractions/base>\n  include if exists <local/abstractions/libvirt-qemu>\n/dev/kvm rw,\n")
    host.write("etc/apparmor.d/local/abstractions/libvirt-qemu", RULES)
    return host


@pytest.mark.parametrize("rules", [
    RULES,
    "  owner /var/lib/partless/boot/{,**} r, # both\n/etc/partless/*.conf rk,\n",
    "r /var/lib/{partless,other}/boot/**,\nfile /var/lib/partless/boot/ r,\n/etc/partless/[a-z]*.con? mr,\n",
    '"/var/lib/partless/boot/" r, "/var/lib/partless/boot/**" r, /etc/** r,\n',
    "/** rw,\n",
])
def test_rules_of_apparmor_that_do(apparmor, root, rules):
    apparmor.write("etc/apparmor.d/local/abstractions/libvirt-qemu", rules)
    assert apparmor.doctor(good(root)) == (0, {})


@pytest.mark.parametrize("rules, code, names", [
    ("", 1, ["directory-apparmor"]),
    ("/var/lib/partless/boot/** r,\n/etc/partless/** r,", 1, ["directory-apparmor"]),
    ("/var/lib/partless/boot/ r,\n/etc/partless/** r,", 1, ["directory-apparmor"]),
    ("/var/lib/partless/boot/{,**} w,\n/etc/partless/** r,", 1, ["directory-apparmor"]),
    ("/var/lib/partless/boot/{,*} r,\n/etc/partless/** r,", 1, ["directory-apparmor"]),
    ("#/var/lib/partless/boot/{,**} r,", 1, ["directory-apparmor"]),
    ("/var/lib/partless/boot/{,**} r,", 0, ["file-apparmor"]),
    ("/** r,\ndeny /var/lib/partless/boot/EFI/** r,", 1, ["directory-apparmor"]),
])
def test_rules_of_apparmor_that_do_not(apparmor, root, rules, code, names):
    apparmor.write("etc/apparmor.d/local/abstractions/libvirt-qemu", rules)
    result, found = apparmor.doctor(good(root))
    assert (result, list(found)) == (code, names)
    rule = {"directory-apparmor": '"/var/lib/partless/boot/** r,"', "file-apparmor": '"/etc/partless/partless.conf r,"'}
    assert rule[names[0]] in found[names[0]]["what_to_do"]
    assert "/etc/apparmor.d/local/abstractions/libvirt-qemu" in found[names[0]]["what_to_do"]


def test_rules_in_the_template_of_profiles_count(apparmor, root):
    apparmor.write("etc/apparmor.d/local/abstractions/libvirt-qemu", "")
    apparmor.write("etc/apparmor.d/libvirt/TEMPLATE.qemu",
                   f"profile LIBVIRT_TEMPLATE flags=(attach_disconnected) {{\n#include <abstractions/libvirt-qemu>\n{RULES}}}\n")
    assert apparmor.doctor(good(root)) == (0, {})


@pytest.mark.parametrize("off", [
    lambda host: host.write("sys/module/apparmor/parameters/enabled", "N\n"),
    lambda host: host.write("etc/libvirt/qemu.conf", '#security_driver = "apparmor"\nsecurity_driver = "none"\n'),
    lambda host: host.path("etc/apparmor.d/abstractions/libvirt-qemu").unlink(),
], ids=["kernel", "qemu.conf", "not libvirt's"])
def test_without_apparmor_no_rules_are_wanted(apparmor, root, off):
    apparmor.write("etc/apparmor.d/local/abstractions/libvirt-qemu", "")
    off(apparmor)
    assert apparmor.doctor(good(root)) == (0, {})


@pytest.mark.parametrize("there, instead", [("/var/lib/partless/boot", "/usr/share/partless"),
                                            ("/var/lib/libvirt/images", "/etc/images")])
def test_what_virt_aa_helper_refuses_is_found(apparmor, root, there, instead):
    apparmor.write("etc/apparmor.d/local/abstractions/libvirt-qemu", "/** r,\n")
    shutil.copytree(apparmor.path(there), apparmor.path(instead), symlinks=True)
    code, found = apparmor.doctor(good(root, (there, instead)))
    assert code == 1 and list(found) == ["apparmor-refuses"]


def runs(host, started):
    """A guest that runs since STARTED, in seconds since 1970."""
    ticks = os.sysconf("SC_CLK_TCK")
    host.write("run/libvirt/qemu/guest.pid", "4711\n")
    host.write("proc/stat", f"cpu 1 2 3\nbtime {started - 100}\n")
    host.write("proc/4711/stat", f"4711 (qemu ) x) S {'0 ' * 18}{100 * ticks} 0 0\n")


def test_a_file_that_changed_under_a_running_guest_is_remarked(host, root):
    runs(host, int(time.time()) + 3600)
    assert host.doctor(good(root)) == (0, {})
    runs(host, int(time.time()) - 3600)
    code, found = host.doctor(good(root))
    assert code == 0 and list(found) == ["files-changed"]
    assert "a reboot is not enough" in found["files-changed"]["what_to_do"]


def test_shim_may_stand_before_the_loader(host, root):
    boot = host.path(f"{DIRECTORY}/EFI/BOOT")
    (boot / "BOOTX64.EFI").rename(boot / "grubx64.efi")
    host.write(f"{DIRECTORY}/EFI/BOOT/BOOTX64.EFI", kernel(X86_64))
    assert host.doctor(good(root)) == (0, {})


def test_the_check_of_the_disks_decides_as_well(host, root):
    make_disk(host.path(IMAGE), {"/etc/fstab": ""})
    done = host.run("-", given=good(root))
    assert done.returncode == 1
    assert done.stdout == "It would not boot.\n" and "partless: " in done.stderr


def test_settings_reach_the_check(host, root):
    """Each way of setting the timeout, the later ones over the earlier ones."""
    smbios = ("<features>", "<sysinfo type='smbios'><oemStrings><entry>x</entry><entry>partless.timeout=6</entry>"
              "</oemStrings></sysinfo><features>")
    fw_cfg = ("<features>", "<sysinfo type='fwcfg'><entry name='opt/org.partless/timeout'>7</entry></sysinfo><features>")
    mode = ("</os>", "<smbios mode='sysinfo'/></os>")
    cmdline = ("timeout=1", "timeout=8")

    def timeout(xml):
        return json.loads(host.run("-", "--json", given=xml).stdout)["check"]["timeout"]

    assert timeout(good(root)) == 5  # partless.conf
    assert timeout(good(root, smbios, mode)) == 6
    assert timeout(good(root, fw_cfg)) == 7
    assert timeout(example(root, "kernel-q35-pflash", cmdline)) == 8


def test_the_host_s_own_entries_are_in_the_menu(host, root):
    host.write("etc/partless/partless.conf", "title Mine\nlinux /k\n")
    host.write(f"{DIRECTORY}/k", kernel(X86_64))
    done = host.run("-", given=good(root))
    assert "boots      Mine\n" in done.stdout and done.returncode == 0


def test_the_guest_s_variables_are_read(host, root):
    wish = varstore.variable("LoaderEntryOneShot", varstore.text("b"), vendor=varstore.LOADER)
    host.write("var/lib/libvirt/qemu/nvram/guest_VARS.fd", varstore.flash(wish))
    make_disk(host.path(IMAGE), {"/k": kernel(X86_64), "/loader/entries/a.conf": "title A\nlinux /k\n",
                                 "/loader/entries/b.conf": "title B\nlinux /k\n"})
    xml = good(root, ("  <os firmware='efi'>", "<os firmware='efi'><nvram>/var/lib/libvirt/qemu/nvram/guest_VARS.fd"
                                               "</nvram>"))
    done = host.run("-", given=xml)
    assert "It would boot 'B'." in done.stdout


def test_the_boot_order_is_respected(host, root):
    disk(host, X86_64, "var/lib/libvirt/images/b.img")
    second = DISK.replace("guest.img", "b.img").replace("vda", "vdb")
    ordered = second.replace("'vdb' bus='virtio'/>", "'vdb' bus='virtio'/><boot order='2'/>")

    def first(xml):
        return json.loads(host.run("-", "--json", given=xml).stdout)["check"]["disks"][0]["disk"]

    assert first(good(root, (DISK, second + DISK))).endswith("guest.img")  # libvirt sorts them
    assert first(good(root, (DISK, DISK + ordered))).endswith("b.img")


@pytest.mark.parametrize("kind", ["qcow2", "vmdk"])
def test_disks_that_are_not_raw_are_read_by_qemu(host, root, kind):
    if shutil.which("qemu-nbd") is None:
        pytest.skip("there is no qemu-nbd")
    image = host.path(IMAGE)
    other = image.with_name(f"a,b.{kind}")
    subprocess.run(["qemu-img", "convert", "-O", kind, image, other], check=True)
    edits = (("type='raw'", f"type='{kind}'"), ("guest.img", other.name))
    assert host.doctor(good(root, *edits)) == (0, {})
    check = subprocess.run([host.partless, "check", "--arch=x86-64", "--format", kind, other], capture_output=True,
                           text=True, check=False)
    assert check.returncode == 0 and "It would boot 'A'." in check.stdout


def test_a_raw_disk_that_looks_like_qcow2_is_raw(host, root):
    """Whoever writes a raw disk could make it refer to any file of the host."""
    image = host.path(IMAGE)
    secret = host.write("secret", b"secret")
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", secret, "-F", "raw", image, "16M"], check=True)
    done = host.run("-", given=good(root))
    assert done.returncode == 2 and "is a qcow2 image" in done.stderr
    done = subprocess.run([host.partless, "check", image], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "is a qcow2 image" in done.stderr


def test_without_qemu_nbd_it_is_said_what_to_install(host, root, tmp_path):
    done = host.run("-", given=good(root, ("type='raw'", "type='qcow2'")), path=str(tmp_path))
    assert done.returncode == 2 and "qemu-utils" in done.stderr


def test_a_file_s_content_does_not_make_it_a_domain(host, root):
    """A guest could write a domain to its raw disk, one that names files of the host."""
    image = host.write("evil.img", good(root).encode().ljust(1 << 16, b"\0"))
    done = host.run(image)
    assert done.returncode == 1 and "It would not boot." in done.stdout


@pytest.mark.parametrize("bus", ["usb", "scsi"])
def test_the_directory_may_be_on_other_buses(host, root, bus):
    assert host.doctor(good(root, (VDZ, f"dev='sdz' bus='{bus}'"))) == (0, {})


def test_a_disk_with_fat_may_bring_the_loader(host, root):
    """Where QEMU has no directory disks. What is on it is not looked at."""
    sector = bytearray(1 << 20)
    sector[54:57], sector[510:512] = b"FAT", b"\x55\xaa"
    host.write("var/lib/loader.img", bytes(sector))
    first = DISK.replace("/var/lib/libvirt/images/guest.img", "/var/lib/loader.img").replace(
        "vda", "vdz").replace("bus='virtio'/>", "bus='virtio'/><readonly/><boot order='1'/>")
    assert host.doctor(good(root, (LOADER_DISK, first))) == (0, {})


def test_an_image_is_checked(host):
    done = host.run(host.path(IMAGE))
    check = subprocess.run([host.partless, "check", host.path(IMAGE)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == (check.stdout, check.returncode)


def test_the_text_says_where_what_and_what_to_do(host, root, tmp_path):
    path = tmp_path / "guest.xml"
    path.write_text(good(root, ("      <readonly/>\n", ""), (SERIAL, "")))
    done = host.run(path)
    assert done.stdout.splitlines() == [
        "error    disk vdz: libvirt wants a directory to be read-only; add <readonly/> [not-readonly]",
        "remark   devices: there is neither a serial line nor a screen, so nobody sees the menu, or why nothing boots; "
        "add <serial type='pty'/> [no-console]",
        "boots    * A",
        "It would boot 'A'.",
        "The domain would not boot: see the error above."]
    assert done.returncode == 1 and done.stderr == ""


def test_what_a_domain_says_reaches_no_terminal(host, root):
    done = host.run("-", given=good(root, ("/partless/boot", "/&#x202e;&#x9b;x")))
    assert "\u202e" not in done.stdout and "\x9b" not in done.stdout and "??x" in done.stdout


BOMB = "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi")) + "]><domain><name>&i;</name></domain>"


@pytest.mark.parametrize("xml, words", [
    ("", "not well-formed"), ("<domain>", "not well-formed"), ("hello", "not well-formed"),
    ("<network/>", "no <domain>"), (BOMB, "DOCTYPE"),
    ("<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><domain><name>&a;</name></domain>", "DOCTYPE"),
    ("<domain>" * 100000, "not well-formed"), ("<domain>" + " " * (5 << 20) + "</domain>", "larger than 4 MiB"),
    ("<domain>&undefined;</domain>", "not well-formed"),
], ids=["empty", "open", "text", "network", "bomb", "external", "deep", "huge", "entity"])
def test_bad_xml_is_refused(host, xml, words):
    done = host.run("-", given=xml)
    assert done.returncode == 2 and words in done.stderr and done.stdout == ""
    assert done.stderr.count("\n") == 1


def test_xml_in_utf_16_is_refused(host, tmp_path):
    path = tmp_path / "a.xml"
    path.write_bytes(BOMB.encode("utf-16"))
    done = host.run(path)
    assert done.returncode == 2 and "not well-formed" in done.stderr


@pytest.mark.parametrize("xml", ["<domain/>", "<domain type='kvm'><os/><devices><disk/></devices></domain>"])
def test_a_domain_that_says_little_is_examined(host, xml):
    code, found = host.doctor(xml)
    assert code == 1 and "wrong-type" in found


@pytest.fixture
def virsh(tmp_path):
    """A virsh of the test's own, which runs SCRIPT. Returns a PATH with it."""

    def make(script):
        programs = tmp_path / "programs"
        programs.mkdir(exist_ok=True)
        (programs / "virsh").write_text(f"#!/bin/sh\n{script}\n")
        (programs / "virsh").chmod(0o755)
        return f"{programs}:{os.environ['PATH']}"

    return make


ASKED = """echo "$*" >>{log}
case "$*" in *dumpxml*) cat {xml} ;; *) echo {uri} ;; esac"""


@pytest.mark.parametrize("options, words", [([], []), (["-c", "qemu:///system"], ["-c", "qemu:///system"])])
def test_virsh_is_asked_for_a_domain(host, root, virsh, tmp_path, options, words):
    (tmp_path / "xml").write_text(good(root))
    path = virsh(ASKED.format(log=tmp_path / "log", xml=tmp_path / "xml", uri="qemu:///system"))
    done = host.run("guest; true", *options, path=path)
    assert done.returncode == 0 and "It would boot 'A'." in done.stdout
    before = " ".join(["-q", *words])
    assert (tmp_path / "log").read_text() == f"{before} uri\n{before} dumpxml --inactive --domain guest; true\n"


def test_the_caller_is_qemu_s_user_in_a_session(host, root, virsh, tmp_path):
    (tmp_path / "xml").write_text(good(root))
    path = virsh(ASKED.format(log=tmp_path / "log", xml=tmp_path / "xml", uri="'qemu:///session?socket=/x'"))
    host.path(DIRECTORY).chmod(0o700)
    assert host.run("guest", path=path).returncode == 0


@pytest.mark.parametrize("script, words", [
    ("echo 'error: failed to get domain' >&2; exit 1", "virsh failed: error: failed to get domain"),
    ("exit 3", "virsh failed: it does not say why"),
    ("echo qemu+ssh://other/system", "is another host's libvirt"),
    ("case \"$*\" in *uri*) echo qemu:///system ;; *) yes ;; esac", "prints more than"),
])
def test_a_virsh_that_fails_is_told(host, virsh, script, words):
    done = host.run("guest", path=virsh(script))
    assert done.returncode == 2 and words in done.stderr and done.stdout == ""


def test_without_virsh_it_is_said_what_to_install(host, tmp_path):
    done = host.run("guest", path=str(tmp_path))
    assert done.returncode == 2 and "libvirt-clients" in done.stderr


def test_the_man_page_lists_every_code(root):
    source = (root / "host/doctor/findings.c").read_text()
    codes = re.findall(r'\[FIND_\w+\] = \{"([a-z-]+)", FOUND_(\w+)\}', source)
    page = (root / "docs/partless.1").read_text()
    table = page[page.index(".SH FINDINGS"):page.index(".SH OPTIONS")]
    listed = re.findall(r'^\.BR (\S+) " \((error|remark|unknown)\)"', table.replace("\\-", "-"), re.M)
    assert [(code, severity.lower()) for code, severity in codes] == listed
    tried = {re.sub(r"-\d$", "", case) for case in [*XML, *HOST]}
    text = (root / "test/host/test_doctor.py").read_text()
    assert [code for code, _ in codes if code not in tried and f'"{code}"' not in text] == []
