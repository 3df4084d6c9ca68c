"""Bytes to text: UTF-8, what a byte order mark or the page itself says, else a guess from the bytes."""

from __future__ import annotations

import codecs
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING

from kg.errors import InputError

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

_MARKS = (  # UTF-32 first: its little-endian mark begins like that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What reports come in besides Unicode. Left to choose among all of Python's encodings, charset-normalizer
# takes short texts for ones nobody writes in (hp_roman8 for German, cp932 for Russian in koi8_r).
_LEGACY = (
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "koi8_r",
    "big5",
    "euc_jp",
    "euc_kr",
    "gb18030",
    "shift_jis",
)
_NOT_TEXT = frozenset({"Cc", "Cn", "Co", "Cs"})  # control, unassigned, private use, surrogate


def decode(data: bytes, *, name: str, declared: str | None = None) -> str:
    """`data` as text without its byte order mark.

    `declared` is the encoding that a page gives for itself; it is tried after UTF-8, because pages saved
    anew as UTF-8 often keep the old declaration. Raises InputError when nothing fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _decoded(data[len(mark) :], encoding)
            if text is None:
                raise InputError(
                    name, f"it is marked as {encoding.upper()} but broken in it; save it anew as UTF-8"
                )
            return text
    if b"\0" in data:
        text = _unmarked_utf16(data)
        problem = "it is binary"
    else:
        text = _decoded(data, "utf-8")
        if text is None:
            _refuse_broken_utf8(data, name=name)
            text = _decoded(data, _as_browsers_do(declared)) or _guessed(data)
        problem = "its character encoding cannot be told; save it as UTF-8"
    if text is None:
        raise InputError(name, problem)
    return text


def encoding_of(line: bytes, *, name: str) -> str:
    """The encoding of a line that is more than ASCII; raises InputError where it cannot be told."""
    if _decoded(line, "utf-8") is not None:
        return "utf-8"
    _refuse_broken_utf8(line, name=name)
    match = _guess(line)
    if match is None or b"\0" in line:
        raise InputError(name, "its character encoding cannot be told; save it as UTF-8")
    return match.encoding


def is_marked_utf16_or_32(beginning: bytes) -> bool:
    """Whether a byte order mark of UTF-16 or UTF-32 stands at the beginning."""
    return any(beginning.startswith(mark) for mark, encoding in _MARKS if encoding != "utf-8")


def _decoded(data: bytes, encoding: str | None) -> str | None:
    if encoding is not None:
        with suppress(UnicodeError, LookupError):  # LookupError: Python calls codecs what gives no text, too
            return data.decode(encoding)
    return None


def _as_browsers_do(declared: str | None) -> str | None:
    """The encoding to use for a declared one: Latin-1 and ASCII mean cp1252 (WHATWG Encoding, 4.2).

    None for an unknown one, and for Unicode, which has been tried when a declaration is asked for.
    """
    try:
        name = codecs.lookup(declared or "").name
    except LookupError:
        return None
    if name.startswith("utf"):
        return None
    return "cp1252" if name in ("iso8859-1", "ascii") else name


def _refuse_broken_utf8(data: bytes, *, name: str) -> None:
    """Raise InputError where most of what is not ASCII is UTF-8: other encodings hardly ever look like it."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    if sum(not c.isascii() for c in text) > 2 * broken:
        line = text[: text.index("\N{REPLACEMENT CHARACTER}")].count("\n") + 1
        raise InputError(name, f"it is UTF-8 with broken characters, the first on line {line}; mend it")


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without its mark shows in zero bytes on one side only, and in nothing but text when decoded."""
    sides = (any(not byte for byte in data[0::2]), any(not byte for byte in data[1::2]))
    encoding = {(False, True): "utf-16-le", (True, False): "utf-16-be"}.get(sides)
    text = _decoded(data, encoding)
    if text is None or any(unicodedata.category(c) in _NOT_TEXT and not c.isspace() for c in text):
        return None
    return text


def _guessed(data: bytes) -> str | None:
    match = _guess(data)
    return None if match is None else str(match)


def _guess(data: bytes) -> CharsetMatch | None:
    """The likeliest legacy encoding; of equally likely ones cp1252, which English reports come in."""
    from charset_normalizer import from_bytes  # imported late: most inputs are UTF-8

    matches = from_bytes(data, cp_isolation=list(_LEGACY))
    best = matches.best()
    if best is None:
        return None
    for match in matches:
        western = "cp1252" in match.could_be_from_charset
        if western and match.chaos <= best.chaos and match.coherence >= best.coherence:
            return match
    return best
