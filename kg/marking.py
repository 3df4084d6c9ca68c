"""A text with stretches of it marked, however they nest or overlap. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_DEEPEST = 6  # marks within marks; no reading nests deeper


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the text from `begin` up to `end` (characters) that means `node`."""

    begin: int
    end: int
    node: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand at `begin`, with the mark on them if there is one, in `parts` if others are within."""

    begin: int
    words: str
    node: str | None = None
    parts: tuple[Piece, ...] = ()


def marked(text: str, spans: Iterable[Span], *, offset: int = 0) -> tuple[Piece, ...]:
    """The text in pieces that together are the text; `offset` is where it begins in what spans count in.

    A span that overlaps the end of another is cut in two there. What is outside the text has no part.
    """
    end = offset + len(text)
    inside = {
        Span(max(span.begin, offset), min(span.end, end), span.node)
        for span in spans
        if max(span.begin, offset) < min(span.end, end)
    }
    return _pieces(text, offset, Span(offset, end, ""), sorted(inside, key=_outer_first), _DEEPEST)


def _outer_first(span: Span) -> tuple[int, int, str]:
    return span.begin, -span.end, span.node


def _pieces(text: str, offset: int, whole: Span, spans: list[Span], depth: int) -> tuple[Piece, ...]:
    """The stretch `whole` in pieces; `spans` lie within it, outer ones first."""

    def words(begin: int, end: int) -> str:
        return text[begin - offset : end - offset]

    pieces, at, waiting = [], whole.begin, list(spans) if depth else []
    while waiting:
        span = waiting[0]
        within = [other for other in waiting[1:] if other.begin < span.end]
        over = [Span(span.end, other.end, other.node) for other in within if other.end > span.end]
        inner = [Span(other.begin, min(other.end, span.end), other.node) for other in within]
        if at < span.begin:
            pieces.append(Piece(at, words(at, span.begin)))
        parts = _pieces(text, offset, span, inner, depth - 1) if inner else ()
        pieces.append(Piece(span.begin, words(span.begin, span.end), span.node, parts))
        at = span.end
        waiting = sorted([*over, *waiting[1 + len(within) :]], key=_outer_first)
    if at < whole.end:
        pieces.append(Piece(at, words(at, whole.end)))
    return tuple(pieces)
