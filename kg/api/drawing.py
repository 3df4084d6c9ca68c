"""Pictures: boxes in columns, joined by curves, as SVG. The same input gives the same bytes. Pure.

Widths are estimated from the number of letters; all styles are in the picture, which asks for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

_LETTER, _LINE, _GAP, _PADDING = 6.6, 16, 12, 8  # pixels; a letter of 12 px sans-serif is about 6.6 wide
_BETWEEN = 70  # from column to column, for the curves
_MOST_LETTERS = 44
_STYLE = (
    "{0}text{{font:12px sans-serif;fill:#1c2733}}{0}.small{{font-size:10.5px;fill:#52606d}}"
    "{0}rect{{fill:#eef3f8;stroke:#8aa0b5}}{0}.event rect{{fill:#fff4e0;stroke:#c98a1b}}"
    "{0}.chosen rect{{fill:#dcebe0;stroke:#3f7d58}}{0}path{{fill:none;stroke:#75869a;stroke-width:1.3}}"
    "{0}.unsure{{stroke-dasharray:4 3}}{0}marker path{{fill:#75869a;stroke:none}}"
).format(".sitrep-picture ")  # a style in a page holds for all of the page
_TIP = (
    '<marker id="sitrep-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto"><path d="M0 0 8 4 0 8z"/></marker>'
)


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its text, a small second line, what a pointer is told, and its look (entity, event, chosen)."""

    key: str
    text: str
    below: str = ""
    title: str = ""
    look: str = "entity"


@dataclass(frozen=True, slots=True)
class Arrow:
    """A curve from a box to one of the next column; dashed where it is unsure that it happened."""

    begin: str
    end: str
    unsure: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """A picture as SVG, which a notebook shows and a browser opens."""

    svg: str

    def save(self, path: str | Path) -> None:
        """Write it to a file, which wants the suffix .svg."""
        Path(path).write_text(self.svg, encoding="utf-8")

    def __repr__(self) -> str:
        return f"<Picture of {len(self.svg):,} characters of SVG>"

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True, slots=True)
class _Placed:
    left: float
    middle: float
    width: float


def draw(columns: Sequence[Sequence[Box]], arrows: Sequence[Arrow], *, title: str) -> Picture:
    """The boxes, each column from top to bottom and centred, and the arrows between them.

    Keys are unique in a picture; an arrow names two of them.
    """
    height = max((sum(_height(box) + _GAP for box in column) for column in columns), default=0) + _GAP
    placed: dict[str, _Placed] = {}
    parts, left = [], float(_GAP)
    for column in columns:
        if not column:
            continue
        width = max(_width(box) for box in column)
        top = (height - sum(_height(box) + _GAP for box in column) + _GAP) / 2
        for box in column:
            placed[box.key] = _Placed(left, top + _height(box) / 2, width)
            parts.append(_box(box, left, top, width))
            top += _height(box) + _GAP
        left += width + _BETWEEN
    width = max(left - _BETWEEN + _GAP, 2 * _GAP)
    curves = [_curve(placed[one.begin], placed[one.end], one.unsure) for one in arrows]
    size = f"{width:.0f} {height:.0f}"
    return Picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sitrep-picture" role="img" viewBox="0 0 {size}" '
        f'width="{width:.0f}" height="{height:.0f}"><title>{_text(title)}</title><style>{_STYLE}</style>'
        f'<defs>{_TIP}</defs><rect width="100%" height="100%" style="fill:#fff;stroke:none"/>'
        f"{''.join(curves)}{''.join(parts)}</svg>\n"
    )


def _box(box: Box, left: float, top: float, width: float) -> str:
    middle = left + width / 2
    lines = [f'<text x="{middle:.1f}" y="{top + 18:.1f}" text-anchor="middle">{_short(box.text)}</text>']
    if box.below:
        place = f'x="{middle:.1f}" y="{top + 18 + _LINE:.1f}" text-anchor="middle"'
        lines.append(f'<text class="small" {place}>{_short(box.below)}</text>')
    told = f"<title>{_text(box.title)}</title>" if box.title else ""
    frame = f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{_height(box)}" rx="5"/>'
    return f'<g class="{box.look}">{told}{frame}{"".join(lines)}</g>'


def _curve(begin: _Placed, end: _Placed, unsure: bool) -> str:
    x, y, to, at = begin.left + begin.width, begin.middle, end.left, end.middle
    bend = (x + to) / 2
    look = ' class="unsure"' if unsure else ""
    return (
        f'<path{look} marker-end="url(#sitrep-tip)" '
        f'd="M{x:.1f} {y:.1f}C{bend:.1f} {y:.1f} {bend:.1f} {at:.1f} {to:.1f} {at:.1f}"/>'
    )


def _height(box: Box) -> int:
    return 28 + (_LINE if box.below else 0)


def _width(box: Box) -> float:
    return min(max(len(box.text), len(box.below) * 0.9), _MOST_LETTERS) * _LETTER + 2 * _PADDING


def _short(text: str) -> str:
    return _text(text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…")


def _text(text: str) -> str:
    """Escaped, without the characters that XML cannot hold."""
    return escape("".join(c if c.isprintable() else " " for c in text))
