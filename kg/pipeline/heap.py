"""Memory that was needed for a moment goes back to the system."""

from __future__ import annotations

import ctypes


def trim() -> None:
    """Have the C library give back the memory that it keeps for later, where it can (glibc).

    A batch takes some hundred megabytes and leaves holes, in which the next one does not fit: without this a
    build grows by a hundred megabytes with each thousand reports.
    """
    release = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if release is not None:
        release(0)
