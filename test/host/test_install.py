"""`make install` and the Debian packages: what lands where."""

import os
import re
import shutil
import subprocess

import pytest

LOADERS = {"x86_64": "BOOTX64.EFI", "aarch64": "BOOTAA64.EFI"}
INSTALLED = {
    "bin/partless": 0o755,
    "bin/partless-mkguest": 0o755,
    "bin/partless-mkimage": 0o755,
    "bin/partless-sign": 0o755,
    "share/man/man1/partless.1": 0o644,
    "share/man/man1/partless-mkguest.1": 0o644,
    "share/man/man1/partless-mkimage.1": 0o644,
    "share/man/man1/partless-sign.1": 0o644,
    "share/man/man5/partless.conf.5": 0o644,
    "share/doc/partless/README.md": 0o644,
    "share/doc/partless/hosts/libvirt.md": 0o644,
    "share/doc/partless/secure-boot.md": 0o644,
    "share/doc/partless/menu.png": 0o644,
    "share/doc/partless/examples/directory-q35-auto.xml": 0o644,
}


def make(root, *words):
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    return subprocess.run(["make", "-s", "-C", root, *words], check=True, env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900).stdout


def has_loaders(build, boot, share, processors=LOADERS):
    """Whether BOOT, the directory that guests see, has the loaders of PROCESSORS, and SHARE those that are not packed."""
    names = {LOADERS[processor] for processor in processors}
    assert {path.name for path in boot.rglob("*")} == {"BOOT", "EFI", "partless.conf", *names}
    assert {path.name for path in share.iterdir()} == set(processors)
    for processor in processors:
        for installed, built in [(boot / "EFI/BOOT" / LOADERS[processor], build / LOADERS[processor]),
                                 (share / processor / "partless.efi", build / processor / "partless.efi")]:
            assert installed.stat().st_mode & 0o7777 == 0o644
            assert installed.read_bytes() == built.read_bytes()


def has_media(build, boot, tmp_path, processors=LOADERS, settings=None):
    """Whether beside BOOT there are the media that partless-mkimage makes of the loaders of PROCESSORS and SETTINGS."""
    content = tmp_path / "content"
    (content / "EFI/BOOT").mkdir(parents=True)
    for processor in processors:
        shutil.copy(build / LOADERS[processor], content / "EFI/BOOT")
    if settings:
        shutil.copy(settings, content / "partless.conf")
    for kind in ("img", "iso"):
        subprocess.run([build.parent / "scripts/mkimage", "--directory", content, tmp_path / f"own.{kind}"], check=True)
        installed = boot.with_name(f"partless.{kind}")
        assert installed.stat().st_mode & 0o7777 == 0o644
        assert installed.read_bytes() == (tmp_path / f"own.{kind}").read_bytes()


def test_install_puts_everything_below_destdir_and_uninstall_removes_it(root, build, tmp_path):
    words = [f"DESTDIR={tmp_path}/dest", "PREFIX=/opt/partless", "ETC=/opt/etc", "BOOT=/srv/boot"]
    make(root, "install", *words)
    top = tmp_path / "dest/opt/partless"
    for name, mode in INSTALLED.items():
        assert (top / name).stat().st_mode & 0o7777 == mode, name
    loader = tmp_path / "dest/srv/boot"
    has_loaders(build, loader, top / "share/partless")
    assert os.readlink(loader / "partless.conf") == "/opt/etc/partless/partless.conf"
    has_media(build, loader, tmp_path)
    example = (top / "share/doc/partless/examples/directory-q35-auto.xml").read_text()
    assert "<source dir='/srv/boot'/>" in example
    sign = (top / "bin/partless-sign").read_text()
    assert "from=/opt/partless/share/partless to=/srv/boot-signed" in sign and "-s /opt/etc/partless" in sign
    assert "directory=/srv/boot" in (top / "bin/partless-mkimage").read_text()
    assert "'/srv/partless.iso'" in (top / "share/doc/partless/examples/iso-q35-pflash.xml").read_text()
    make(root, "uninstall", *words)
    assert [path for path in (tmp_path / "dest").rglob("*") if not path.is_dir()] == []


@pytest.mark.parametrize("processor", LOADERS)
def test_install_for_one_processor_has_its_loader_alone(root, build, tmp_path, processor):
    make(root, "install", f"DESTDIR={tmp_path}", "PREFIX=/usr", f"ARCH={processor}")
    has_loaders(build, tmp_path / "var/lib/partless/boot", tmp_path / "usr/share/partless", [processor])
    has_media(build, tmp_path / "var/lib/partless/boot", tmp_path, [processor])


