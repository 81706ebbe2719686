"""The loader is fetched by PXE or by HTTP boot, and reads its partless.conf from the same server: docs/hosts."""

import functools
import http.server
import struct
import threading
import uuid

import pytest

import varstore
from guest import INITRD, KERNEL, OPTIONS, entry
from processors import ONLY_X86_64, SHARE
from test_settings import smbios

BOOTS_ON = ONLY_X86_64
GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c")
VARIABLES = 100  # where an empty store's first variable goes: behind two headers
OWN = "virtio-net-pci,netdev=net,romfile="  # PXE and HTTP are the firmware's
IPXE = "virtio-net-pci,netdev=net"  # QEMU's card has iPXE in its ROM


def network(card=OWN, tftp=None, file=""):
    """QEMU's arguments for a card, and for a network with the directory TFTP, whose DHCP says FILE."""
    served = f",tftp={tftp},bootfile={file}" if tftp else ""
    return ["-netdev", f"user,id=net{served}", "-device", card]


@pytest.fixture
def pxe(boot, host, loader):
    """pxe(DISK, ...) boots from the network alone; the server has the directory that guests see as a disk."""

    def start(*disks, card=OWN, file=loader.relative_to(host), more=()):
        return boot(*disks, shared=False, firmware="pflash", timeout=120,
                    more=[*network(card + ",bootindex=0", host, file), *more])

    return start


@pytest.fixture
def web(host):
    """The address of a web server for the loader's directory, as a guest sees it, and what it was asked for. Its
    `types` has what it calls a file, by the end of its name."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        types, asked = {}, []
        protocol_version = "HTTP/1.1"

        def guess_type(self, path):
            return next((kind for end, kind in self.types.items() if path.endswith(end)), "text/plain")

        def log_message(self, *words):  # the status is the second word
            self.asked.append(f"{self.command} {self.path} {words[2]}")

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=host)) as server:
        Handler.address = f"http://10.0.2.2:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Handler
        server.shutdown()


@pytest.fixture
def http_boot(boot, web, tmp_path, processor):
    """http_boot(PATH, DISK, ...) boots PATH from the web server, by a boot option of the firmware."""

    def start(path, *disks, more=()):
        url = f"{web.address}/{path}".encode()
        device = struct.pack("<BBH", 3, 24, 4 + len(url)) + url + b"\x7f\xff\x04\x00"
        option = struct.pack("<IH", 1, len(device)) + varstore.text("web") + device
        flash = bytearray(processor.flashes["pflash"].below(SHARE).variables.read_bytes())
        made = b"".join(varstore.variable(name, data, vendor=GLOBAL)
                        for name, data in (("Boot0000", option), ("BootOrder", b"\0\0")))
        flash[VARIABLES:VARIABLES + len(made)] = made
        (tmp_path / "web.fd").write_bytes(flash)
        return boot(*disks, shared=False, firmware=tmp_path / "web.fd", timeout=120, more=[*network(), *more])

    return start


def said(machine):
    """The words that the host's settings added to the guest's options."""
    return machine.guest()["cmdline"].removeprefix(OPTIONS).split()


MENU = "timeout 0\n" + entry("Guest")


def test_pxe_reads_the_settings_beside_the_loader(pxe, images, host):
    (host / "partless.conf").write_text("options-append from=tftp\n")
    machine = pxe(images.guest(MENU))
    assert said(machine) == ["from=tftp"]


@pytest.mark.trial
def test_pxe_without_settings_there(pxe, images):
    machine = pxe(images.guest(MENU), more=smbios("partless.options-append=from=smbios"))
    assert said(machine) == ["from=smbios"]
    assert "partless.conf" not in machine.serial.shown


@pytest.mark.trial
def test_the_rescue_system_comes_from_the_server_too(pxe, images, host, base):
    for file in (KERNEL, INITRD):
        (host / file.rsplit("/", 1)[1]).write_bytes((base / file.lstrip("/")).read_bytes())
    (host / "partless.conf").write_text(f"timeout 0\ndefault Rescue\ntitle Rescue\nlinux /{KERNEL.rsplit('/', 1)[1]}\n"
                                        f"initrd /{INITRD.rsplit('/', 1)[1]}\noptions {OPTIONS} from=server\n")
    machine = pxe(images.guest(MENU))
    assert said(machine) == ["from=server"]


def test_ipxe_reads_the_settings_beside_the_loader(pxe, images, host):
    (host / "partless.conf").write_text("options-append from=ipxe\n")
    machine = pxe(images.guest(MENU), card=IPXE)
    assert said(machine) == ["from=ipxe"]


@pytest.mark.trial
def test_a_script_of_ipxe_fetches_the_settings(pxe, images, host, web):
    (host / "group.conf").write_text("options-append from=script\n")
    (host / "boot.ipxe").write_text(f"#!ipxe\nimgfetch --name partless.conf {web.address}/group.conf\n"
                                    f"chain {web.address}/EFI/BOOT/BOOTX64.EFI\n")
    machine = pxe(images.guest(MENU), card=IPXE, file="boot.ipxe")
    assert said(machine) == ["from=script"]


def test_http_boot_reads_the_settings_beside_the_loader(http_boot, images, host, web):
    web.types[".conf"] = "application/efi"
    (host / "partless.conf").write_text("options-append from=http\n")
    machine = http_boot("EFI/BOOT/BOOTX64.EFI", images.guest(MENU))
    assert said(machine) == ["from=http"]


@pytest.mark.trial
def test_http_boot_without_settings_there(http_boot, images, web):
    machine = http_boot("EFI/BOOT/BOOTX64.EFI", images.guest(MENU),
                        more=smbios("partless.options-append=from=smbios"))
    assert said(machine) == ["from=smbios"]
    assert "the loader's server" not in machine.serial.shown
    assert "HEAD /partless.conf 404" in web.asked


@pytest.mark.trial
def test_a_type_that_the_firmware_does_not_fetch_is_told(http_boot, images, host):
    (host / "partless.conf").write_text("options-append from=http\n")
    machine = http_boot("EFI/BOOT/BOOTX64.EFI", images.guest("timeout 600\n" + entry("Guest")))
    machine.says('/partless.conf on the loader\'s server: the server does not call it "application/efi"')
