"""scripts/mkguest with --debian: what it does with debootstrap and in the new system, where both are stand-ins that
need no network and no root."""

import os
import subprocess

import pytest

from image import debugfs_cat
from processors import OWN

# What stands in for the programs that fetch and unpack; each notes in ../said how it was called.
PROGRAMS = {
    "id": "echo 0",
    "debootstrap": """
        echo "debootstrap $*" >>"$SAID"
        mkdir -p "$3/etc/systemd/network" "$3/usr/sbin" "$3/root" "$3/proc" "$3/run" "$3/boot"
        echo 'root:*:19000:0:99999:7:::' >"$3/etc/shadow"
        cp "$HELLO" "$3/boot/hello.efi"
        printf 'title Hello\\nefi /boot/hello.efi\\n' >"$3/boot/partless.conf"
        """,
    "unshare": """
        while [ "${1#-}" != "$1" ]; do
            [ "$1" != --propagation ] || shift
            shift
        done
        exec "$@"
        """,
    "mount": ":",
    "chroot": """
        echo "chroot $*" >>"$SAID"
        env | sed -n 's/^/with /; /TMP\\|TEMP/p' >>"$SAID"
        """,
}


class Debian:
    """mkguest --debian in the directory `path`, with stand-ins, which a test may replace by `program`."""

    def __init__(self, root, build, path):
        self.path, self.said = path, path / "said"
        self.work, self.programs = path / "work", path / "programs"
        self.work.mkdir()
        self.programs.mkdir()
        for name, text in PROGRAMS.items():
            self.program(name, text)
        (path / "pw").write_text("secret\n")
        self.command = [root / "scripts/mkguest", "--size", "64M", "--password-file", "pw"]
        self.environment = {**os.environ, "SAID": str(self.said), "HELLO": str(build / OWN.name / "test/hello.efi"),
                            "TMPDIR": str(self.work), "PATH": f"{self.programs}:{build}:{os.environ['PATH']}"}

    def program(self, name, text):
        """TEXT is what NAME does from now on."""
        (self.programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (self.programs / name).chmod(0o755)

    def __call__(self, *words, status=0, **more):
        """Runs it with WORDS and gives what it says, on both outputs."""
        done = subprocess.run([*self.command, *words], cwd=self.path, env={**self.environment, **more}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        assert list(self.work.iterdir()) == [], "something was left behind"
        assert done.returncode == status, done.stdout
        return done.stdout


@pytest.fixture
def debian(root, build, tmp_path):
    """A Debian."""
    return Debian(root, build, tmp_path)


def test_debian_becomes_a_disk(debian):
    assert "It would boot" in debian("guest.img")
    said = debian.said.read_text()
    assert said.startswith("debootstrap --variant=minbase trixie ")
    assert "install systemd-sysv" in said


@pytest.mark.parametrize("machine, kernel, console", [
    ("x86_64", "linux-image-cloud-amd64", "ttyS0"), ("aarch64", "linux-image-cloud-arm64", "ttyAMA0")])
def test_the_guest_is_for_the_machine_s_processor(debian, machine, kernel, console):
    debian.program("uname", f"echo {machine}")
    debian("guest.img")
    assert kernel in debian.said.read_text().split()
    assert debugfs_cat(debian.path / "guest.img", "/etc/kernel/cmdline") == f"ro console=tty0 console={console}\n"


def test_debian_for_another_processor_is_refused(debian):
    assert "Debian is made for this machine's processor" in debian("--arch", "aarch64", "guest.img", status=2)


def test_the_host_s_directory_for_temporary_files_is_not_the_guest_s(debian):
    """It is not there, and mktemp fails in what packages do when they are installed."""
    debian("guest.img", TMP=str(debian.work), TEMP=str(debian.work))
    said = debian.said.read_text()
    assert "chroot" in said and "with " not in said


@pytest.mark.parametrize("image, name", [("my_guest.img", "my-guest"), ("web.example.img", "web.example"), ("a", "a")])
def test_the_guest_is_called_as_its_image(debian, image, name):
    debian(image)
    assert debugfs_cat(debian.path / image, "/etc/hostname") == f"{name}\n"


@pytest.mark.parametrize("image", [".img", "_guest.img", "my guest.img", "g\u00e4st.img", 65 * "x" + ".img"])
def test_an_image_s_name_that_is_no_host_s_is_told(debian, image):
    said = debian(image, status=2)
    assert said.startswith(f"mkguest: The name of '{image}' is no host name: say --hostname, ")
    assert not (debian.path / image).exists()
    debian("--hostname", "guest", image)
    assert debugfs_cat(debian.path / image, "/etc/hostname") == "guest\n"


@pytest.mark.parametrize("suite", ["trixxie", "sarge"])
def test_a_suite_that_cannot_be_had_is_told(debian, suite):
    debian.program("debootstrap", "echo E: No such script; exit 1")
    assert debian("--debian", suite, "x.img", status=1).endswith(f"""
    E: No such script
mkguest: Debian {suite} could not be unpacked; debootstrap says why, above.
Debian 13 is trixie, Debian 12 bookworm; the mirror is http://deb.debian.org/debian.
""")


def test_packages_that_cannot_be_had_are_told(debian):
    debian.program("chroot", "echo E: Unable to locate package; exit 100")
    assert debian("--include", "nonsense", "x.img", status=1).endswith("""
    E: Unable to locate package
mkguest: The packages could not be installed; the last lines are above.
""")
