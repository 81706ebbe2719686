"""scripts/mkguest --fs xfs: the root disk as one XFS file system, which is filled by mounting it, as root."""

import os
import shutil
import subprocess
import time

import pytest

import image
import xfs
from test_mkguest import CAPABLE, UUID
from test_mkguest_debian import debian  # noqa: F401, a fixture
from test_mkguest_device import device  # noqa: F401, a fixture

ROOT = pytest.mark.skipif(os.getuid() != 0, reason="XFS is mounted as root")


def attached():
    """The loop devices that have a file."""
    return subprocess.run(["losetup", "--noheadings", "--output", "NAME,BACK-FILE"], capture_output=True, text=True,
                          check=True).stdout


@pytest.fixture
def nothing_stays(tmp_path):
    """No mount and no loop device of mkguest's, for files of this test: another one may be in the midst of its own."""
    yield
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        assert str(tmp_path) not in mounts.read()
    assert f"{tmp_path}/.x.img." not in attached()


@pytest.fixture
def rich(tree):
    """What more a file may be: of another's, linked, sparse, old, in a large directory, with attributes."""
    (tree / "home").mkdir()
    (tree / "home/letter").write_text("dear\n")
    os.link(tree / "home/letter", tree / "home/same letter")
    os.chown(tree / "home/letter", 1000, 1001)
    (tree / "home/letter").chmod(0o4750)
    (tree / "home/way").symlink_to("/home/same letter")
    os.setxattr(tree / "home/letter", "security.capability", CAPABLE)
    os.setxattr(tree / "home/letter", "user.what", b"mine")
    os.utime(tree / "home/letter", ns=(10 ** 18, 10 ** 18 + 5))
    with open(tree / "holes", "wb") as file:
        file.truncate(2 << 30)
        file.write(b"begin")
    (tree / "many").mkdir()
    for n in range(300):
        (tree / f"many/a file with number {n}").write_text(str(n))
    (tree / "home").chmod(0o2770)
    return tree


def facts(top):
    """What `partless` does not show of all that is below TOP: owners, modes, times, links, attributes, devices."""
    found = {}
    for folder, names, files in os.walk(top):
        for name in ["", *names, *files]:
            path = os.path.join(folder, name)
            of = os.lstat(path)
            names_of = [] if os.path.islink(path) else sorted(os.listxattr(path))
            attributes = [(a, os.getxattr(path, a)) for a in names_of]
            links = of.st_nlink if os.path.isfile(path) else None
            found[os.path.relpath(path, top)] = (of.st_mode, of.st_uid, of.st_gid, of.st_mtime_ns, links, attributes)
    return found


def mounted(img, directory, look):
    """What LOOK(directory) says of the image, mounted there."""
    directory.mkdir()
    image.run("mount", "-o", "loop,ro,norecovery", img, directory)
    try:
        return look(directory)
    finally:
        image.run("umount", directory)


def changed_by_mkguest(tree):
    """TREE with the line of its /etc/fstab."""
    (tree / "etc/fstab").write_text(f"# old\nUUID=1 /home ext4 defaults 0 2\nUUID={UUID} / xfs defaults 0 0\n")
    return tree


