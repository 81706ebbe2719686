"""What the next boot will find in grubenv: the file, and what Partless has kept of it (docs/grub.md)."""

import re
import subprocess

import image
import variables
from jbd2 import crc32c


def block(disk, path):
    """The bytes of the file."""
    return image.run("debugfs", "-R", f"cat {path}", disk).stdout


def head(disk, path, uuid):
    """The line that says which file something was kept of, and in what state."""
    data = block(disk, path)
    stat = image.debugfs(disk, f"stat {path}")
    inode = re.search(r"Inode: (\d+)", stat)[1]
    seconds, more = re.search(r"ctime: 0x([0-9a-f]+):([0-9a-f]+)", stat).groups()
    changed = int(seconds, 16) * 10**9 + (int(more, 16) >> 2)
    return (f"Partless 1: {path} on {uuid}, inode {inode}, changed {changed}, {len(data)} bytes, "
            f"CRC {crc32c(data) ^ 0xffffffff:08x}")


def changes(disk, path, uuid, store, directory):
    """What the flash file STORE says on top of the file, as a list of (name, value), the value None where the
    variable was taken out."""
    texts = [data.decode() for data in variables.kept(store).values()]
    if not texts:
        return []
    assert len(texts) == 1
    first, _, rest = texts[0].partition("\n")
    lines = re.findall(r"((?:\\.|[^\\\n])+)\n", rest, flags=re.S)
    assert sum(len(line) + 1 for line in lines) == len(rest), rest
    parts = [re.sub(r"\\(.)", r"\1", line, flags=re.S).partition("=") for line in lines]
    now = {name: value if equals else None for name, equals, value in parts if name[0] != "#"}
    if first != head(disk, path, uuid):
        # Only choices count, and only as long as they stand there as then. Where nothing else was changed, they were
        # made again, but not in a guest that writes after each boot.
        size_and_sum = first.rsplit(", ", 2)[1:]
        script = block(disk, path.replace("grubenv", "grub.cfg"))
        if head(disk, path, uuid).rsplit(", ", 2)[1:] == size_and_sum and b"save_env recordfail" not in script:
            return []
        file = dict(line.split("=", 1) for line in listed(block(disk, path), [], directory))
        was = {name[1:]: value for name, _, value in parts if name[0] == "#"}
        same = [name for name, value in was.items() if file.get(name, "") == value]
        if "saved_entry" in was and "saved_entry" not in same:  # prev_saved_entry is chosen with it
            same = [name for name in same if name != "prev_saved_entry"]
        now = {name: now[name] for name in same}
    return list(now.items())


def listed(data, more, directory):
    """The variables of an environment block with MORE, a list of changes, as grub-editenv lists them."""
    file = directory / "grubenv"
    file.write_bytes(data)
    for name, value in more:
        word = ["unset", name] if value is None else ["set", f"{name}={value}"]
        image.run("grub-editenv", file, *word)
    return sorted(image.run("grub-editenv", file, "list").stdout.decode().splitlines())


def new_block(directory, *pairs):
    """A new environment block, by grub-editenv, with those "NAME=VALUE"."""
    file = directory / "grubenv.new"
    file.unlink(missing_ok=True)
    subprocess.run(["grub-editenv", file, "create"], check=True, timeout=60)
    if pairs:
        subprocess.run(["grub-editenv", file, "set", *pairs], check=True, timeout=60)
    return file.read_bytes()
