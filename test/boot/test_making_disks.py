"""docs/making-disks.md: the commands of the tools that Debian 12 has, and a boot of what they make."""

import os
import re
import subprocess

import pytest

from processors import ONLY_X86_64

pytestmark = [pytest.mark.trial, pytest.mark.skipif(os.getuid() != 0, reason="the page is for root")]
BOOTS_ON = ONLY_X86_64

# The section, the disk that it makes, its Debian, and the prompt that the guest shows first.
BOOKWORM = "12 (bookworm)"
TOOLS = {
    "debvm": ("## debvm\n", "debvm.img", BOOKWORM, r"root@testvm:~# "),
    "archive": ("## mmdebstrap, and an archive\n", "debian.img", BOOKWORM, "debian login: "),
    "ext2": ("## mmdebstrap alone\n", "bare.img", BOOKWORM, "debian login: "),
    "container": ("## Containers\n", "guest.img", "13 (trixie)", "guest login: "),
}
# podman as docker, without cgroups; and in the place of the registry's image one that is like it.
PODMAN = """
cat >programs/docker <<'END'
#!/bin/sh
export CONTAINERS_STORAGE_CONF={0}/storage.conf BUILDAH_ISOLATION=chroot
exec podman "$@"
END
chmod +x programs/docker
printf '[storage]\\ndriver = "vfs"\\ngraphroot = "%s/images"\\nrunroot = "%s/run"\\n' {0} {0} >storage.conf
mmdebstrap --quiet --variant=minbase trixie base.tar
docker import -q base.tar docker.io/library/debian:trixie
rm base.tar
"""


@pytest.fixture
def types(root, build, tmp_path):
    """types(TEXT) types it in a directory where the commands are installed."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "partless").symlink_to(build / "partless")
    (programs / "partless-mkguest").symlink_to(root / "scripts/mkguest")

    def types(text):
        # Another worker may be installing, too.
        text = text.replace("apt-get install", "apt-get -o DPkg::Lock::Timeout=300 install")
        done = subprocess.run(["bash", "-ec", text], cwd=tmp_path, text=True, timeout=1200, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              start_new_session=True,  # if mmdebstrap fails, it hangs up on all of its process group
                              env={**os.environ, "DEBIAN_FRONTEND": "noninteractive",
                                   "PATH": f"{programs}:{os.environ['PATH']}"})
        print(done.stdout[-5000:])
        assert done.returncode == 0, f"this failed:\n{text}"
        return done.stdout
    return types


def log_in(machine, prompt):
    """Waits for the guest's first PROMPT, and logs in if it is one for a name."""
    machine.expect(prompt, timeout=300)
    if "login" in prompt:
        machine.send("root\r")
        machine.expect("Password: ")
        machine.send("my secret\r")
        machine.expect(f"root@{prompt.split()[0]}:~# ")


@pytest.mark.parametrize("tool", TOOLS)
def test_what_a_tool_makes_boots_as_the_page_says(root, boot, types, tmp_path, tool):
    heading, disk, debian, prompt = TOOLS[tool]
    section = (root / "docs/making-disks.md").read_text().split(heading)[1].split("\n## ")[0]
    if tool == "container":
        types(PODMAN.format(tmp_path))
    texts = re.findall(r"^```sh\n(.*?)^```\n", section, re.M | re.S)
    assert f"It would boot 'Debian GNU/Linux {debian}" in [types(text) for text in texts][-1]
    machine = boot(tmp_path / disk, changes=True, memory=1024, timeout=120)
    log_in(machine, prompt)
    machine.send("echo told=$(findmnt -no SOURCE,FSTYPE,OPTIONS /)=\r")
    assert machine.expect("\ntold=(.*)=\n")[1].startswith("/dev/vda ext4 rw,")
    machine.send("poweroff\r")
    machine.ends(timeout=120)


def test_no_command_of_the_page_is_left_out(root):
    page = (root / "docs/making-disks.md").read_text()
    assert page.count("```sh\n") == sum(
        page.split(heading)[1].split("\n## ")[0].count("```sh\n") for heading, *_ in TOOLS.values())