@ROOT
@pytest.mark.parametrize("kind", ["directory", "tar"])
def test_a_system_becomes_xfs(mkguest, rich, kernel, tmp_path, nothing_stays, kind):
    if kind == "tar":
        subprocess.run(["tar", "--xattrs", "--xattrs-include=*", "-S", "-C", rich, "-czf", tmp_path / "x.tgz", "."],
                       check=True)
    source = rich if kind == "directory" else tmp_path / "x.tgz"
    said = mkguest("--fs", "xfs", f"--{kind}", source, "--size=300M", "--label=twelve.bytes", "--uuid", UUID, "x.img")
    img = tmp_path / "x.img"
    assert "made x.img, LABEL=twelve.bytes" in said and "It would boot" in said
    xfs.assert_sound(img)
    assert xfs.log_state(img) == "CLEAN"
    known = subprocess.run(["blkid", "-p", "-o", "export", img], capture_output=True, text=True).stdout
    assert f"UUID={UUID}\n" in known and "LABEL=twelve.bytes\n" in known and "TYPE=xfs\n" in known
    assert img.stat().st_size == 300 << 20 and img.stat().st_mode & 0o777 == 0o600
    assert img.stat().st_blocks * 512 < (64 + 16) << 20, "but for the log the file is not sparse"
    want = changed_by_mkguest(rich)
    (want / "holes").unlink()  # 2 GiB to read
    have = image.walk(img)
    assert have.pop(b"/holes") == ("file", 2 << 30, None)
    told, sums = image.manifest(want)
    assert {p: (k, None if k == "dir" else s, t) for p, (k, s, t) in have.items()} == told
    for path, digest in sums.items():
        if b"/many/" not in path:
            assert image.cat_sha256(img, path) == digest, path
    was = facts(want)
    now = mounted(img, tmp_path / "mounted", facts)
    now.pop("holes")
    for path in [".", "etc", "etc/fstab"]:  # changed just now
        assert was.pop(path)[:3] == now.pop(path)[:3]
    assert now == was


@pytest.mark.parametrize("words, sentence", [
    ("--fs btrfs", "--fs 'btrfs': ext4 and xfs can be made."),
    ("--fs xfs --size 299M", "--size '299M': XFS needs at least 300M."),
    ("--fs=xfs --label thirteen.byte", "--label 'thirteen.byte': XFS takes at most 12 bytes."),
])
def test_wrong_usage_is_told(mkguest, tree, tmp_path, words, sentence):
    said = mkguest("--directory", tree, "x.img", *words.split(), fails=2)
    assert sentence in said
    assert not (tmp_path / "x.img").exists()


def program(directory, name, text):
    """TEXT is what NAME does."""
    directory.mkdir(exist_ok=True)
    (directory / name).unlink(missing_ok=True)  # it may be a link to the machine's own
    (directory / name).write_text(f"#!/bin/sh\n{text}\n")
    (directory / name).chmod(0o755)
    return directory


def test_a_person_is_told_to_be_root(mkguest, tree, tmp_path):
    person = program(tmp_path / "bin", "id", "echo 1000")
    said = mkguest("--fs", "xfs", "--directory", tree, "x.img", fails=1, programs=person)
    assert said == "mkguest: An XFS file system is filled as root: please try it with sudo.\n"


