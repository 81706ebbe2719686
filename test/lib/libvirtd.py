"""A libvirtd for one test: its configuration, sockets and state lie in one directory, and it ends with the test."""

import json
import os
import signal
import subprocess
import time

from qemu import Console, Serial

# Without cgroups and namespaces libvirt needs no systemd.
QEMU_CONF = """
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
security_driver = "none"
remember_owner = 0
"""

# Where root's libvirtd keeps things. In its own mount namespace each is a directory of the test.
PLACES = {"etc": "/etc/libvirt", "state": "/var/lib/libvirt", "run": "/run/libvirt",
          "cache": "/var/cache/libvirt", "log": "/var/log/libvirt"}

# A /dev that has what QEMU needs, and no kvm: where KVM does not work, each probe of it takes seconds.
WITHOUT_KVM = """
mkdir {0}
mount -t tmpfs -o mode=755 dev {0}
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/ptmx /dev/net {0}/
mkdir {0}/pts {0}/shm
mount --bind /dev/pts {0}/pts
mount -t tmpfs shm {0}/shm
ln -s /proc/self/fd {0}/fd
mount --rbind {0} /dev
"""


class Libvirt:
    """Starts libvirtd in DIRECTORY: for root as the system's, with its users and permissions; for any other user as
    that user's session."""

    def __init__(self, directory):
        self.directory = directory
        self.environment = dict(os.environ)
        self.consoles = []
        for name in [*PLACES, "config"]:
            (directory / name).mkdir()
        (directory / "libvirtd.conf").write_text('auth_unix_rw = "none"\n')
        self.system = os.getuid() == 0
        command = self._system() if self.system else self._session()
        with open(directory / "libvirtd.log", "wb") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self._wait_for_socket()

    def _system(self):
        for path in [self.directory.parent, self.directory, *self.directory.iterdir()]:
            path.chmod(0o755)  # QEMU runs as libvirt's own user
        (self.directory / "etc/qemu.conf").write_text(QEMU_CONF)
        self.uri = f"qemu:///system?socket={self.directory}/run/libvirt-sock"
        binds = "".join(f"mount --bind {self.directory}/{name} {place}\n"
                        for name, place in PLACES.items())
        script = f"set -e\nmkdir -p {' '.join(PLACES.values())}\n{binds}" + \
                 WITHOUT_KVM.format(self.directory / "dev") + \
                 f"exec libvirtd -f {self.directory}/libvirtd.conf -p {self.directory}/libvirtd.pid"
        return ["unshare", "--mount", "sh", "-c", script]

    def _session(self):
        (self.directory / "config/libvirt").mkdir()
        (self.directory / "config/libvirt/qemu.conf").write_text(QEMU_CONF)
        for name, place in {"CONFIG_HOME": "config", "CACHE_HOME": "cache", "DATA_HOME": "state",
                            "RUNTIME_DIR": "run"}.items():
            self.environment[f"XDG_{name}"] = str(self.directory / place)
        self.uri = f"qemu:///session?socket={self.directory}/run/libvirt/libvirt-sock"
        return ["libvirtd", "-f", self.directory / "libvirtd.conf", "-p", self.directory / "libvirtd.pid"]

    def _wait_for_socket(self):
        for _ in range(300):
            if self.process.poll() is not None:
                break
            if self.run("list", check=False).returncode == 0:
                return
            time.sleep(0.2)
        raise AssertionError("libvirtd did not start:\n" + (self.directory / "libvirtd.log").read_text())

    def run(self, *words, check=True):
        """Runs `virsh WORDS`; standard output and error go to stdout."""
        done = subprocess.run(["virsh", "-q", "-c", self.uri, *map(str, words)], text=True, timeout=120,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=self.environment)
        assert not check or done.returncode == 0, f"virsh {words}: {done.stdout}"
        return done

    def define(self, text):
        """Defines the domain of the XML TEXT."""
        file = self.directory / "domain.xml"
        file.write_text(text)
        self.run("define", "--validate", file)

    def start(self, name, timeout=90):
        """`virsh start --console`, as a person sees it: the guest's serial line."""
        console = Console(Serial("virsh", ["-c", self.uri, "start", name, "--console"],
                                 encoding="utf-8", codec_errors="replace", timeout=timeout,
                                 echo=False, env=self.environment))
        self.consoles.append(console)
        return console

    def is_off(self, name):
        """Waits until NAME is shut off."""
        for _ in range(100):
            state = self.run("domstate", name).stdout.strip()
            if state == "shut off":
                return
            time.sleep(0.1)
        raise AssertionError(f"'{name}' is {state}")

    def monitor(self, name, command, **arguments):
        """Returns QEMU's answer to COMMAND of its monitor."""
        text = json.dumps({"execute": command, "arguments": arguments})
        return json.loads(self.run("qemu-monitor-command", name, text).stdout)["return"]

    def stop(self):
        """Ends every guest, then libvirtd. Returns what the consoles showed."""
        for name in self.run("list", "--name", check=False).stdout.split():
            self.run("destroy", name, check=False)
        for console in self.consoles:
            console.serial.close()
        pid = int((self.directory / "libvirtd.pid").read_text())
        os.kill(pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.kill(pid, signal.SIGKILL)
            self.process.wait()
        return "\n".join(console.serial.shown for console in self.consoles)
