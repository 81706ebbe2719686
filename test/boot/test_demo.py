"""`make demo`, as a person sees it."""

from processors import BOTH, X86_64
from qemu import DOWN, ENTER, Serial, wrapped


@BOTH
def test_the_demo_goes_from_the_menu_to_a_shell_in_the_guest(root, build, base, processor):
    console = "ttyS0" if processor is X86_64 else "ttyAMA0"
    terminal = Serial(str(root / "scripts/demo"), [str(build), "tcg", str(processor)], encoding="utf-8",
                      codec_errors="replace", timeout=60, echo=False)
    try:
        terminal.expect(wrapped("To leave QEMU at any time: Ctrl-A, then x"))
        terminal.expect(wrapped("Demo guest, writable and telling all"))
        terminal.send(DOWN)
        terminal.send(ENTER)
        terminal.expect(f"guest: cmdline=root=LABEL=demo rw console={console}\n")
        terminal.expect("guest: root=/dev/vda ext4 rw\n")
        terminal.expect("guest: initrd=the demo guest's own initrd\n")
        terminal.expect("# $")
        terminal.send("echo $((6 * 7)) > /file; cat /file; poweroff -f\r")
        terminal.expect("\n42\n")
        terminal.expect("Power down")
        terminal.wait()
    finally:
        terminal.close()
        print(terminal.shown)