def test_install_says_which_packages_the_media_need(root, tmp_path):
    said = make(root, "install-media", f"DESTDIR={tmp_path}", "MEDIA_TOOLS=sh:dash nowhere:mtools never:xorriso")
    assert said == ("/var/lib/partless/partless.img and /var/lib/partless/partless.iso are left out: "
                    "install mtools xorriso\n")
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == []


def test_every_link_of_an_installed_document_leads_to_a_file(root, tmp_path):
    make(root, "install", f"DESTDIR={tmp_path}/dest", "PREFIX=/usr")
    documents = tmp_path / "dest/usr/share/doc/partless"
    links = [(file, link) for file in sorted(documents.rglob("*.md"))
             for link in re.findall(r"\]\(([^)#]+)", file.read_text()) if "://" not in link]
    assert (documents / "README.md", "menu.png") in links and len(links) > 30
    assert [f"{file.name}: {link}" for file, link in links if not (file.parent / link).exists()] == []


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
    """The Debian package with the commands that `make deb` makes. The one with the loaders lies beside it."""
    make(root, "deb")
    [changes] = (root / "build/deb").glob("partless_*.changes")
    return changes.with_suffix(".deb")


@pytest.fixture
def loaders(package):
    """The package with the loaders."""
    return package.with_name(package.name.split("_")[0] + f"-efi_{package.name.split('_')[1]}_all.deb")


@pytest.mark.trial
def test_lintian_has_nothing_to_say_about_the_packages(package):
    lintian = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning",
                              package.with_suffix(".changes")], capture_output=True, text=True)
    assert lintian.returncode == 0, lintian.stdout
    assert lintian.stdout == ""


@pytest.mark.trial
def test_the_packages_hold_what_make_install_installs(package, loaders, root, build, tmp_path):
    subprocess.run(["dpkg", "-x", package, tmp_path / "one"], check=True)
    subprocess.run(["dpkg", "-x", loaders, tmp_path / "other"], check=True)
    for name in INSTALLED:
        path = tmp_path / "one/usr" / name
        assert path.is_file() or path.with_name(path.name + ".gz").is_file(), name
    has_loaders(build, tmp_path / "other/var/lib/partless/boot", tmp_path / "other/usr/share/partless")
    assert (tmp_path / "other/etc/partless/partless.conf").is_file()
    has_media(build, tmp_path / "other/var/lib/partless/boot", tmp_path, settings=root / "debian/partless.conf")
    for word in ["--version", "--help"]:
        subprocess.run([tmp_path / "one/usr/bin/partless", word], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.trial
def test_the_packages_have_the_version_of_the_program(package, loaders, root, partless):
    said = subprocess.run([partless, "--version"], capture_output=True, text=True, check=True).stdout.split()
    machine = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout
    for file, architecture in [(package, machine), (loaders, "all\n")]:
        fields = subprocess.run(["dpkg-deb", "-f", file, "Version", "Architecture"], capture_output=True,
                                text=True, check=True).stdout
        assert fields == f"Version: {said[-1]}\nArchitecture: {architecture}"
    wanted = subprocess.run(["dpkg-deb", "-f", package, "Recommends"], capture_output=True, text=True, check=True)
    assert f"partless-efi (= {said[-1]})" in wanted.stdout  # apt installs it too, unless it is told otherwise


INSTALL = """
cd /debs
apt-get -q update
apt-get -q -y --no-install-recommends install ./partless.deb # alone, as on a machine that builds images
partless --version
test ! -e /var/lib/partless
apt-get -q -y --no-install-recommends install ./partless-efi.deb
echo 'timeout 7' >>/etc/partless/partless.conf
apt-get -q -y --no-install-recommends install --reinstall ./partless.deb ./partless-efi.deb
apt-get -q -y remove partless
grep 'timeout 7' /var/lib/partless/boot/partless.conf # the host's settings stay, and guests go on to boot
apt-get -q -y purge partless partless-efi
"""


@pytest.mark.trial
@pytest.mark.skipif(os.getuid() != 0, reason="a chroot is root's")
def test_the_packages_install_into_a_fresh_debian_and_leave_it_again(package, loaders, tmp_path):
    tree = tmp_path / "debian"
    subprocess.run(["debootstrap", "--variant=minbase", "bookworm", tree], check=True, timeout=600,
                   stdout=subprocess.DEVNULL)
    (tree / "debs").mkdir()
    shutil.copy(package, tree / "debs/partless.deb")
    shutil.copy(loaders, tree / "debs/partless-efi.deb")
    done = subprocess.run(["chroot", tree, "sh", "-ec", INSTALL], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    left = [path for path in tree.rglob("*partless*") if path.suffix != ".deb"]
    assert [path for path in left if not re.search("/var/(lib/(apt|dpkg)|log)/", str(path))] == []
