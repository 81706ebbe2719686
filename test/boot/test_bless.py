"""The example unit calls a boot of a whole Debian guest good, so that its tries are counted no more."""

import json
import subprocess

import image
import pytest
from debian import UUID, copied, installed, log_in
from processors import ONLY_X86_64
from qemu import WITHOUT_CX16

pytestmark = pytest.mark.trial
BOOTS_ON = ONLY_X86_64  # test/debian/ installs for this one

ENTRY = f"title Counted\nlinux /vmlinuz\ninitrd /initrd.img\noptions root=UUID={UUID} ro console=ttyS0 quiet\n"

# A menu of each language, and its path after a good boot.
MENUS = {
    "bls": ("/boot/loader/entries/debian+2.conf", ENTRY, "/boot/loader/entries/debian.conf"),
    "partless": ("/boot/partless.conf", f"timeout 0\n{ENTRY}tries 2\n", "/boot/partless.conf"),
}


@pytest.mark.parametrize("language", MENUS)
@pytest.mark.parametrize("release", ["bookworm", "trixie"])
def test_a_good_boot_is_counted_no_more(boot, root, build, partless, host, processor, tmp_path, release, language):
    path, menu, after = MENUS[language]
    variables = processor.new_variables(tmp_path / "vars.fd")
    disk = copied(installed(root, build, release, release, ["grub-efi-amd64"]), tmp_path / "debian.img")
    unit, examples = "partless-bless-boot.service", root / "docs/examples"
    (tmp_path / "menu").write_text(menu)
    image.debugfs(
        disk, "mkdir /boot/loader", "mkdir /boot/loader/entries", f"write {tmp_path}/menu {path}",
        f"write {examples}/partless-bless-boot /usr/local/sbin/partless-bless-boot",
        "set_inode_field /usr/local/sbin/partless-bless-boot mode 0100755",
        f"write {examples}/{unit} /etc/systemd/system/{unit}",
        f"symlink /etc/systemd/system/multi-user.target.wants/{unit} ../{unit}")
    (host / "partless.conf").write_text(f"log console\nconfig {language}\n")

    def kept():
        log = json.loads(subprocess.run([partless, "log", "--json", variables], capture_output=True, check=True).stdout)
        return [one["text"].splitlines()[1:] for one in log["kept"] if one["name"].startswith("Tries-")]

    def boot_to_login(counted):
        machine = boot(disk, changes=True, firmware=variables, memory=1024, timeout=120, more=WITHOUT_CX16)
        if counted:
            machine.expect(r"partless: keep at=\S+ file=\S+ variable=Tries-[0-9a-f]{8} bytes=\d+\n")
            machine.expect("Partless boots 'Counted'")
        else:
            machine.shows_first("Partless boots 'Counted'", "variable=Tries-")
        log_in(machine)
        return machine

    machine = boot_to_login(counted=True)
    machine.send(f"systemctl is-active --wait {unit}; journalctl -b -u {unit} --no-pager | cat\r")
    machine.expect(f"{after}: this boot was good")
    machine.send("poweroff\r")
    machine.ends()
    assert kept() == ([] if language == "bls" else [["good 2 Counted"]])
    image.debugfs(disk, f"stat {after}")
    machine = boot_to_login(counted=False)
    machine.send("poweroff\r")
    machine.ends()
