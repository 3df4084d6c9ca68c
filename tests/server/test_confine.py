from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import platform, socket
{before}
from server.confine import Confinement

def refused():
    try:
        socket.socket().close()
    except OSError:
        return True
    return False

confinement = Confinement()
print(refused(), end=" ")
with confinement.held("ASK {{ sErViCe:x {{}} }}"):
    print(refused(), end=" ")
with confinement.held("ASK {{}}"):
    print(refused(), end=" ")
open({file!r}).close()
"""


def run(before: str) -> str:
    program = PROGRAM.format(before=before, file=__file__)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def test_the_kernel_refuses_sockets_for_good_and_files_stay_open() -> None:
    assert run("") == "True True True "


def test_elsewhere_a_request_that_could_reach_out_may_open_nothing() -> None:
    assert run("platform.machine = lambda: 'another'") == "False True False "
