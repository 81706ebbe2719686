"""docs/examples/: whole domains, run by a real libvirtd with nothing changed but what a test cannot have."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from guest import entry
from libvirtd import Libvirt
from processors import AARCH64, ONLY_X86_64, X86_64
from qemu import digest

BOOTS_ON = ONLY_X86_64  # where a test is not of an example
MENU = "timeout 1\n" + entry("Guest")
EXAMPLES = {
    X86_64: ["directory-pc-bios", "directory-pc-pflash", "directory-q35-bios", "directory-q35-pflash",
             "directory-q35-auto", "image-q35-pflash", "iso-q35-pflash", "kernel-pc-bios", "kernel-q35-pflash"],
    AARCH64: ["directory-virt-auto", "directory-virt-pflash", "kernel-virt-pflash"],
}
ALL = [(processor, name) for processor, names in EXAMPLES.items() for name in names]
DIRECTORY = "/var/lib/partless/boot"
MEDIA = {"image": "/var/lib/partless/partless.img", "iso": "/var/lib/partless/partless.iso"}  # by the example's first word
DISK = "/var/lib/libvirt/images/guest.img"
VDZ = "dev='vdz' bus='virtio'"  # of the loader's disk


@pytest.fixture
def libvirt(tmp_path):
    """A libvirtd of this test's own."""
    directory = tmp_path / "libvirt"
    directory.mkdir()
    daemon = Libvirt(directory)
    yield daemon
    print(f"\n==== consoles ====\n{daemon.stop()}")


def place(name):
    """Where the loader lies in the example NAME."""
    return MEDIA.get(name.split("-")[0], DIRECTORY)


def domain(root, name, host, disk):
    """The example, with the four things a test has to change: no KVM, no network of the host's, and where the loader,
    which may be a directory or a medium, and the disk lie."""
    text = (root / f"docs/examples/{name}.xml").read_text()
    for is_there, instead in [("<domain type='kvm'>", "<domain type='qemu'>"),
                              ("<interface type='network'>", "<interface type='user'>"),
                              ("      <source network='default'/>\n", ""),
                              (place(name), str(host)), (DISK, str(disk))]:
        assert text.count(is_there) == 1
        text = text.replace(is_there, instead)
    return text


@pytest.fixture
def host(host, processor):
    """As it is installed: with a link that leads nowhere until the host has a menu of its own. The processor is named,
    as pytest does not see that the fixture below this one needs it."""
    (host / "partless.conf").symlink_to("/nowhere/partless/partless.conf")
    return host


def medium(root, name, host):
    """What the example NAME has the loader on: HOST, or a medium made of that."""
    if place(name) == DIRECTORY:
        return host
    path = host.with_name(Path(place(name)).name)
    subprocess.run([root / "scripts/mkimage", "--directory", host, path], check=True)
    return path


def doctor(libvirt, root, what):
    """The exit code of `partless doctor`, and the codes of what it found."""
    done = subprocess.run([root / "build/partless", "doctor", "--json", "-c", libvirt.uri, what], capture_output=True,
                          text=True, timeout=60, env=libvirt.environment)
    assert done.stdout, done.stderr
    return done.returncode, [finding["code"] for finding in json.loads(done.stdout)["findings"]]


def boots(libvirt, root, name, host, images, timeout=90, instead=(), remarks=()):
    """The example boots; INSTEAD are further pairs of what is there and what comes in its place, REMARKS are the
    doctor's."""
    disk, host = images.guest(MENU), medium(root, name, host)
    before = digest(host)
    text = domain(root, name, host, disk)
    for is_there, other in instead:
        assert is_there in text
        text = text.replace(is_there, other)
    libvirt.define(text)
    assert doctor(libvirt, root, "guest") == (0, list(remarks))
    console = libvirt.start("guest", timeout)
    facts = console.guest()
    assert facts["root"] == "/dev/vda ext4 ro"
    console.ends()
    libvirt.is_off("guest")
    assert digest(host) == before


