"""scripts/mkguest, the command partless-mkguest: what it makes of a directory and of an archive, and what it refuses."""

import os
import shutil
import subprocess
import tarfile
import tempfile

import pytest

from image import debugfs_cat

UUID = "0c3bf1a4-4c5d-4d4d-9a55-3f0b4a3a9c11"
CAPABLE = bytes.fromhex("0100000200200000000000000000000000000000")  # cap_net_raw+ep, as Linux stores it
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMPRcYyEV8Kk9T8f0jLhXM4X2mWqvn0DUQUdhrRT+3mS me\n"


def stat(image, path):
    return subprocess.run(["debugfs", "-R", f"stat {path}", image], capture_output=True, text=True, check=True).stdout


def test_a_directory_becomes_a_disk(mkguest, tree, kernel, tmp_path):
    said = mkguest("--directory", tree, "--size", "64M", "--label", "mine", "--uuid", UUID, "guest.img")
    image = tmp_path / "guest.img"
    assert "made guest.img" in said and "It would boot" in said
    assert image.stat().st_size == 64 << 20
    assert image.stat().st_blocks * 512 < 16 << 20, "the file is not sparse"
    assert image.stat().st_mode & 0o777 == 0o600
    subprocess.run(["e2fsck", "-fn", image], check=True, capture_output=True)
    known = subprocess.run(["blkid", "-p", "-o", "export", image], capture_output=True, text=True).stdout
    assert f"UUID={UUID}\n" in known and "LABEL=mine\n" in known and "TYPE=ext4\n" in known
    assert debugfs_cat(image, "/etc/fstab") == ("# old\nUUID=1 /home ext4 defaults 0 2\n"
                                                f"UUID={UUID} / ext4 errors=remount-ro 0 1\n")
    assert debugfs_cat(image, "/etc/shadow") == (tree / "etc/shadow").read_text()
    assert "/dev/sda1" in (tree / "etc/fstab").read_text(), "the directory itself was changed"


def test_what_is_asked_for_is_in_it(mkguest, tree, kernel, tmp_path):
    (tmp_path / "key.pub").write_text(PUBLIC_KEY)
    mkguest("--directory", tree, "--size=64M", "--hostname=web.example.org", "--ssh-key", "key.pub",
            "--password-file", "-", "--options", "ro console=ttyS0", "guest.img", given="it's secret\n")
    image = tmp_path / "guest.img"
    assert debugfs_cat(image, "/etc/hostname") == "web.example.org\n"
    assert "127.0.1.1 web.example.org\n" in debugfs_cat(image, "/etc/hosts")
    assert debugfs_cat(image, "/root/.ssh/authorized_keys") == PUBLIC_KEY
    assert "Mode:  0600" in stat(image, "/root/.ssh/authorized_keys")
    assert "Mode:  0700" in stat(image, "/root/.ssh")
    assert debugfs_cat(image, "/etc/kernel/cmdline") == "ro console=ttyS0\n"
    assert "Mode:  0640" in stat(image, "/etc/shadow")
    root, other = debugfs_cat(image, "/etc/shadow").splitlines()
    _, hashed, rest = root.split(":", 2)
    salt = hashed.split("$")[2]
    again = subprocess.run(["openssl", "passwd", "-6", "-salt", salt, "it's secret"], capture_output=True, text=True)
    assert hashed == again.stdout.strip()
    assert (rest, other) == ("19000:0:99999:7:::", "bin:*:19000::::::")


def test_a_directory_for_another_processor_is_checked_for_that(mkguest, tree, kernel, build):
    (tree / "boot/hello.efi").write_bytes((build / "aarch64/test/hello.efi").read_bytes())
    assert "It would boot" in mkguest("--directory", tree, "--size=64M", "--arch", "aarch64", "guest.img")
    mkguest("--directory", tree, "--size=64M", "--arch=x86-64", "other.img", fails=1)
    assert "--arch 'sparc'" in mkguest("--directory", tree, "--size=64M", "--arch=sparc", "third.img", fails=2)


