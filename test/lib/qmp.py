"""Commands for QEMU's monitor, in its protocol QMP."""

import json
import socket


def order(path, *commands):
    """Has the monitor that listens on the socket PATH run COMMANDS, each (name, arguments). Returns the answer to the
    last."""
    with socket.socket(socket.AF_UNIX) as monitor:
        monitor.settimeout(60)
        monitor.connect(str(path))
        lines = monitor.makefile("rw")
        lines.readline()
        for name, arguments in [("qmp_capabilities", {}), *commands]:
            lines.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
            lines.flush()
            while "return" not in (answer := json.loads(lines.readline())):
                assert "error" not in answer, answer
    return answer["return"]
