"""Keeps what a build no longer needs from piling up. Where the C library is not glibc nothing is changed."""

from __future__ import annotations

import ctypes

_ARENA_MAX = -8  # glibc's number of the setting


def use_one_arena() -> None:
    """Have all threads of the process take their memory from one place.

    Else each has one of its own, with holes in which nothing of another fits.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_ARENA_MAX, 1)


def trim() -> None:
    """Give memory back that is kept for later: a batch takes some hundred megabytes for a moment."""
    release = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if release is not None:
        release(0)