def test_an_archive_keeps_its_owners_and_modes(mkguest, tree, kernel, tmp_path):
    with tarfile.open(tmp_path / "tree.tar.xz", "w:xz") as archive:
        archive.add(tree, ".")
        member = tarfile.TarInfo("home")
        member.type, member.mode, member.uid, member.gid = tarfile.DIRTYPE, 0o2750, 1000, 1001
        archive.addfile(member)
    mkguest("--tar", "tree.tar.xz", "--size", "64M", "guest.img")
    facts = stat(tmp_path / "guest.img", "/home")
    assert "Mode:  02750" in facts and "User:  1000" in facts and "Group:  1001" in facts


def through_a_pipe(mkguest, tree, how, fails=None):
    with subprocess.Popen(["tar", "-C", tree, how, "-", "."], stdout=subprocess.PIPE) as tar:
        said = mkguest("--tar", "-", "--size=64M", "guest.img", pipe=tar.stdout, fails=fails)
        tar.stdout.close()
    return said


def test_an_archive_may_come_through_a_pipe(mkguest, tree, kernel, tmp_path):
    assert "It would boot" in through_a_pipe(mkguest, tree, "-cf")
    assert debugfs_cat(tmp_path / "guest.img", "/etc/os-release") == "ID=test\n"


def test_an_archive_in_a_pipe_is_not_compressed(mkguest, tree, kernel, tmp_path):
    said = through_a_pipe(mkguest, tree, "-czf", fails=1)
    assert "Archive is compressed" in said and "failed while unpacking the input" in said
    assert not (tmp_path / "guest.img").exists()


def test_the_input_cannot_be_both_an_archive_and_a_password(mkguest):
    assert "the input cannot be both" in mkguest("--tar", "-", "--password-file", "-", "x.img", fails=2)


def test_a_disk_that_would_not_boot_is_made_and_that_is_said(mkguest, tree, tmp_path):
    mkguest("--directory", tree, "--size", "64M", "guest.img", fails=1)
    assert debugfs_cat(tmp_path / "guest.img", "/etc/os-release") == "ID=test\n"


def test_without_the_partless_command_that_is_said(root, tree, tmp_path):
    bare = {**os.environ, "TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    if shutil.which("partless", path=bare["PATH"] + ":/usr/sbin:/sbin"):
        pytest.skip("it is installed here")
    done = subprocess.run([root / "scripts/mkguest", "--directory", tree, "--size", "64M", tmp_path / "x.img"],
                          env=bare, capture_output=True, text=True)
    assert done.returncode == 0 and "there is no partless on the PATH" in done.stdout


@pytest.mark.parametrize("place", ["etc", "root", "root/.ssh", "etc/shadow", "etc/kernel"])
def test_links_of_the_guest_are_not_followed(mkguest, tree, kernel, tmp_path, place):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "shadow").write_text("root:mine:1::::::\n")
    target = tree / place
    if target.is_dir():
        subprocess.run(["rm", "-r", target], check=True)
    target.unlink(missing_ok=True)
    target.symlink_to(outside / "shadow" if place == "etc/shadow" else outside)
    (tmp_path / "key.pub").write_text(PUBLIC_KEY)
    said = mkguest("--directory", tree, "--size", "64M", "--ssh-key", "key.pub", "--password-file", "-",
                   "--options", "ro", "guest.img", given="secret\n", fails=1)
    assert "In what you gave" in said or "What you gave" in said
    assert [path.name for path in outside.iterdir()] == ["shadow"]
    assert (outside / "shadow").read_text() == "root:mine:1::::::\n"
    assert not (tmp_path / "guest.img").exists()


WRONG = {
    "": "Which image is to be made?",
    "--size 4 --directory tree x.img": "a number with M, G or T",
    "--size 0G --directory tree x.img": "a number with M, G or T",
    "--size 15M --directory tree x.img": "from 16M to 16T",
    "--size 17T --directory tree x.img": "from 16M to 16T",
    "--label a/b --directory tree x.img": "letters, digits",
    "--label 12345678901234567 --directory tree x.img": "letters, digits",
    "--uuid 1 --directory tree x.img": "is no UUID",
    "--hostname -x --directory tree x.img": "letters, digits, dots and hyphens",
    "--hostname " + 65 * "x" + " --directory tree x.img": "at most 64 letters",
    "--mirror http://x --directory tree x.img": "are for --debian: --directory takes the system as it is",
    "--kernel x --tar x.tar x.img": "are for --debian: --tar takes the system as it is",
    "--include x --directory tree x.img": "--include are for --debian",
    "-h": "The option -h is unknown.",
    "--directory tree -x": "The option -x is unknown.",
    "--directory tree -": "The option - is unknown.",
    "--what x.img --directory": "The option --what is unknown",
    "--directory tree --tar x x.img": "two different contents",
    "--directory tree x.img y.img": "One image at a time",
    "--debian book/worm --password-file - x.img": "is no suite's name",
    "--debian bookworm --include a;b --password-file - x.img": "names and commas",
    "--directory": "needs a value",
}


