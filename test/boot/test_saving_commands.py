"""GRUB itself answers: what save_env and load_env do to all sorts of environment blocks. Partless gives the
same answers to the same script on the same disk."""

import json
import subprocess
from pathlib import Path

import pytest

import grub
from disk import kernel, make_disk

UUID = "6a2f1c0e-58b3-4d0f-8c55-d0b7f3a1e942"

# Statements; what they leave in $? and in $x and $y, which are unset before, is compared. "+" is a line's end.
STATEMENTS = r"""
save_env
save_env x
save_env x y
x=1; save_env x; x=2; load_env x
x=1; y=1; save_env x y; unset y; save_env y; x=3; y=3; load_env
x=1; save_env y x; unset x; load_env
x=; save_env x; x=2; load_env
x=1; save_env x x; x=2; load_env x
x=1; save_env x; x=2; load_env y; save_env x; unset x; load_env
x='a\b'; save_env x; unset x; load_env
x='a\'; y=1; save_env x y; unset x; unset y; load_env
x='\\\'; save_env x; unset x; load_env
x='\#'; save_env x; unset x; load_env
x='a=b'; save_env x; unset x; load_env
x='###'; save_env x; unset x; load_env
x=' a  b '; save_env x; unset x; load_env
x='ä"'; save_env x; unset x; load_env; [ "$x" = 'ä"' ]; y=$?; x=
x='a+b'; save_env x; unset x; load_env; [ "$x" = 'a+b' ]; y=$?; x=
x='a\+b'; save_env x; unset x; load_env; [ "$x" = 'a\+b' ]; y=$?; x=
x='+'; save_env x; unset x; load_env; [ "$x" = '+' ]; y=$?; x=
set 'a b=1'; save_env 'a b'; unset 'a b'; load_env; save_env; x="$?"
save_env ''
save_env 'a=b'
save_env '#'
x=1; save_env -f /full x; unset x; load_env -f /full
x=1234; save_env -f /full x; unset x; load_env -f /full
x=12345; save_env -f /full x; unset x; load_env -f /full
x=123; y=1; save_env -f /full x y; unset x; unset y; load_env -f /full
y=1; save_env -f /full x y; unset y; load_env -f /full
x=1; save_env -f /full x; unset x; save_env -f /full y x; load_env -f /full
x='1\\'; save_env -f /full x; unset x; load_env -f /full
x='\\\'; save_env -f /full x; unset x; load_env -f /full
x='1234'; save_env -f /full x; x='1\'; save_env -f /full x; x='\\'; save_env -f /full x; unset x; load_env -f /full
x=1; save_env -f /crowded x; unset x; load_env -f /crowded
unset full; save_env -f /crowded full; x=1; save_env -f /crowded x; unset x; load_env -f /crowded
load_env -f /big; save_env -f /big x; y=2; save_env -f /big y; [ "$x" = "$long" ]; r=$?; x=$r
load_env -f /tiny; x=2; save_env -f /tiny x; unset x; load_env -f /tiny
x=2; save_env -f /only-signature x; unset x; load_env -f /only-signature
x=1; save_env -f /none x
x=1; save_env -f /empty x
x=1; save_env -f /other x
x=1; save_env -f /boot x
x=1; save_env -f (hd9)/x x
load_env -f /empty
load_env -f /other
x=1; save_env -f /link x; unset x; load_env --file /link; y=$x; x=; load_env -f /link
x=5; save_env --file=(hd0)/boot/grub/grubenv x; unset x; load_env
x=6; save_env -f /boot//grub/grubenv x; unset x; load_env
x=7; save_env -f ($root)/boot/grub/grubenv x; unset x; load_env
x=8; p=$prefix; prefix=; save_env x; prefix=$p; unset x; load_env
x=9; p=$prefix; unset prefix; save_env x; load_env; prefix=$p; unset x; load_env
x=1; save_env --nonsense x
x=1; save_env -s x; unset x; load_env -s
load_env -f /odd
x=2; y=2; save_env -f /odd x y; unset x; unset y; load_env -f /odd
load_env -f /twice; y=$x; unset x; save_env -f /twice x; load_env -f /twice
load_env -f /comments; y=$x; x=3; save_env -f /comments x; unset x; load_env -f /comments
load_env -f /escapes; save_env -f /escapes x; y=$x; unset x; load_env -f /escapes
"""
# Partless passes over a line that is no variable; GRUB takes it for the beginning of the next one's name.
DIFFERENT = ["load_env -f /odd", "x=2; y=2; save_env -f /odd x y; unset x; unset y; load_env -f /odd"]
HEADER = "# GRUB Environment Block\n"
BLOCKS = {"/full": HEADER + "#" * 7, "/crowded": HEADER + "full=1\n", "/tiny": HEADER + "x=1\n",
          "/only-signature": HEADER, "/empty": "", "/other": "x=1\n", "/link": Path("target"),
          "/target": HEADER.ljust(1024, "#"),
          "/big": (HEADER + "x=" + "b" * 2000 + "\n").ljust(4096, "#"),
          "/odd": (HEADER + "nonsense\nx=1\ny=1\n").ljust(1024, "#"),
          "/twice": (HEADER + "x=1\nx=2\n").ljust(1024, "#"),
          "/comments": (HEADER + "# x=1\nx=2\n#\n").ljust(1024, "#"),
          "/escapes": (HEADER + "x=a\\b\\\\\\c\n").ljust(1024, "#")}


@pytest.mark.trial
def test_the_commands_leave_what_grubs_leave(tmp_path, partless):
    statements = [line.replace("+", "\n") for line in STATEMENTS.strip().splitlines()]
    lines = []
    for n, statement in enumerate(statements):
        answer = f"{n} $r [$x] [$y]"
        lines += ["unset x", "unset y", statement, "r=$?", f'echo "@{answer}@"',
                  f'menuentry "{answer}" {{ linux /k', "}"]
    files = {"/boot/grub/grub.cfg": "\n".join([*lines, "echo @the end", ""]),
             "/boot/grub/grubenv": HEADER.ljust(1024, "#"), "/k": kernel(), **BLOCKS}
    disk = make_disk(tmp_path / "disk.img", files, "-U", UUID)
    run = subprocess.run([partless, "entries", "--json", disk], capture_output=True, timeout=60, check=False)
    menu = json.loads(run.stdout)
    ours = [entry["title"] for entry in menu["entries"]]
    print(menu["report"])
    theirs = grub.answers(tmp_path, UUID, [disk])
    assert len(theirs) == len(statements)
    different = [f"{a!r}: GRUB {g!r}, Partless {o!r}" for a, g, o in zip(statements, theirs, ours)
                 if g != o and a not in DIFFERENT]
    assert not different, "\n".join(different)
