"""Scripts for GRUB that nest as deep as they can, on less stack than firmware gives a loader."""

import resource
import subprocess

import pytest

from disk import make_disk

# UEFI promises 128 KiB, of which the firmware and the loader have taken some.
STACK = 64 << 10
SCRIPT = "/boot/grub/grub.cfg"
DEEPEST = ("search --set=r --fs-uuid 0; load_env; linux /k; initrd /k; "
           f"regexp '{'a|' * 180}(((((((((a)))))))))' b;")
BOUNDS = "nested too deep", "include each other", "too many files"

NESTED = {
    "a function": {SCRIPT: f"function f {{ if true; then {DEEPEST} f; fi; }}\nf\n"},
    "loops": {SCRIPT: "function f {\n" + "for i in 1; do " * 20 + f"{DEEPEST} f; "
                      + "done; " * 20 + "}\nf\n"},
    "eval": {SCRIPT: f"x=\"{DEEPEST} eval \\\"\\$x\\\"\"\neval \"$x\"\n"},
    "files": {SCRIPT: f"{DEEPEST}\nsource {SCRIPT}\n"},
    "submenus": {SCRIPT: f"function f {{\nsubmenu '' {{ menuentry a {{ {DEEPEST} }}\nf; }}\n}}\nf\n"},
    "directories": {SCRIPT: "echo " + "/d*" * 400 + "\n", "/d" * 400 + "/x": ""},
    "submenus and files": {SCRIPT: f"{DEEPEST}\nsubmenu s {{ source {SCRIPT}; }}\n"},
    "files that are shown": {SCRIPT: "configfile /1\n"} | {
        f"/{i}": f"{DEEPEST}\nconfigfile /{i + 1}\n" for i in range(1, 50)},
    "entries that show a file": {SCRIPT: "configfile /1\n"} | {
        f"/{i}": f"menuentry a {{ {DEEPEST} configfile /{i + 1}\n}}\n" for i in range(1, 50)},
    "all of it": {SCRIPT: f"function f {{ eval 'source {SCRIPT}'; }}\n"
                          f"submenu s {{ for i in 1; do f; done; {DEEPEST} }}\n"},
}


@pytest.mark.parametrize("name", NESTED)
def test_what_nests_is_ended_before_the_stack_is(tmp_path, partless, name):
    image = make_disk(tmp_path / "disk.img", {"/k": "k"} | NESTED[name], "-O", "^has_journal", size="4M")
    result = subprocess.run([partless, "check", image], capture_output=True, timeout=60, check=False,
                            env={}, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_STACK,
                                                                          (STACK, STACK)))
    assert result.returncode in (0, 1), result.returncode
    assert any(told in result.stderr.decode() for told in BOUNDS), result.stderr
