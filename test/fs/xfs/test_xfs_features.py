"""The table of XFS features in docs/filesystems.md says what the reader does."""

import re
import subprocess

import pytest

import image
import xfs


@pytest.fixture
def plain(tree, img):
    return xfs.mkfs(img, tree=tree, size="64m")


def table():
    """[(name, bit, answer)] as docs/filesystems.md has them."""
    text = (image.ROOT / "docs" / "filesystems.md").read_text()
    found = re.search(r"^\| XFS incompat feature \|.*?(?=\n\n)", text, re.M | re.S)[0]
    rows = re.findall(r"^\| `(\w+)` \| (0x[0-9a-f]+) \| (\w+) \|", found, re.M)
    return [(name, int(bit, 16), answer) for name, bit, answer in rows]


def set_incompat(img, bits):
    xfs.put_super(img, 216, "I", bits)


def test_every_feature_is_read_or_refused_as_the_table_says(plain):
    rows = table()
    assert len(rows) == 11 and all(answer in ("read", "ignored", "refused") for _, _, answer in rows)
    before = xfs.super_field(plain, 216, "I")
    known = 0
    for name, bit, answer in rows:
        known |= bit
        if answer == "refused":
            set_incompat(plain, before | bit)
            assert f"('{name}')" in image.says("ls", plain, "/", code=2)
        elif answer == "ignored":
            set_incompat(plain, before ^ bit)
            image.partless("ls", plain, "/sizes")
    for bit in (1 << n for n in range(32) if not known & 1 << n):
        set_incompat(plain, before | bit)
        assert f"it needs features that are not known (bits {bit:#x})" in image.says("ls", plain, "/", code=2)


@pytest.mark.parametrize("at", [208, 212, 220], ids=["compat", "ro_compat", "log_incompat"])
def test_other_features_are_no_hindrance(plain, at):
    for bit in (1 << n for n in range(32)):
        xfs.put_super(plain, at, "I", xfs.super_field(plain, at, "I") ^ bit)
        assert image.partless("cat", plain, "/sizes/size-1").stderr == b""


def test_types_come_from_the_inode_where_directories_have_none(tree, img):
    xfs.mkfs(img, "-m", "crc=0,finobt=0", "-n", "ftype=0", tree=tree, size="64m")
    kinds = {name: what[0] for name, what in image.ls(img, "/links").items()}
    assert kinds[b"up"] == "link" and image.ls(img, "/")[b"sizes"][0] == "dir"


def test_bits_of_version_4_that_linux_does_not_know_are_refused(img):
    xfs.mkfs(img, "-m", "crc=0", size="16m")
    image.partless("ls", img, "/")
    before = xfs.super_field(img, 200, "I")
    for bit in (1 << n for n in range(32)):
        xfs.put_super(img, 200, "I", before | bit)
        refused = image.partless("ls", img, "/", ok=(0, 2)).returncode == 2
        assert refused == (bit not in (2, 8, 0x80, 0x100, 0x200)), hex(bit)


def test_metadata_keeps_its_uuid_when_the_volume_gets_another(tree, img):
    xfs.mkfs(img, tree=tree)
    uuid = "01234567-89ab-cdef-0123-456789abcdef"
    image.run("xfs_admin", "-U", uuid, img)
    assert xfs.super_field(img, 216, "I") & 4
    xfs.assert_same(img, tree)
    assert uuid in image.partless("check", "--json", img, ok=(0, 1)).stdout.decode()


def test_label_and_uuid_are_those_of_blkid(img):
    xfs.mkfs(img, "-L", "twelve-chars", size="16m")
    told = subprocess.run(["blkid", "-p", "-o", "export", img], capture_output=True, text=True, check=True,
                          timeout=60).stdout
    uuid = re.search(r"^UUID=(.*)$", told, re.M)[1]
    assert "LABEL=twelve-chars" in told and "TYPE=xfs" in told
    out = image.partless("check", "--json", img, ok=(0, 1)).stdout.decode()
    assert uuid in out and '"twelve-chars"' in out and '"xfs"' in out


@pytest.mark.parametrize("name", ["VMLINUZ", "vmlinuz", "VmLinuz"])
def test_ascii_ci_finds_a_name_in_any_case(tmp_path, img, name):
    top = tmp_path / "tree"
    (top / "d").mkdir(parents=True)
    for n, text in (("Vmlinuz", "folded"), ("other", "other")):
        (top / n).write_text(text)
        (top / "d" / n).write_text(text)
    for n in range(50):
        (top / "d" / f"a-name-of-some-length-{n}").touch()
    xfs.mkfs(img, "-n", "version=ci", tree=top, size="16m")
    for path in (f"/{name}", f"/d/{name}", f"/D/{name}"):
        assert image.partless("cat", img, path).stdout == b"folded"
    assert image.partless("cat", img, "/d/nothing", ok=(1,)).stdout == b""
    xfs.mkfs(img, tree=top, size="16m")
    assert image.partless("cat", img, f"/{name}", ok=(1,)).stdout == b""


def test_an_external_log_is_refused_by_name(img, tmp_path):
    log = tmp_path / "log"
    with open(log, "wb") as f:
        f.truncate(16 << 20)
    image.run("mkfs.xfs", "-q", "--unsupported", "-l", f"logdev={log},size=8m", "-d", f"file,name={img},size=32m")
    assert "its log lies on another disk" in image.says("ls", img, "/", code=2)


def test_an_image_that_was_cut_short_is_told(img):
    xfs.mkfs(img, size="32m")
    with open(img, "r+b") as f:
        f.truncate(20 << 20)
    text = image.says("ls", img, "/", code=2)
    assert "cannot open its file system (XFS)" in text and "the image was cut short" in text