def test_a_machine_without_xfsprogs_is_told_what_to_install(root, tree, tmp_path):
    program(tmp_path / "bin", "id", "echo 0")
    for name in ["grep", "wc", "rm", "uname"]:
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    text = (root / "scripts/mkguest").read_text()
    (tmp_path / "mkguest").write_text(text.replace("PATH=$PATH:/usr/sbin:/sbin", "PATH=$PATH"))
    done = subprocess.run(["/bin/sh", tmp_path / "mkguest", "--fs", "xfs", "--directory", tree, "x.img"], cwd=tmp_path,
                          env={"PATH": str(tmp_path / "bin")}, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "mkguest: The program mkfs.xfs is missing: please install xfsprogs.\n"


# What mount(8) says where something is missing.
MISSING = {
    "mount: /x: unknown filesystem type 'xfs'.": "this machine's kernel has no XFS",
    "mount: /x: failed to setup loop device for /y.": "no loop device is to be had",
    "mount: /x: cannot find an unused loop device.": "no loop device is to be had",
    "mount: /x: permission denied.": "it may not be mounted here",
    "unshare: cannot change root filesystem propagation: Invalid argument": "no mount namespace is to be had",
}


@ROOT
@pytest.mark.parametrize("words", MISSING)
def test_what_a_machine_lacks_is_told_before_the_work(mkguest, tree, tmp_path, words):
    """In a container, for example."""
    lacks = program(tmp_path / "bin", words.split(":")[0], f"echo \"{words}\" >&2; exit 32")
    said = mkguest("--fs", "xfs", "--directory", tree, "x.img", fails=1, programs=lacks)
    assert said == f"mkguest: An XFS file system is filled by mounting it, and {MISSING[words]}: {words}\n"
    assert not (tmp_path / "x.img").exists()


@ROOT
def test_a_disk_too_small_is_told_and_leaves_nothing(mkguest, tree, tmp_path, nothing_stays):
    (tree / "large").write_bytes(os.urandom(290 << 20))
    said = mkguest("--fs", "xfs", "--directory", tree, "--size", "300M", "x.img", fails=1)
    assert "MiB did not fit into 'x.img': give it more, with --size" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tree", "work"]


@ROOT
def test_a_full_host_is_not_taken_for_a_small_disk(root, tree, tmp_path):
    """The image is sparse: the host may have less room than it seems to have."""
    (tree / "large").write_bytes(os.urandom(60 << 20))
    (tmp_path / "small").mkdir()
    script = (f"mount -t tmpfs -o size=50m none small\nTMPDIR={tmp_path} {root}/scripts/mkguest --fs xfs "
              "--directory tree --size 300M small/x.img\nresult=$?\n[ -z \"$(ls -A small)\" ] || exit 9\nexit $result")
    done = subprocess.run(["unshare", "--mount", "sh", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "No space left on device" in done.stderr and "did not fit" not in done.stderr
    assert done.stderr.endswith("mkguest: The file system could not be written to 'small/x.img'; why is said above.\n")


# What only newer kernels read, from the newest on.
NEW, OLD, OLDEST = ["NREXT64", "EXCHANGE", "PARENT"], ["BIGTIME", "INOBTCNT"], ["SPARSE_INODES", "REFLINK", "FINOBT"]


@ROOT
@pytest.mark.parametrize("kernels, features", [
    ([], OLD + OLDEST), (["6.1.0-40-amd64"], OLD + OLDEST), (["5.10.0-9-amd64", "10.0"], OLD + OLDEST),
    (["4.18.0-553.el8.x86_64", "6.1.0"], OLDEST), (["5.4.0-100-generic"], OLDEST), (["3.10.0-1160.el7.x86_64"], [])])
@pytest.mark.parametrize("lib", ["lib", "usr/lib"])
def test_the_features_are_those_that_the_guest_s_kernel_reads(mkguest, tree, kernel, tmp_path, kernels, features, lib):
    for name in kernels:
        (tree / lib / "modules" / name).mkdir(parents=True)
    mkguest("--fs", "xfs", "--directory", tree, "--size", "300M", "x.img")
    has = xfs.db(tmp_path / "x.img", "version").strip().split(",")
    assert {name for name in has if name in NEW + OLD + OLDEST + ["RMAPBT"]} == set(features)


@ROOT
def test_a_newer_mkfs_makes_nothing_that_only_newer_kernels_read(mkguest, tree, kernel, tmp_path):
    """Stands in for one that has exchange and parent, on if they are not switched off."""
    real = shutil.which("mkfs.xfs", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    newer = program(tmp_path / "bin", "mkfs.xfs", f"""
        case " $* " in *" -N "*) ;; *) echo "$*" >>{tmp_path}/said ;; esac
        {real} $(printf '%s ' "$@" | sed 's/-i exchange=0//; s/-n parent=0//')""")
    mkguest("--fs", "xfs", "--directory", tree, "--size", "300M", "x.img", programs=newer)
    said, = (tmp_path / "said").read_text().splitlines()
    for option in ["-i nrext64=0", "-i exchange=0", "-n parent=0"]:
        assert option in said


@ROOT
def test_an_empty_block_device_becomes_xfs(mkguest, tree, kernel, device, nothing_stays):  # noqa: F811
    os.truncate(device.image, 300 << 20)
    path = device.attach()
    said = mkguest("--fs", "xfs", "--directory", tree, "--uuid", UUID, path)
    assert f"made {path}" in said and "It would boot" in said
    xfs.assert_sound(path)
    assert f"UUID={UUID} / xfs" in image.partless("cat", path, "/etc/fstab").stdout.decode()


@ROOT
def test_a_small_device_is_refused(mkguest, tree, device):  # noqa: F811
    os.truncate(device.image, 299 << 20)
    path = device.attach()
    said = mkguest("--fs", "xfs", "--directory", tree, path, fails=1)
    assert f"'{path}' has 299 MiB and 300 MiB are needed" in said
    assert device.is_empty()


def is_empty_to_all(partless, path):
    """Neither blkid, nor xfs_repair by the superblock's copies, nor Partless finds a file system."""
    assert subprocess.run(["blkid", "-p", path]).returncode == 2
    repair = subprocess.run(["xfs_repair", "-n", path], capture_output=True, text=True)
    assert "could not find valid secondary superblock" in repair.stdout + repair.stderr
    check = subprocess.run([partless, "check", path], capture_output=True, text=True)
    assert check.returncode == 1 and "holds nothing that Partless knows" in check.stderr


@ROOT
def test_a_device_that_was_not_filled_is_empty_again(mkguest, partless, tree, device, nothing_stays):  # noqa: F811
    os.truncate(device.image, 320 << 20)
    (tree / "large").write_bytes(os.urandom(300 << 20))
    path = device.attach()
    said = mkguest("--fs", "xfs", "--directory", tree, path, fails=1)
    assert f"did not fit into '{path}': make it larger" in said
    is_empty_to_all(partless, path)


@ROOT
@pytest.mark.parametrize("what", ["device", "file"])
def test_a_signal_in_the_midst_of_the_copying_leaves_nothing(root, build, partless, tree, device,  # noqa: F811
                                                             tmp_path, nothing_stays, what):
    real = shutil.which("cp")
    slow = program(tmp_path / "bin", "cp", f"""{real} "$@"
        case $* in *"/disk/"*) echo >{tmp_path}/copied; sleep 50 ;; esac""")
    os.truncate(device.image, 320 << 20)
    target = device.attach() if what == "device" else tmp_path / "x.img"
    (tmp_path / "temp").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temp"), "PATH": f"{slow}:{build}:{os.environ['PATH']}"}
    with subprocess.Popen([root / "scripts/mkguest", "--fs", "xfs", "--directory", tree, target], env=environment,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as running:
        until = time.monotonic() + 60
        while not (tmp_path / "copied").exists():
            assert time.monotonic() < until and running.poll() is None
            time.sleep(0.1)
        running.terminate()
        said = running.communicate(timeout=40)[1]
    assert running.returncode == 1
    assert said.startswith("mkguest: stopped by a signal while writing the file system, ") and said.count("\n") == 1
    assert list((tmp_path / "temp").iterdir()) == []
    if what == "device":
        is_empty_to_all(partless, target)
    else:
        assert [path for path in tmp_path.iterdir() if "x.img" in path.name] == []


@ROOT
def test_debian_on_xfs_has_its_tools(debian):  # noqa: F811
    for name in ["unshare", "mount"]:
        (debian.programs / name).unlink()  # the real ones are needed
    assert "It would boot" in debian("--fs", "xfs", "--size", "512M", "guest.img")
    installed, = [line.split() for line in debian.said.read_text().splitlines() if " install systemd-sysv " in line]
    assert "xfsprogs" in installed and "e2fsprogs" not in installed
    fstab = image.partless("cat", debian.path / "guest.img", "/etc/fstab").stdout.decode()
    assert fstab.endswith(" / xfs defaults 0 0\n")
