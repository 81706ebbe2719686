"""Disks of a machine that was killed while it changed them: what Linux makes of them when it mounts them again."""

import hashlib
import io
import os
import signal
import tarfile
import time

import guest
import image
import scripted
from fastcommit import DIR, UNREADABLE

CHURN = """
n=0
while read -r device options; do
    mkdir /mnt$n
    mount -t KIND -o "rw$options" "$device" /mnt$n || exit
    n=$((n + 1))
done <<END
LIST
END
"""

# The guest writes a tar archive of each file system to its slot of the last disk.
REPLAY = """
n=0
while read -r device options; do
    if mount -t KIND -o "rw$options" "$device" /root; then
        tar -C /root -c . 2>/dev/null | dd of=RESULTS bs=1M seek=$((n * SLOT)) conv=notrunc 2>/dev/null
        umount /root
    fi
    n=$((n + 1))
done <<END
LIST
END
sync
echo "guest: replayed=$n"
poweroff -f
"""


def join(path, images, mib):
    """One disk with each of IMAGES as a partition of MIB."""
    with open(path, "wb") as f:
        f.truncate((len(images) * mib + 2) << 20)
    lines = "".join(f"start={(1 + n * mib) << 11}, size={mib << 11}\n" for n in range(len(images)))
    image.run("sfdisk", "-q", path, input=b"label: gpt\n" + lines.encode())
    for n, part in enumerate(images):
        image.run("dd", f"if={part}", f"of={path}", "bs=1M", f"seek={1 + n * mib}", "conv=notrunc,sparse")
    return path


def drives(disks):
    """QEMU's arguments for DISKS, nothing of which must survive the host."""
    return [word for n, disk in enumerate(disks) for word in (
        "-drive", f"if=none,id=d{n},format=raw,cache=unsafe,file={disk}", "-device", f"virtio-blk-pci,drive=d{n}")]


def churning(directory, tree, kind, mounts, script, more):
    """A machine with drives as MORE, QEMU's arguments, says. It mounts file systems of the KIND, each where MOUNTS says
    so, on /mnt0, /mnt1 and so on, and runs SCRIPT, to which /churn is there."""
    program = directory / "churn"
    image.run("cc", "-static", "-O1", "-Wall", "-o", program, image.ROOT / "test/boot/churn.c")
    begin = CHURN.replace("KIND", kind).replace("LIST", "\n".join(mounts))
    return scripted.start(directory, tree, (begin + script).encode(), more=more, memory=1024, timeout=300,
                          files=[guest.newc("churn", program.read_bytes(), 0o100755)])


def kill(running, last, rng):
    """Kills the machine RUNNING within two seconds after it says LAST."""
    try:
        running.expect(last)
        time.sleep(rng.random() * 2)
        os.kill(running.serial.pid, signal.SIGKILL)
    finally:
        print(running.stop()[-2000:])


def archived(raw):
    """What a tar archive holds, as fastcommit.read() gives it; None for no archive."""
    if raw[:512] == bytes(512):
        return None
    found = {}
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        for member in archive:
            path = member.name.lstrip(".")
            if member.isfile():
                found[path] = archive.extractfile(member).read()
            elif member.islnk():
                found[path] = found[member.linkname.lstrip(".")]
            elif member.issym():
                found[path] = ("link", member.linkname)
            elif path.strip("/"):
                found[path.rstrip("/")] = DIR
    return {path: content for path, content in found.items() if not path.startswith("/lost+found")}


def manifest(found):
    """What archived() gives, as image.manifest() would tell it."""
    what, sums = {}, {}
    for path, content in found.items():
        name = os.fsencode(path)
        if content == DIR:
            what[name] = ("dir", None, None)
        elif isinstance(content, bytes):
            what[name] = ("file", len(content), None)
            sums[name] = hashlib.sha256(content).hexdigest()
        else:
            target = os.fsencode(content[1])
            what[name] = ("link", len(target), target)
    return what, sums


def replay(directory, tree, kind, disks, mounts, slot=16):
    """What Linux makes of file systems of the KIND on DISKS, which are changed; None where it refuses one. Each of
    MOUNTS is a device and further options of its mount, such as "/dev/vda ,logbsize=256k"; SLOT is how many MiB the
    archive of one may take."""
    results = directory / "results"
    with open(results, "wb") as f:
        f.truncate(len(mounts) * slot << 20)
    script = REPLAY
    for word, text in (("KIND", kind), ("RESULTS", "/dev/vd" + chr(ord("a") + len(disks))), ("SLOT", str(slot)),
                       ("LIST", "\n".join(mounts))):
        script = script.replace(word, text)
    running = scripted.start(directory, tree, script.encode(), more=drives([*disks, results]), timeout=300)
    try:
        running.expect(f"guest: replayed={len(mounts)}\n")
        running.ends()
    finally:
        print(running.stop())
    return [archived(image.peek(results, n * slot << 20, slot << 20)) for n in range(len(mounts))]


def assert_agree(ours, linux):
    """What we cannot read, Linux cannot read either, or it reads an empty symlink."""
    broken = {path for path, content in ours.items() if content is UNREADABLE}
    assert all(linux.get(path, ("link", "")) == ("link", "") for path in broken)
    assert {p: c for p, c in ours.items() if p not in broken} == {p: c for p, c in linux.items() if p not in broken}
