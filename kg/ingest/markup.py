"""Pieces of HTML as text."""

from __future__ import annotations

from html.parser import HTMLParser

_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol"),
        *("p", "pre", "section", "table", "td", "th", "tr", "ul"),
    }
)
_UNREAD = frozenset({"script", "style", "template", "title"})


def text_of(markup: str) -> str:
    """The text of a piece of HTML, a blank line between its blocks, each of them on one line."""
    parser = _Text()
    parser.feed(markup)
    parser.close()
    return "\n\n".join(parser.blocks())


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[list[str]] = [[]]
        self._breaks = 0
        self._unread = 0

    def blocks(self) -> list[str]:
        """The text of each block that has any."""
        joined = (" ".join("".join(block).split()) for block in self._blocks)
        return [text for text in joined if text]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Two line breaks in a row divide, as blocks do."""
        if tag in _UNREAD:
            self._unread += 1
        elif tag == "br":
            self._breaks += 1
            self._blocks[-1].append(" ")
            if self._breaks > 1:
                self._divide()
        elif tag in _BLOCKS:
            self._divide()

    def handle_endtag(self, tag: str) -> None:
        """Blocks divide at their end, too."""
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif tag in _BLOCKS:
            self._divide()

    def handle_data(self, data: str) -> None:
        """Words of the text."""
        if not self._unread:
            self._blocks[-1].append(data)
            self._breaks = 0 if data.strip() else self._breaks

    def _divide(self) -> None:
        self._breaks = 0
        if self._blocks[-1]:
            self._blocks.append([])
