"""Disks of machines that stopped, which are kept, packed, each beside what Linux made of it."""

import json
import lzma
import subprocess

import image


def names(folder):
    """The disks that FOLDER keeps."""
    return sorted(path.name.removesuffix(".img.xz") for path in folder.glob("*.img.xz"))


def unpack(folder, name, img):
    # Most of a disk are zeros: cp leaves them out.
    subprocess.run(["cp", "--sparse=always", "/dev/stdin", img],
                   input=lzma.decompress((folder / f"{name}.img.xz").read_bytes()), check=True, timeout=60)


def told(folder, name):
    """What Linux made of it, as image.manifest() would tell it."""
    both = json.loads(lzma.decompress((folder / f"{name}.json.xz").read_bytes()))
    return ({p.encode("latin-1"): (k, s, t and t.encode("latin-1")) for p, (k, s, t) in both["files"].items()},
            {p.encode("latin-1"): digest for p, digest in both["sums"].items()})


def keep(folder, name, img, files, sums):
    """Keeps the disk IMG in FOLDER with what image.manifest() says of what Linux made of it."""
    both = {"files": {p.decode("latin-1"): (k, s, t and t.decode("latin-1")) for p, (k, s, t) in files.items()},
            "sums": {p.decode("latin-1"): digest for p, digest in sums.items()}}
    (folder / f"{name}.json.xz").write_bytes(lzma.compress(json.dumps(both).encode(), preset=9))
    (folder / f"{name}.img.xz").write_bytes(lzma.compress(img.read_bytes(), preset=9))


def assert_read(folder, name, img):
    """Unpacks the disk NAME to IMG: it is read as Linux replayed its log, without a remark."""
    unpack(folder, name, img)
    image.assert_manifest(img, *told(folder, name), program=image.ASAN)
    assert image.partless("ls", img, "/").stderr == b""