def test_libvirt_boots_a_guest_from_the_shared_directory(libvirt, root, host, images):
    boots(libvirt, root, "directory-q35-auto", host, images)


@pytest.mark.trial
@pytest.mark.parametrize("processor, name", [(processor, name) for processor, name in ALL
                                             if name != "directory-q35-auto"], ids=str)
def test_every_example_boots(libvirt, root, host, images, processor, name):
    # QEMU takes longer for what <cpu mode='maximum'/> has: Arm's pointer authentication.
    boots(libvirt, root, name, host, images, timeout=180 if processor is AARCH64 else 90)


@pytest.mark.trial
@pytest.mark.parametrize("name", ["directory-pc-bios", "directory-q35-pflash"])
@pytest.mark.parametrize("bus, model", [("scsi", "virtio-scsi"), ("usb", "qemu-xhci")])
def test_the_directory_may_be_on_another_bus(libvirt, root, host, images, name, bus, model):
    boots(libvirt, root, name, host, images, instead=[
        (VDZ, f"dev='sda' bus='{bus}'"),
        ("<devices>", f"<devices>\n<controller type='{bus}' model='{model}'/>")])


# partless-mkimage(1): libvirt has no SATA disk that is read-only.
ON_SATA = [(VDZ, "dev='sda' bus='sata'"), ("<readonly/>", "<transient/>")]


@pytest.mark.trial
def test_on_sata_an_image_is_written_to_a_layer_that_is_dropped(libvirt, root, host, images):
    boots(libvirt, root, "image-q35-pflash", host, images, instead=ON_SATA, remarks=["medium-transient"])


@pytest.mark.trial
@pytest.mark.parametrize("instead, sentence", [([], ""), (ON_SATA, "Failed to get")])
def test_read_only_is_what_lets_two_guests_have_an_image(libvirt, root, host, images, instead, sentence):
    path = medium(root, "image-q35-pflash", host)
    for name, refusal in [("guest", ""), ("other", sentence)]:
        disk = images.guest("timeout 600\n" + entry("Guest"), name=f"{name}.img")
        text = domain(root, "image-q35-pflash", path, disk).replace("<name>guest<", f"<name>{name}<")
        for is_there, other in instead:
            text = text.replace(is_there, other)
        libvirt.define(text)
        said = libvirt.run("start", name, check=False)
        assert (said.returncode != 0) == bool(refusal) and refusal in said.stdout


def test_every_example_is_tried(root):
    """What needs keys of one's own is tried by test_secure_boot_page.py."""
    assert sorted([*(name for _, name in ALL), "secure-q35-pflash"]) == sorted(path.stem for path in (root / "docs/examples").glob("*.xml"))


