"""scripts/mkguest when somebody has waited long enough: a signal ends all that it began, and nothing is left."""

import os
import signal
import subprocess
import time

import pytest

# What takes long in place of tar or debootstrap: it waits for a child of its own, as these do, and notes both.
SLOW = """
echo $$ >>"$SAID"
sleep 50 &
echo $! >>"$SAID"
wait
"""
# Nobody is root; but what runs below fakeroot is told that it is.
PERSON = '[ -n "${FAKEROOTKEY-}" ] && echo 0 || echo 1000'


def alive(process):
    """Whether PROCESS runs."""
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Slow:
    """mkguest in the directory `path`, with stand-ins: `id` tells whose it is."""

    def __init__(self, root, path, person):
        self.path, self.said, self.work = path, path / "said", path / "work"
        self.work.mkdir()
        (path / "x.tar").touch()
        (path / "pw").write_text("secret\n")
        self.mkguest = root / "scripts/mkguest"
        self.environment = {**os.environ, "SAID": str(self.said), "TMPDIR": str(self.work),
                            "PATH": f"{path / 'programs'}:{os.environ['PATH']}"}
        self.program("id", person)
        self.program("unshare", 'while [ "${1#-}" != "$1" ]; do shift; done\nshift\nexec "$@"')  # of --propagation X
        for name in ["tar", "debootstrap"]:
            self.program(name, SLOW)

    def program(self, name, text):
        """TEXT is what NAME does."""
        program = self.path / "programs" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)

    def stop(self, words, number):
        """Begins with WORDS, and sends the signal NUMBER in the midst of the work; what it says on stderr."""
        with subprocess.Popen([self.mkguest, *words, "x.img"], cwd=self.path, env=self.environment, text=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True) as running:
            try:
                until = time.monotonic() + 60
                while not self.said.exists() or len(self.said.read_text().split()) < 2:
                    assert time.monotonic() < until and running.poll() is None
                    time.sleep(0.1)
                running.send_signal(number)
                said = running.communicate(timeout=25)[1]
                assert running.returncode == 1
                return said
            finally:
                if running.poll() is None:
                    os.killpg(running.pid, signal.SIGKILL)

    def left(self):
        """The processes that are still there, and the files."""
        return [process for process in self.said.read_text().split() if alive(process)], list(self.work.iterdir())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_debootstrap_at_once(root, tmp_path, number):
    slow = Slow(root, tmp_path, "echo 0")
    said = slow.stop(["--debian", "bookworm", "--password-file", "pw"], number)
    assert said == "mkguest: stopped by a signal while unpacking Debian bookworm.\n"
    assert slow.left() == ([], [])


@pytest.mark.parametrize("person", ["echo 0", PERSON], ids=["root", "a person with fakeroot"])
def test_a_signal_ends_the_unpacking_at_once(root, tmp_path, person):
    slow = Slow(root, tmp_path, person)
    assert slow.stop(["--tar", "x.tar"], signal.SIGTERM) == "mkguest: stopped by a signal while unpacking x.tar.\n"
    assert slow.left() == ([], [])


@pytest.mark.parametrize("redirection", ["", "2>&1"])
def test_nothing_is_left_when_nobody_reads_what_it_says(root, tmp_path, redirection):
    tree = tmp_path / "tree"
    work = tmp_path / "work"
    tree.mkdir()
    work.mkdir()
    subprocess.run(f"{root / 'scripts/mkguest'} --directory tree --size 16M x.img {redirection} | true", shell=True,
                   cwd=tmp_path, env={**os.environ, "TMPDIR": str(work)}, capture_output=True, timeout=60, check=True)
    assert list(work.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) in [["tree", "work"], ["tree", "work", "x.img"]]
