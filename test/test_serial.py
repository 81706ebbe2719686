"""What a test started ends with it, on a busy machine too: test/lib/qemu.py."""

from qemu import Serial

DEAF = "trap '' HUP INT TERM; echo ready; while :; do sleep 1; done"


def test_a_child_that_takes_its_time_to_die_is_waited_for():
    """pexpect itself waits for a tenth of a second. With no wait at all, every child is too slow for it."""
    child = Serial("/bin/sh", ["-c", DEAF], encoding="utf-8", timeout=10)
    child.ptyproc.delayafterterminate = 0
    child.expect("ready")
    child.close()
    assert not child.isalive()