@pytest.mark.parametrize("words", WRONG)
def test_wrong_usage_is_told_and_nothing_is_made(mkguest, tree, tmp_path, words):
    said = mkguest(*words.split(), fails=2)
    assert WRONG[words] in said
    assert not (tmp_path / "x.img").exists()


def test_options_that_are_too_long_are_told_the_limit(mkguest, tree):
    said = mkguest("--options", 2001 * "x", "--directory", tree, "x.img", fails=2)
    assert said.startswith("mkguest: --options: one line of ASCII, at most 2000 characters, is taken.\n")


def test_a_directory_s_name_is_no_option(mkguest, tree, kernel, tmp_path):
    tree.rename(tmp_path / "-d")
    assert "It would boot" in mkguest("--directory", "-d", "--size", "64M", "x.img")


def test_an_image_that_is_there_is_left_alone(mkguest, tree, tmp_path):
    (tmp_path / "x.img").write_text("precious")
    said = mkguest("--directory", tree, "x.img", fails=1)
    assert "'x.img' is there already" in said
    assert (tmp_path / "x.img").read_text() == "precious"


def test_the_misspelt_name_of_a_device_makes_no_file(mkguest, tree):
    """/dev is memory: a guest that was written there is gone with the host's next start."""
    path = tempfile.mktemp(prefix="partless-test-", dir="/dev")
    try:
        assert f"There is no device '{path}'" in mkguest("--directory", tree, path, fails=1)
        assert not os.path.lexists(path)
    finally:
        if os.path.lexists(path):
            os.unlink(path)


@pytest.mark.parametrize("name, sentence", [
    ("/dev/null", "'/dev/null' is no block device, and not a new file: choose another name."),
    ("tree", "'tree' is a directory: say what the image in it is to be called."),
    ("pipe", "'pipe' is no block device, and not a new file: choose another name."),
])
def test_nobody_is_told_to_remove_what_is_no_image(mkguest, tree, tmp_path, name, sentence):
    os.mkfifo(tmp_path / "pipe")
    assert mkguest("--directory", tree, name, fails=1) == f"mkguest: {sentence}\n"


def test_a_source_of_the_other_kind_is_told(mkguest, tree, tmp_path):
    (tmp_path / "x.tar").touch()
    assert mkguest("--directory", "x.tar", "x.img", fails=1) == (
        "mkguest: 'x.tar' is no directory: say --tar where it is an archive.\n")
    assert mkguest("--tar", "tree", "x.img", fails=1) == "mkguest: 'tree' is a directory: say --directory.\n"


def test_a_place_for_the_work_that_is_not_there_or_full_is_told(root, tree, tmp_path):
    def run(place):
        done = subprocess.run([root / "scripts/mkguest", "--directory", tree, "x.img"], cwd=tmp_path, text=True,
                              capture_output=True, env={**os.environ, "TMPDIR": str(place)})
        assert done.returncode == 1 and not (tmp_path / "x.img").exists()
        return done.stderr.splitlines()[-1]

    assert run("/gone") == "mkguest: No directory for the work can be made in '/gone': set TMPDIR to another place."
    if os.getuid() != 0:
        pytest.skip("a small file system is mounted as root")
    (tmp_path / "small").mkdir()
    (tree / "large").write_bytes(bytes(3 << 20))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", tmp_path / "small"], check=True)
    try:
        assert run(tmp_path / "small") == (f"mkguest: '{tmp_path / 'small'}', where the work is done, is full: "
                                           "set TMPDIR to a place with more room.")
    finally:
        subprocess.run(["umount", tmp_path / "small"], check=True)


def test_a_source_that_is_not_there_or_empty_is_told(mkguest, tmp_path):
    assert "There is no directory 'gone'" in mkguest("--directory", "gone", "x.img", fails=1)
    assert "There is no file 'gone.tar'" in mkguest("--tar", "gone.tar", "x.img", fails=1)
    with (tmp_path / "disk.img").open("wb") as disk:
        disk.truncate(1 << 20)
    said = mkguest("--tar", tmp_path / "disk.img", "x.img", fails=1)
    assert f"There is nothing in {tmp_path / 'disk.img'}; is it an archive?" in said


