"""`make install` and the Debian package: what lands where."""

import os
import re
import shutil
import subprocess

import pytest

INSTALLED = {
    "bin/partless": 0o755,
    "bin/partless-mkguest": 0o755,
    "share/partless/x86_64/partless.efi": 0o644,
    "share/man/man1/partless.1": 0o644,
    "share/man/man1/partless-mkguest.1": 0o644,
    "share/man/man5/partless.conf.5": 0o644,
    "share/doc/partless/README.md": 0o644,
    "share/doc/partless/hosting.md": 0o644,
    "share/doc/partless/menu.png": 0o644,
    "share/doc/partless/examples/directory-q35-auto.xml": 0o644,
}


def make(root, *words):
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    return subprocess.run(["make", "-s", "-C", root, *words], check=True, env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900).stdout


def test_install_puts_everything_below_destdir_and_uninstall_removes_it(root, build, tmp_path):
    words = [f"DESTDIR={tmp_path}/dest", "PREFIX=/opt/partless", "ETC=/opt/etc", "BOOT=/srv/boot"]
    make(root, "install", *words)
    top = tmp_path / "dest/opt/partless"
    for name, mode in INSTALLED.items():
        assert (top / name).stat().st_mode & 0o7777 == mode, name
    loader = tmp_path / "dest/srv/boot"
    assert (loader / "EFI/BOOT/BOOTX64.EFI").stat().st_mode & 0o7777 == 0o644
    assert (loader / "EFI/BOOT/BOOTX64.EFI").read_bytes() == (build / "BOOTX64.EFI").read_bytes()
    assert (top / "share/partless/x86_64/partless.efi").read_bytes() == (build / "x86_64/partless.efi").read_bytes()
    assert sorted(path.name for path in loader.rglob("*")) == ["BOOT", "BOOTX64.EFI", "EFI", "partless.conf"]
    assert os.readlink(loader / "partless.conf") == "/opt/etc/partless/partless.conf"
    example = (top / "share/doc/partless/examples/directory-q35-auto.xml").read_text()
    assert "<source dir='/srv/boot'/>" in example
    make(root, "install", "ARCH=aarch64", *words)
    assert {path.name for path in (loader / "EFI/BOOT").iterdir()} == {"BOOTX64.EFI", "BOOTAA64.EFI"}
    assert (loader / "EFI/BOOT/BOOTAA64.EFI").read_bytes() == (build / "BOOTAA64.EFI").read_bytes()
    make(root, "uninstall", *words)
    assert [path for path in (tmp_path / "dest").rglob("*") if not path.is_dir()] == []


def test_every_link_of_an_installed_document_leads_to_a_file(root, tmp_path):
    make(root, "install", f"DESTDIR={tmp_path}/dest", "PREFIX=/usr")
    documents = tmp_path / "dest/usr/share/doc/partless"
    links = [(file, link) for file in sorted(documents.glob("*.md"))
             for link in re.findall(r"\]\(([^)#]+)", file.read_text()) if "://" not in link]
    assert (documents / "README.md", "menu.png") in links and len(links) > 30
    assert [f"{file.name}: {link}" for file, link in links if not (documents / link).exists()] == []


def test_install_replaces_the_loader_by_a_rename(root, tmp_path):
    words = [f"DESTDIR={tmp_path}/dest", "PREFIX=/usr"]
    make(root, "install", *words)
    loader = tmp_path / "dest/var/lib/partless/boot/EFI/BOOT/BOOTX64.EFI"
    with open(loader, "rb") as running:
        before = os.fstat(running.fileno())
        make(root, "install", *words)
        after = loader.stat()
        assert after.st_ino != before.st_ino
        assert after.st_size == before.st_size
        assert len(running.read()) == before.st_size  # who reads the old one has it whole


@pytest.fixture(scope="module")
def package(root):
    """The Debian package that `make deb` makes."""
    make(root, "deb")
    [changes] = (root / "build/deb").glob("partless_*.changes")
    return changes.with_suffix(".deb")


@pytest.mark.trial
def test_lintian_has_nothing_to_say_about_the_package(package):
    lintian = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning",
                              package.with_suffix(".changes")], capture_output=True, text=True)
    assert lintian.returncode == 0, lintian.stdout
    assert lintian.stdout == ""


@pytest.mark.trial
def test_the_package_holds_what_make_install_installs(package, build, tmp_path):
    subprocess.run(["dpkg", "-x", package, tmp_path], check=True)
    for name in INSTALLED:
        path = tmp_path / "usr" / name
        assert path.is_file() or path.with_name(path.name + ".gz").is_file(), name
    loader = tmp_path / "var/lib/partless/boot/EFI/BOOT/BOOTX64.EFI"
    assert loader.read_bytes() == (build / "BOOTX64.EFI").read_bytes()
    assert (tmp_path / "etc/partless/partless.conf").is_file()
    for word in ["--version", "--help"]:
        subprocess.run([tmp_path / "usr/bin/partless", word], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.trial
def test_the_package_has_the_version_of_the_program(package, root, partless):
    said = subprocess.run([partless, "--version"], capture_output=True, text=True, check=True).stdout.split()
    fields = subprocess.run(["dpkg-deb", "-f", package, "Version", "Architecture"], capture_output=True,
                            text=True, check=True).stdout
    assert fields == f"Version: {said[-1]}\nArchitecture: amd64\n"


@pytest.mark.trial
@pytest.mark.skipif(os.getuid() != 0, reason="a chroot is root's")
def test_the_package_installs_into_a_fresh_debian_and_leaves_it_again(package, tmp_path):
    tree = tmp_path / "debian"
    subprocess.run(["debootstrap", "--variant=minbase", "bookworm", tree], check=True, timeout=600,
                   stdout=subprocess.DEVNULL)
    shutil.copy(package, tree / "partless.deb")
    script = ("apt-get -q update && apt-get -q -y --no-install-recommends install /partless.deb && "
              "partless --version && partless-mkguest --help && apt-get -q -y purge partless")
    done = subprocess.run(["chroot", tree, "sh", "-ec", script], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    left = [path for path in tree.rglob("*partless*") if path.name != "partless.deb"]
    assert [path for path in left if not re.search("/var/(lib/(apt|dpkg)|log)/", str(path))] == []
