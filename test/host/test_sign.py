"""scripts/sign: a loader for guests with Secure Boot."""

import os
import subprocess

import pytest

LOADERS = {"x86_64": "BOOTX64.EFI", "aarch64": "BOOTAA64.EFI"}


@pytest.fixture
def sign(root, build, tmp_path, keys):
    """sign(WORD, ...) signs what was built, into the directory `to`; gives the code, and what was said."""

    def run(*words, key="own", cert="own", source=build):
        done = subprocess.run([root / "scripts/sign", "--key", keys[key][0], "--cert", keys[cert][1], "--from", source,
                               *words, tmp_path / "to"], capture_output=True, text=True,
                              env={**os.environ, "PATH": f"{build}:{os.environ['PATH']}"})
        assert {path.name for path in tmp_path.iterdir()} <= {"to", "from"}, "something was left behind"
        return done.returncode, done.stdout + done.stderr

    return run


def test_both_loaders_are_signed_and_of_one_size(sign, keys, tmp_path, partless):
    code, said = sign()
    assert code == 0 and said.count("is signed: Partless") == 2
    boot = tmp_path / "to/EFI/BOOT"
    assert {path.name for path in boot.iterdir()} == set(LOADERS.values())
    assert len({path.stat().st_size for path in boot.iterdir()}) == 1
    assert os.readlink(tmp_path / "to/partless.conf") == "/etc/partless/partless.conf"
    for processor, name in LOADERS.items():
        assert (boot / name).stat().st_mode & 0o777 == 0o644
        subprocess.run(["sbverify", "--cert", keys["own"][1], boot / name], check=True, capture_output=True)
        told = subprocess.run([partless, "check", "--arch", processor.replace("_64", "-64"), "--loader", boot / name],
                              capture_output=True, text=True, check=True).stdout
        assert ", signed, " in told


def test_what_is_signed_is_not_packed(sign, build, tmp_path):
    assert sign("--arch", "x86-64")[0] == 0
    signed = (tmp_path / "to/EFI/BOOT/BOOTX64.EFI").read_bytes()
    plain = (build / "x86_64/partless.efi").read_bytes()
    assert signed[0x1000:len(plain)] == plain[0x1000:]
    assert not (tmp_path / "to/EFI/BOOT/BOOTAA64.EFI").exists()


def test_it_can_be_done_again(sign, tmp_path):
    sign("--arch", "x86-64")
    file = tmp_path / "to/EFI/BOOT/BOOTX64.EFI"
    before = file.stat()
    (tmp_path / "to/partless.conf").unlink()
    (tmp_path / "to/partless.conf").write_text("timeout 1\n")
    code, said = sign("--arch", "x86-64")
    assert code == 0 and "another size" not in said
    assert file.stat().st_ino != before.st_ino and file.stat().st_size == before.st_size
    assert (tmp_path / "to/partless.conf").read_text() == "timeout 1\n"


def test_another_size_is_told(sign, tmp_path):
    (tmp_path / "to/EFI/BOOT").mkdir(parents=True)
    (tmp_path / "to/EFI/BOOT/BOOTX64.EFI").write_bytes(b"short")
    code, said = sign("--arch", "x86-64")
    assert code == 0 and "gets another size: guests that run now see it after a stop and a start" in said


@pytest.mark.parametrize("what, words, sentence", [
    ("a key of another certificate", {"cert": "other"}, "sbsign does not sign|is not that of"),
    ("no loaders", {"source": "/nowhere"}, "there is no loader in '/nowhere': please install partless-efi"),
])
def test_what_cannot_be_signed_leaves_the_old_file(sign, tmp_path, what, words, sentence):
    (tmp_path / "to/EFI/BOOT").mkdir(parents=True)
    (tmp_path / "to/EFI/BOOT/BOOTX64.EFI").write_bytes(b"old")
    code, said = sign(**words)
    assert code == 1 and any(part in said for part in sentence.split("|")), said
    assert (tmp_path / "to/EFI/BOOT/BOOTX64.EFI").read_bytes() == b"old"


def test_another_program_is_not_signed_as_the_loader(sign, build, tmp_path):
    (tmp_path / "from/x86_64").mkdir(parents=True)
    (tmp_path / "from/x86_64/partless.efi").write_bytes((build / "x86_64/test/hello.efi").read_bytes())
    code, said = sign(source=tmp_path / "from")
    assert code == 1 and "is not the Partless loader: its SBAT does not say so" in said
    assert not list((tmp_path / "to/EFI/BOOT").iterdir())


@pytest.mark.parametrize("words, sentence", [
    (["--arch", "riscv64"], "the processor 'riscv64' is not known: x86-64 or aarch64"),
    (["--sing"], "there is no option '--sing': see --help"), (["one"], "one directory at a time")])
def test_wrong_usage_is_told(sign, words, sentence):
    code, said = sign(*words)
    assert code == 2 and sentence in said


def test_help_has_every_option_of_the_man_page(root):
    said = subprocess.run([root / "scripts/sign", "--help"], capture_output=True, text=True, check=True).stdout
    page = (root / "docs/partless-sign.1").read_text()
    for option in ("key", "cert", "arch", "engine", "from"):
        assert f"--{option} " in said and f"Fl -{option}" in page
    assert subprocess.run([root / "scripts/sign"], capture_output=True).returncode == 2


@pytest.mark.parametrize("change, sentence", [
    (lambda data: data[:100], "is truncated"), (lambda data: b"#!" + data[2:], "is a script"),
    (lambda data: data.replace(b"\npartless,1,", b"\nPartless,1,"), "is not the Partless loader"),
    (lambda data: data.replace(b".sbat\0", b".tabs\0"), "is not the Partless loader")])
def test_check_says_what_is_wrong_with_a_loader(build, tmp_path, change, sentence):
    file = tmp_path / "loader"
    file.write_bytes(change((build / "BOOTX64.EFI").read_bytes()))
    done = subprocess.run([build / "partless-asan", "check", "--arch", "x86-64", "--loader", file], capture_output=True,
                          text=True)
    assert (done.returncode, done.stdout) == (1, "") and sentence in done.stderr and str(file) in done.stderr


def test_check_of_a_loader_takes_no_image_and_can_be_asked_nothing_else(build, tmp_path):
    loader = build / "BOOTX64.EFI"
    for words, sentence in [([loader, "--loader", loader], "--loader checks the loader, and no image"), ([], "which image?")]:
        done = subprocess.run([build / "partless-asan", "check", *words], capture_output=True, text=True)
        assert done.returncode == 2 and sentence in done.stderr
    done = subprocess.run([build / "partless-asan", "check", "--loader", tmp_path / "none"], capture_output=True, text=True)
    assert done.returncode == 2 and "cannot read the loader" in done.stderr and "No such file" in done.stderr