def test_a_disk_too_small_is_told_and_leaves_nothing(mkguest, tree, tmp_path):
    (tree / "large").write_bytes(os.urandom(40 << 20))
    said = mkguest("--directory", tree, "--size", "32M", "x.img", fails=1)
    assert "did not fit into 'x.img': give it more, with --size" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tree", "work"]


def test_an_empty_password_is_refused(mkguest, tree, tmp_path):
    assert "There is no password" in mkguest("--directory", tree, "--password-file", "-", "x.img", fails=1)
    assert not (tmp_path / "x.img").exists()


def test_the_man_page_has_every_option_that_help_names(mkguest, root):
    page = (root / "docs/partless-mkguest.1").read_text()
    options = [line.split()[0] for line in mkguest("--help").splitlines() if line.startswith("  --")]
    assert len(options) == 16
    assert [option for option in options if f"Fl -{option[2:]}" not in page] == []


def test_a_step_that_fails_is_named(mkguest, tree, tmp_path):
    (tmp_path / "broken.tar").write_text("no archive")
    assert "failed while unpacking broken.tar" in mkguest("--tar", "broken.tar", "x.img", fails=1)
    assert not (tmp_path / "x.img").exists()


@pytest.mark.parametrize("option", ["--password-file", "--ssh-key"])
def test_a_file_that_is_not_there_is_told(mkguest, tree, tmp_path, option):
    what = {"--password-file": "a password", "--ssh-key": "a key"}[option]
    said = mkguest("--directory", tree, option, "gone", "x.img", fails=1)
    assert said == f"mkguest: There is no file 'gone' with {what}.\n"
    said = mkguest("--directory", tree, option, "tree", "x.img", fails=1)
    assert said == f"mkguest: 'tree' is a directory, not a file with {what}.\n"


# How a file with a private key begins.
PRIVATE = ["-----BEGIN OPENSSH PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----",
           "PuTTY-User-Key-File-3: ssh-ed25519"]


@pytest.mark.parametrize("line", PRIVATE)
def test_a_private_key_stays_on_the_host(mkguest, tree, kernel, tmp_path, line):
    (tmp_path / "id").write_text(f"{line}\n{PUBLIC_KEY}")
    said = mkguest("--directory", tree, "--ssh-key", "id", "x.img", fails=1)
    assert said == "mkguest: 'id' holds a private key: the public one is wanted, often called 'id.pub'.\n"
    assert not (tmp_path / "x.img").exists()


ECDSA = ("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEJqxJyhfMLP8KwLdib9y6RXn4HS+7nxhpoHT"
         "4qi4RE+TKYkLrJyD99F0MSlV+WrqqIC90kQ9fjv0sBvKsafrMo= me\n")
# What sshd takes a key from, and from what it does not.
TAKEN = {
    "options": "# mine\n\n  restrict,from=\"10.0.0.1\",command=\"ls -l\" " + PUBLIC_KEY,
    "carriage returns": "# mine\r\n" + PUBLIC_KEY.replace("\n", "\r\n"),
    "no end of the line": PUBLIC_KEY.rstrip(),
    "another kind": ECDSA,
}
REFUSED = {
    "no key": "secret\n",
    "nothing": "",
    "a comment": "#" + PUBLIC_KEY,
    "a byte order mark": "\ufeff" + PUBLIC_KEY,
    "half a key": PUBLIC_KEY[:40] + "\n",
    "a key in three lines": PUBLIC_KEY.replace(" ", "\n"),
}


@pytest.mark.parametrize("what", TAKEN)
def test_a_public_key_is_taken_as_it_is(mkguest, tree, kernel, tmp_path, what):
    (tmp_path / "key.pub").write_text(TAKEN[what], newline="")
    mkguest("--directory", tree, "--size", "64M", "--ssh-key", "key.pub", "x.img")
    assert stat(tmp_path / "x.img", "/root/.ssh/authorized_keys").split("Size: ")[1].split()[0] == str(len(TAKEN[what]))


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_without_a_public_key_is_refused(mkguest, tree, kernel, tmp_path, what):
    (tmp_path / "pw").write_text(REFUSED[what], newline="")
    said = mkguest("--directory", tree, "--size", "64M", "--ssh-key", "pw", "x.img", fails=1)
    assert said == "mkguest: 'pw' holds no public key: a line such as 'ssh-ed25519 AAAA...' is wanted.\n"
    assert not (tmp_path / "x.img").exists()


