"""A report that is given on a page, as `kg build` takes it. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from kg.errors import RequestError
from server.reading import Input

_RECORD = ("title", "date", "publisher", "url")  # what a text is told beside its identifier
_TEXT, _PAGE, _RECORDS = (".txt",), (".html", ".htm"), (".jsonl",)
_LONGEST_SLUG = 60


@dataclass(frozen=True, slots=True)
class File:
    """A file that is sent; `name` is what its sender calls it."""

    name: str
    data: bytes


def read_given(fields: Mapping[str, str], file: File | None) -> Input:
    """The input that a form describes: a text with what is known of it, or a file.

    RequestError 400 where it has neither or both, or says what the file says itself.
    """
    told = {name: fields.get(name, "").strip() for name in ("id", *_RECORD)}
    text = fields.get("text", "")
    if file is None:
        if not text.strip():
            raise RequestError(400, "there is nothing to read: paste a text or choose a file")
        return _record(told, text, name="")
    if text.strip():
        raise RequestError(400, "give a text or a file, not both")
    suffix = PurePath(file.name).suffix.lower()
    if suffix in _TEXT:
        return _record(told, _decoded(file), name=PurePath(file.name).stem)
    if suffix not in (*_PAGE, *_RECORDS):
        raise RequestError(400, f"{file.name[:100]}: choose a .txt, .html or .jsonl file")
    own = ("title", "publisher", "url") if suffix in _PAGE else ("id", "title", "publisher", "url")
    if named := [name for name in own if told[name]]:
        raise RequestError(400, f"a {suffix} file says this itself; leave it empty: {', '.join(named)}")
    if suffix in _PAGE:
        identifier = told["id"] or _identifier("", PurePath(file.name).stem, file.data)
        return Input(file.data, ".html", identifier, told["date"] or None)
    return Input(file.data, ".jsonl", None, told["date"] or None)


def _record(told: Mapping[str, str], text: str, *, name: str) -> Input:
    """A text as a record; browsers send line ends as CR LF."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    identifier = told["id"] or _identifier(told["title"], name, text.encode("utf-8", "surrogatepass"))
    record = {"id": identifier, **{key: told[key] for key in _RECORD if told[key]}, "text": text}
    return Input(json.dumps(record).encode() + b"\n", ".jsonl")


def _identifier(title: str, name: str, content: bytes) -> str:
    """An identifier for want of one: of the file's name, the title, or the content."""
    slug = re.sub(r"[^a-z0-9]+", "-", (name or title).lower())[:_LONGEST_SLUG].strip("-")
    return slug or f"text-{hashlib.sha256(content).hexdigest()[:12]}"


def _decoded(file: File) -> str:
    try:
        return file.data.decode("utf-8")
    except UnicodeDecodeError:
        raise RequestError(
            400, f"{file.name[:100]} is not UTF-8: save it so, or use kg build, which reads other encodings"
        ) from None
