"""A plugin for machines that are emulated: `pytest -p patient` waits ten times as long for each program."""

import subprocess

wait = subprocess.Popen.communicate


def communicate(self, input=None, timeout=None):
    return wait(self, input, timeout and 10 * timeout)


subprocess.Popen.communicate = communicate
