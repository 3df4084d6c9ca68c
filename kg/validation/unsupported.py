"""What the plan says where a shapes file goes beyond it."""

from __future__ import annotations


class UnsupportedError(Exception):
    """The plan does not know this part of a shapes file; pySHACL validates in its place."""