def test_a_password_may_come_from_a_pipe(root, tree, tmp_path):
    """As the shell's <(...) gives it."""
    reader, writer = os.pipe()
    os.write(writer, b"secret\n")
    os.close(writer)
    done = subprocess.run([root / "scripts/mkguest", "--directory", tree, "--size", "64M", "--password-file",
                           f"/dev/fd/{reader}", tmp_path / "x.img"], pass_fds=[reader], capture_output=True, text=True)
    os.close(reader)
    assert "made" in done.stdout, done.stderr
    assert debugfs_cat(tmp_path / "x.img", "/etc/shadow").startswith("root:$6$")


def test_long_work_is_told_and_a_signal_too(root, tree, tmp_path):
    """As a person does who has waited long enough."""
    tar = tmp_path / "bin/tar"
    tar.parent.mkdir()
    tar.write_text("#!/bin/sh\nsleep 12\nkill $PPID\n")
    tar.chmod(0o755)
    (tmp_path / "x.tar").touch()
    done = subprocess.run([root / "scripts/mkguest", "--tar", "x.tar", "x.img"], cwd=tmp_path, text=True, timeout=60,
                          env={**os.environ, "PATH": f"{tar.parent}:{os.environ['PATH']}"}, capture_output=True)
    assert done.returncode == 1
    assert done.stdout.splitlines() == ["mkguest: unpacking x.tar", "mkguest: unpacking x.tar: 10 s so far"]
    assert done.stderr == "mkguest: stopped by a signal while unpacking x.tar.\n"


@pytest.mark.skipif(os.getuid() != 0, reason="capabilities are given by root")
@pytest.mark.parametrize("kind", ["directory", "tar"])
def test_capabilities_of_programs_are_kept(mkguest, tree, kernel, tmp_path, kind):
    os.setxattr(tree / "etc/os-release", "security.capability", CAPABLE)
    subprocess.run(["tar", "--xattrs", "--xattrs-include=*", "-C", tree, "-cf", tmp_path / "x.tar", "."], check=True)
    mkguest(f"--{kind}", tree if kind == "directory" else "x.tar", "--size=64M", "guest.img")
    attributes = subprocess.run(["debugfs", "-R", "ea_get -x /etc/os-release security.capability",
                                 tmp_path / "guest.img"], capture_output=True, text=True, check=True).stdout
    assert CAPABLE.hex(" ") in attributes


@pytest.mark.skipif(os.getuid() != 0, reason="labels are given by root")
def test_a_changed_file_keeps_its_label_of_selinux(mkguest, tree, kernel, tmp_path):
    """Without it the guest's systemd may not read its /etc/fstab."""
    os.setxattr(tree / "etc/fstab", "security.selinux", b"system_u:object_r:etc_t:s0")
    os.chown(tree / "etc/fstab", 5, 5)
    (tree / "etc/fstab").chmod(0o400)
    mkguest("--directory", tree, "--size=64M", "guest.img")
    told = subprocess.run(["debugfs", "-R", "ea_get /etc/fstab security.selinux", tmp_path / "guest.img"],
                          capture_output=True, text=True, check=True).stdout
    assert "system_u:object_r:etc_t:s0" in told
    facts = stat(tmp_path / "guest.img", "/etc/fstab")
    assert "Mode:  0644" in facts and "User:     0" in facts


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_another_name_of_a_changed_file_is_not_changed(mkguest, tree, kernel, tmp_path, link):
    (tree / "etc/hostname").write_text("old\n")
    (tree / "etc/hostname").rename(tree / "etc/other")
    link("other" if link is os.symlink else tree / "etc/other", tree / "etc/hostname")
    mkguest("--directory", tree, "--size=64M", "--hostname=new", "guest.img")
    assert debugfs_cat(tmp_path / "guest.img", "/etc/hostname") == "new\n"
    assert debugfs_cat(tmp_path / "guest.img", "/etc/other") == "old\n"