@pytest.mark.parametrize("name", [*(name for _, name in ALL), "secure-q35-pflash"])
def test_apparmor_takes_every_example(root, name):
    """libvirt has its helper make a guest's profile; what the helper refuses does not start."""
    uuid = "6addf4bc-6654-480b-ba23-2b61dad72377"
    text = (root / f"docs/examples/{name}.xml").read_text().replace("<name>", f"<uuid>{uuid}</uuid><name>")
    done = subprocess.run(["/usr/lib/libvirt/virt-aa-helper", "--dryrun", "--replace", "--uuid", f"libvirt-{uuid}"],
                          input=text.replace("<os firmware='efi'>", "<os>"), text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert place(name) in done.stderr  # the profile


XML = re.compile(r"^```xml\n(.*?)^```\n", re.M | re.S)
LOGS = "/var/log/libvirt/qemu"
SERIAL = "    <serial type='pty'/>\n    <console type='pty'/>\n"


@pytest.fixture
def logs(libvirt, tmp_path):
    """Where the guest's logs go; QEMU's user may write there."""
    logs = tmp_path / "logs"
    logs.mkdir()
    logs.chmod(0o777)
    return logs


def logging(root, host, disk, logs, way):
    """The domain whose serial devices are those of docs/log.md; WAY is the block there."""
    devices, arguments = XML.findall((root / "docs/log.md").read_text())
    text = domain(root, "directory-q35-auto", host, disk)
    assert text.count(SERIAL) == 1
    if way == "isa-debug":
        text = text.replace(SERIAL, devices)
    else:
        namespace = "xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'"
        assert namespace in (root / "docs/log.md").read_text()
        text = text.replace("<domain type='qemu'", f"<domain type='qemu' {namespace}").replace(
            "</domain>", arguments + "</domain>")
    return text.replace(LOGS, str(logs))


@pytest.mark.parametrize("way", ["isa-debug", "commandline"])
def test_the_logs_are_written_as_the_page_says(libvirt, root, host, images, logs, way):
    (host / "partless.conf").unlink()
    (host / "partless.conf").write_text("log debugcon\n")
    libvirt.define(logging(root, host, images.guest(MENU), logs, way))
    console = libvirt.start("guest")
    console.guest()
    console.ends()
    libvirt.is_off("guest")
    lines = re.findall(r"^partless: (\w+) ", (logs / "guest-boot.log").read_text(errors="replace"), re.M)
    assert lines[0] == "loader" and lines[-1] == "initrd"
    if way == "isa-debug":
        assert "Partless boots 'Guest'" in (logs / "guest-console.log").read_text(errors="replace")


def fwcfg(root):
    """The example in docs/settings.md."""
    text = (root / "docs/settings.md").read_text()
    return text[text.index("<sysinfo type='fwcfg'>"):text.index("</sysinfo>", text.index("fwcfg'>"))] + "</sysinfo>"


def test_fw_cfg_comes_from_libvirt(libvirt, root, host, images, logs):
    (logs / "one.options").write_text("console=ttyS0,115200 from=fw_cfg\n")
    text = domain(root, "directory-q35-auto", host, images.guest("timeout 600\n" + entry("Guest")))
    libvirt.define(text.replace("<features>", fwcfg(root).replace("/srv/guests", str(logs)) + "<features>"))
    console = libvirt.start("guest")
    assert "console=ttyS0,115200 from=fw_cfg" in console.guest()["cmdline"]
    console.ends()


def test_a_comma_in_fw_cfg_is_refused_as_the_page_says(libvirt, root, host, logs, tmp_path):
    (tmp_path / "guest.img").write_bytes(bytes(1 << 20))
    (logs / "one.options").write_text("quiet\n")
    entries = fwcfg(root).replace("/srv/guests", str(logs)).replace(">0<", ">console=ttyS0,115200<")
    text = domain(root, "directory-q35-auto", host, tmp_path / "guest.img")
    libvirt.define(text.replace("<features>", entries + "<features>"))
    said = libvirt.run("start", "guest", check=False)
    assert said.returncode != 0 and "115200" in said.stdout


# docs/hosts/disks.md, "Snapshots": the example, the disk's format, whether it runs, and libvirt 9's answer.
SNAPSHOTS = {
    "internal-off-pflash": ("directory-q35-auto", "qcow2", False, ""),
    "internal-runs-pflash": ("directory-q35-auto", "qcow2", True,
                             "internal snapshots of a VM with pflash based firmware are not supported"),
    "internal-runs-bios": ("directory-q35-bios", "qcow2", True, ""),
    "internal-raw": ("directory-q35-auto", "raw", True,
                     "internal snapshot for disk vda unsupported for storage type raw"),
}


def guest_with_disk(libvirt, root, host, directory, name, kind):
    """Defines an example whose empty disk has the format KIND."""
    directory.chmod(0o777)  # snapshots are made beside the disk
    disk = directory / "guest.img"
    subprocess.run(["qemu-img", "create", "-q", "-f", kind, disk, "64M"], check=True)
    disk.chmod(0o666)
    libvirt.define(domain(root, name, host, disk).replace("type='raw'", f"type='{kind}'"))
    return disk


@pytest.mark.trial
@pytest.mark.parametrize("what", SNAPSHOTS)
def test_snapshots_are_what_the_guide_says(libvirt, root, host, logs, what):
    name, kind, runs, refusal = SNAPSHOTS[what]
    major = int(re.search(r"library: libvirt (\d+)", libvirt.run("version").stdout)[1])
    if major != 9:
        pytest.skip(f"the guide tells what libvirt 9 says, and this is {major}")
    guest_with_disk(libvirt, root, host, logs, name, kind)
    if runs:
        libvirt.run("start", "guest")
    said = libvirt.run("snapshot-create-as", "guest", "one", check=False)
    assert (said.returncode != 0) == bool(refusal) and refusal in said.stdout
    assert refusal in (root / "docs/hosts/disks.md").read_text()


@pytest.mark.trial
def test_an_external_snapshot_is_made_and_ends_as_the_guide_says(libvirt, root, host, logs):
    disk = guest_with_disk(libvirt, root, host, logs, "directory-q35-auto", "raw")
    libvirt.run("start", "guest")
    page = (root / "docs/hosts/disks.md").read_text()
    lines = re.search(r"^    virsh (snapshot-create-as.*)\n    cp .*\n    virsh (blockcommit.*)\n"
                      r"    virsh (snapshot-delete.*)\n", page, re.M)
    libvirt.run(*lines[1].split())
    assert "guest.backup" in libvirt.run("domblklist", "guest").stdout
    libvirt.run(*lines[2].split())
    libvirt.run(*lines[3].split())
    assert str(disk) in libvirt.run("domblklist", "guest").stdout


def test_a_host_without_kvm_is_told_so_as_the_guide_says(libvirt, root):
    said = libvirt.run("define", root / "docs/examples/directory-q35-auto.xml", check=False)
    guide = (root / "docs/hosts/libvirt.md").read_text()
    # libvirt 9's, and that of libvirt 11, which looks for a firmware first.
    sentences = ["does not support virt type 'kvm'", "Unable to find 'efi' firmware"]
    assert any(sentence in said.stdout for sentence in sentences)
    assert all(sentence in guide for sentence in sentences)


# By the doctor's code: libvirt's sentence, and the edits of the example.
REFUSED = {
    "not-fat": ("storage type 'dir' requires use of storage format 'fat'", [("type='fat'/>", "type='raw'/>")]),
    "not-readonly": ("can't be accessed in read-write mode", [("<readonly/>", "")]),
    "wrong-bus": ("readonly sata disks are not supported", [(VDZ, "dev='sda' bus='sata'")]),
    "no-usb": ("USB is disabled for this domain", [
        (VDZ, "dev='sda' bus='usb'"), ("<devices>", "<devices><controller type='usb' model='none'/>")]),
    "two-orders": ("per-device boot elements cannot be used", [
        ("<os firmware='efi'>", "<os firmware='efi'><boot dev='hd'/>")]),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_libvirt_refuses_is_what_the_guide_and_the_doctor_say(libvirt, root, host, tmp_path, code):
    sentence, edits = REFUSED[code]
    text = domain(root, "directory-q35-auto", host, tmp_path / "guest.img")
    (tmp_path / "guest.img").touch()
    for is_there, instead in edits:
        assert is_there in text
        text = text.replace(is_there, instead)
    (tmp_path / "domain.xml").write_text(text)
    said = libvirt.run("create", tmp_path / "domain.xml", check=False)
    assert said.returncode != 0
    assert sentence in said.stdout
    assert code in doctor(libvirt, root, tmp_path / "domain.xml")[1]


def test_doctor_says_why_qemu_could_not_read_the_directory(libvirt, root, host, images):
    libvirt.define(domain(root, "directory-q35-auto", host, images.guest(MENU)))
    (host / "EFI").chmod(0o700)
    if not libvirt.system:
        pytest.skip("QEMU is the same user here")
    said = libvirt.run("start", "guest", check=False)
    assert said.returncode != 0 and "Could not read directory" in said.stdout
    assert doctor(libvirt, root, "guest") == (1, ["directory-unreadable"])


def test_doctor_says_that_a_boot_order_leaves_the_loader_out(libvirt, root, host, images):
    text = domain(root, "directory-q35-auto", host, images.guest(MENU))
    text = text.replace("<boot order='1'/>", "").replace("'vda' bus='virtio'/>",
                                                         "'vda' bus='virtio'/><boot order='1'/>")
    libvirt.define(text)
    assert doctor(libvirt, root, "guest") == (1, ["not-in-order"])
    libvirt.start("guest").expect("Shell>")


def test_the_first_disk_is_first_where_the_domain_has_no_order(libvirt, root, host, images):
    """What the doctor takes for granted."""
    text = domain(root, "directory-q35-auto", host, images.guest(MENU))
    libvirt.define(text.replace("<boot order='1'/>", "").replace(VDZ, "dev='sda' bus='usb'"))
    assert doctor(libvirt, root, "guest") == (0, [])
    libvirt.start("guest").expect("Partless boots")


def test_doctor_reads_a_qcow2_of_a_guest_that_runs(libvirt, root, host, images):
    disk = images.guest("timeout 600\n" + entry("Guest"))
    qcow2 = disk.with_suffix(".qcow2")
    subprocess.run(["qemu-img", "convert", "-O", "qcow2", disk, qcow2], check=True)
    libvirt.define(domain(root, "directory-q35-auto", host, qcow2).replace("type='raw'", "type='qcow2'"))
    libvirt.start("guest").expect("Booting in")
    assert doctor(libvirt, root, "guest") == (0, [])


@pytest.mark.trial
def test_a_loader_that_was_replaced_boots_at_the_next_reset(libvirt, root, build, host, images, tmp_path):
    """docs/hosts/libvirt.md, "A new version of the loader": by a rename, under a guest that runs."""
    libvirt.define(domain(root, "directory-q35-auto", host, images.guest("timeout 600\n" + entry("Guest"))))
    console = libvirt.start("guest")
    console.expect("Booting in")
    loader = host / "EFI/BOOT/BOOTX64.EFI"
    other = (build / "x86_64/test/hello.efi").read_bytes()
    (tmp_path / "new").write_bytes(other.ljust(loader.stat().st_size, b"\0"))
    os.replace(tmp_path / "new", loader)
    libvirt.run("reset", "guest")
    console.says("hello: done")

@pytest.mark.trial
@pytest.mark.parametrize("way", ["directory", "kernel"])
def test_virt_install_makes_a_guest_as_the_guide_says(libvirt, root, host, images, way):
    if not shutil.which("virt-install"):
        pytest.skip("there is no virt-install")
    page = (root / "docs/hosts/libvirt.md").read_text()
    command, = re.findall(r"^    (virt-install(?:.*\\\n)+.*)\n", page, re.M)
    if way == "kernel":
        kernel, = re.findall(r",kernel=\S+timeout=1", page)
        command = re.sub(r"--disk type=dir\S+", "", command).replace("feature1.enabled=no", f"feature1.enabled=no{kernel}")
    host.parent.chmod(0o755)
    command = command.replace(DIRECTORY, str(host)).replace(DISK, str(images.guest(MENU)))
    command += f" --connect {libvirt.uri} --virt-type qemu --network none --print-xml --dry-run"
    done = subprocess.run(["bash", "-c", command.replace("--network network=default", "")], text=True,
                          capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    libvirt.define(done.stdout)
    console = libvirt.start("guest")
    assert console.guest()["root"] == "/dev/vda ext4 ro"
    console.ends()
