"""Every file that went in by a prototype file comes out the same, whatever mkfs.xfs was told."""

import pytest

import image
import xfs

V4 = ["-m", "crc=0"]
V4_OLD = ["-m", "crc=0,finobt=0", "-n", "ftype=0"]

ROWS = {
    "default": [],
    "block-1k": ["-b", "size=1024"],
    "block-2k": ["-b", "size=2048"],
    "block-8k": ["-b", "size=8192"],
    "block-16k": ["-b", "size=16384"],
    "block-32k": ["-b", "size=32768"],
    "block-64k": ["-b", "size=65536"],
    "inode-1024": ["-i", "size=1024"],
    "inode-2048": ["-i", "size=2048"],
    "block-1k-inode-512": ["-b", "size=1024", "-i", "size=512"],
    "dir-8k": ["-n", "size=8192"],
    "dir-16k": ["-n", "size=16384"],
    "dir-64k": ["-n", "size=65536"],
    "block-1k-dir-4k": ["-b", "size=1024", "-n", "size=4096"],
    "block-1k-dir-64k": ["-b", "size=1024", "-n", "size=65536"],
    "sector-4k": ["-s", "size=4096"],
    "sector-2k": ["-s", "size=2048"],
    "sector-16k": ["-s", "size=16384", "-b", "size=16384"],
    "groups-16": ["-d", "agcount=4"],
    "group-1": ["-d", "agcount=1"],
    "short-last-group": ["-d", "agsize=5000b"],
    "stripes": ["-d", "su=64k,sw=2"],
    "not-finobt": ["-m", "finobt=0"],
    "rmapbt": ["-m", "rmapbt=1"],
    "reflink": ["-m", "reflink=1"],
    "not-reflink": ["-m", "reflink=0"],
    "inobtcount": ["-m", "inobtcount=1,bigtime=0"],
    "bigtime": ["-m", "bigtime=1"],
    "not-bigtime": ["-m", "bigtime=0,inobtcount=0"],
    "not-sparse": ["-i", "sparse=0"],
    "nrext64": ["-i", "nrext64=1"],
    "not-nrext64": ["-i", "nrext64=0"],
    "ascii-ci": ["-n", "version=ci"],
    "label": ["-L", "twelve-chars"],
    "log-stripe": ["-l", "su=32k"],
    "v4": V4,
    "v4-not-ftype": V4_OLD,
    "v4-block-512": [*V4, "-b", "size=512"],
    "v4-block-1k": [*V4, "-b", "size=1024"],
    "v4-block-64k": [*V4, "-b", "size=65536"],
    "v4-inode-256": [*V4, "-i", "size=256"],
    "v4-inode-2048": [*V4, "-i", "size=2048"],
    "v4-attr-1": [*V4, "-i", "attr=1,projid32bit=0", "-l", "lazy-count=0"],
    "v4-log-1": [*V4, "-l", "version=1"],
    "v4-dir-64k": [*V4, "-b", "size=512", "-n", "size=65536"],
    "v4-ascii-ci": [*V4, "-n", "version=ci"],
    "everything": ["-b", "size=1024", "-i", "size=512,nrext64=1,sparse=1", "-n", "size=8192", "-s", "size=1024",
                   "-m", "rmapbt=1,reflink=1,bigtime=1,inobtcount=1", "-d", "agcount=3"],
}


@pytest.fixture(scope="module", params=ROWS)
def row(request, tree, tmp_path_factory):
    path = tmp_path_factory.mktemp("matrix") / "image"
    xfs.mkfs(path, *ROWS[request.param], tree=tree)
    yield path
    path.unlink()


def test_every_file_is_read_as_it_was_written(row, tree):
    xfs.assert_same(row, tree)
    assert image.partless("ls", row, "/").stderr == b""  # its log is clean


@pytest.mark.parametrize("name", ["default", "v4-not-ftype", "everything"])
def test_sanitizers_find_nothing(name, tree, img):
    xfs.mkfs(img, *ROWS[name], tree=tree)
    xfs.assert_same(img, tree, program=image.ASAN)


def test_reading_leaves_the_image_alone(tree, img):
    xfs.mkfs(img, tree=tree)
    before = img.read_bytes()
    img.chmod(0o444)
    image.walk(img)
    assert img.read_bytes() == before
