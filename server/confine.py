"""Keeps a reader or writer process from reaching out: no SERVICE, no LOAD, whatever the query says.

On Linux the kernel refuses it new sockets. Elsewhere a request that could have such a clause runs without
the right to open anything. That is the second choice, since the engine opens the files of a large store as it
goes: such a request may fail there.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import resource
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Number of socket(2) and the AUDIT_ARCH value of <linux/audit.h>
_MACHINES = {"x86_64": (41, 0xC000003E), "aarch64": (198, 0xC00000B7)}
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2  # <linux/prctl.h>, <linux/seccomp.h>
_PR_SET_NO_NEW_PRIVS = 38
_RET_ALLOW, _RET_ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06  # <linux/bpf_common.h>


SERVICE_REFUSED = "SERVICE is refused: this endpoint asks no other endpoint"


def is_refused(error: OSError, text: str) -> bool:
    """Whether the engine failed to reach out for a clause of `text`, rather than to read its own files."""
    lowered = text.lower()
    mentioned = "service" in lowered or "load" in lowered
    return mentioned and not str(error).startswith("IO error")  # as the database's messages begin


class Confinement:
    """Made once in a process, before it starts a thread."""

    def __init__(self) -> None:
        self.by_kernel = _refuse_sockets()

    @contextmanager
    def held(self, text: str) -> Iterator[None]:
        """For the time that a query or update runs."""
        lowered = text.lower()
        if self.by_kernel or ("service" not in lowered and "load" not in lowered):
            yield
            return
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _refuse_sockets() -> bool:
    """Let every later socket(2) of this process fail (seccomp); False where the system cannot."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return False
    number, architecture = _MACHINES[platform.machine()]
    instructions = (
        (_LOAD, 0, 0, 4),  # the architecture, since each counts its calls anew
        (_JUMP_IF_EQUAL, 0, 3, architecture),
        (_LOAD, 0, 0, 0),  # the number of the call
        (_JUMP_IF_EQUAL, 0, 1, number),
        (_RETURN, 0, 0, _RET_ERRNO | errno.EACCES),
        (_RETURN, 0, 0, _RET_ALLOW),
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *entry) for entry in instructions))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(instructions), ctypes.addressof(code)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program), 0, 0) == 0)
