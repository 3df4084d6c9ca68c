"""Gzip: asked for, in pieces, and the same content."""

from __future__ import annotations

import gzip
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.compression import Gzipped, gzipped, is_compressible
from server.negotiation import wants_gzip

LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SHORT = "SELECT (1 AS ?one) {}"


@given(st.lists(st.binary()))
def test_pieces_come_back(pieces: list[bytes]) -> None:
    assert gzip.decompress(b"".join(Gzipped(pieces))) == b"".join(pieces)
    assert gzip.decompress(gzipped(b"".join(pieces))) == b"".join(pieces)


def test_closing_closes_the_answer() -> None:
    ended = []

    def answer():
        try:
            yield b"x" * 100_000
            yield b"y"
        finally:
            ended.append(True)

    pieces = Gzipped(answer())
    next(pieces)
    pieces.close()
    assert ended == [True]


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("*", True),
        ("*;q=0", False),
        ("br", False),
        ("gzip;q=0.2, identity;q=0.8", False),
        ("gzip;q=x", False),
    ],
)
def test_who_takes_gzip(header: str | None, wanted: bool) -> None:
    assert wants_gzip(header) is wanted


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [("text/html", True), ("application/sparql-results+json", True), ("application/trig", True),
     ("application/ld+json", True), ("application/rdf+xml", True), ("image/png", False), (None, False)],
)  # fmt: skip
def test_what_is_compressed(media_type: str | None, expected: bool) -> None:
    assert is_compressible(media_type) is expected


@pytest.mark.parametrize(
    "path", [f"/sparql?query={quote(LONG)}", "/void?format=turtle", "/", "/static/style.css"]
)
def test_the_same_content_packed(site, path: str) -> None:
    plain, packed = site.ask("GET", path), site.ask("GET", path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in plain.headers["vary"]
    assert "Accept-Encoding" in packed.headers["vary"]
    assert len(packed.body) < len(plain.body) / 2
    assert gzip.decompress(packed.body) == plain.body
    assert plain.headers.get("etag") == packed.headers.get("etag")


def test_a_short_answer_stays_plain(site) -> None:
    answer = site.ask("GET", f"/sparql?query={quote(SHORT)}", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-length"] == str(len(answer.body))


def test_head_tells_of_the_packed_answer(site) -> None:
    answer = site.ask("HEAD", "/void?format=turtle", headers={"Accept-Encoding": "gzip"})
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-encoding"] == "gzip"
