"""docs/secure-boot.md, typed as it stands on a Debian 13 that was just unpacked, after the first steps of hosts/libvirt.md."""

import os

import pytest

from processors import X86_64
from test_hosting import BLOCK, PASSWORD, fresh, log_in, run_in_guest  # noqa: F401, a fixture

BOOTS_ON = pytest.mark.parametrize("processor", [X86_64], ids=str)


def blocks(root, page, begin, end):
    """The commands of a page between two of its headings."""
    return BLOCK.findall((root / "docs" / page).read_text().split(begin)[1].split(end)[0])


def log_in_to(host, command):
    console = host.console(command, timeout=600)
    log_in(console)
    return console


def switch_off(host, console, name):
    console.send("poweroff\r")
    console.ends(timeout=300)
    host.type(f"until virsh domstate {name} | grep 'shut off'; do sleep 0.5; done", timeout=60)


@pytest.mark.trial
@pytest.mark.skipif(os.getuid() != 0, reason="the page is for root")
@pytest.mark.parametrize("fresh", ["trixie"], indirect=True)
def test_the_page_about_trust_works_as_it_is_written(fresh, root):  # noqa: F811
    for language, text in blocks(root, "hosts/libvirt.md", "## A host in three steps", "**Permission"):
        assert language == "sh"
        fresh.type(text)
    fresh.start_libvirtd()
    consoles = []
    try:
        for language, text in blocks(root, "secure-boot.md", "## Your own keys", "## shim"):
            if language == "guest":
                run_in_guest(consoles[-1], text)
            elif "--console" in text:
                lines = text.splitlines()
                fresh.type("\n".join(lines[:-1]))
                consoles.append(log_in_to(fresh, lines[-1]))
            else:
                fresh.type(text)
        is_secure(consoles[-1])
        switch_off(fresh, consoles[-1], "secure")

        # The same boot unlocks the disk, and another one does not.
        consoles.append(log_in_to(fresh, "virsh start secure --console"))
        run_in_guest(consoles[-1], "test -b /dev/mapper/data")
        switch_off(fresh, consoles[-1], "secure")
        fresh.type("echo 'options-append said=other' >>/etc/partless/partless.conf")
        consoles.append(log_in_to(fresh, "virsh start secure --console"))
        run_in_guest(consoles[-1], "grep said=other /proc/cmdline\ntest ! -e /dev/mapper/data")
        switch_off(fresh, consoles[-1], "secure")

        for _, text in blocks(root, "secure-boot.md", "## shim", "## What is measured"):
            fresh.type(text)
        fresh.type("virsh undefine --nvram secure")
        consoles.append(log_in_to(fresh, "virsh start shim --console"))
        is_secure(consoles[-1])
    finally:
        for console in consoles:
            print(console.serial.shown[-6000:])


def is_secure(console):
    """Linux knows that Secure Boot is on, by the last byte of the variable."""
    run_in_guest(console, "od -An -tu1 -j4 /sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c | "
                          "grep -x ' *1'")
