"""What may pass as the text of a report."""

from __future__ import annotations

import re

from kg.errors import InputError
from kg.ingest.values import MAXIMUM_BYTES, Source
from kg.settings import MAXIMUM_CHARACTERS

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")  # without white space and next line (0x85)
_MOST_CONTROLS = (
    0.01  # share of characters; scanned text has a stray one, a binary file has them by the dozen
)


def read_bytes(source: Source, *, most: int = MAXIMUM_BYTES) -> bytes:
    """All bytes of the source; raises InputError where there are more than `most`."""
    data = source.beginning + source.stream.read(most + 1)
    if len(data) > most:
        raise InputError(source.name, f"it is larger than {most:,} bytes; split it")
    return data


def unify_line_ends(text: str) -> str:
    r"""`text` with \n for every \r\n and \r."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_text(text: str, *, name: str, most: int = MAXIMUM_CHARACTERS) -> None:
    """Raise InputError unless `text` can be read: not empty, `most` characters at most, and text at all."""
    if not text.strip():
        raise InputError(name, "it is empty")
    if len(text) > most:
        raise InputError(name, f"it has {len(text):,} characters of text, more than {most:,}; split it")
    if "\0" in text or len(_CONTROL.findall(text)) > _MOST_CONTROLS * len(text):
        raise InputError(name, "it is binary")
    if found := _SURROGATE.search(text):
        raise InputError(
            name, f"half a surrogate pair (U+{ord(found[0]):04X}) at character {found.start()} of the text"
        )
