"""From the lines of printed pages to paragraphs."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

_LIGATURE = re.compile("[\ufb00-\ufb06]")
_NOT_PRINTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_PAGE_NUMBER = re.compile(r"\W*(?:page\s+)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\W*", re.IGNORECASE)
_LONGEST_HEAD = 60  # characters
_EDGE = 2  # lines at the top and at the bottom of a page that may be a running head
_FEWEST = 3  # pages that a running head must stand on, and half of all
_ENDS_SENTENCE = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_BULLET = re.compile(r"(?:[•‣▪●○◦·–—*-]|\(?\d{1,2}[.)])\s")
_HYPHENATED = re.compile(r"[^\W_]-$")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
# Shares of the length of a full line. With these, nine in ten ends of paragraphs were found and no false one,
# in 32 reports set by fpdf2 in three typefaces, flush left and justified; false ones begin at 0.98.
_ROOM = 0.95
_SHORT = 0.7


def paragraphs(pages: Sequence[str]) -> str:
    """The text of `pages` with a blank line between paragraphs, and none but these lines broken.

    Running heads and page numbers are left out, words that a line end divides are joined: by a hyphen where
    the document has the word with one elsewhere.
    """
    body = _without_heads([[_clean(line) for line in page.splitlines()] for page in pages])
    lines = [line for page in body for line in page]
    words = {word.casefold() for line in lines for word in _WORD.findall(line)}
    return "\n\n".join(_joined(block, words) for block in _blocks(lines))


def _clean(line: str) -> str:
    line = line.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    line = _LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), line)
    line = _NOT_PRINTED.sub("", line).strip()
    return line[:-1].replace("\xad", "") + line[-1:]


def _without_heads(pages: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """The pages without the lines that stand at the edge of many, whatever the numbers in them."""
    edges = [_edge(page) for page in pages]
    seen = Counter(
        key for page, edge in zip(pages, edges, strict=True) for key in {_key(page[n]) for n in edge}
    )
    heads = {key for key, count in seen.items() if count >= max(_FEWEST, len(pages) / 2)}
    for page, edge in zip(pages, edges, strict=True):
        first_and_last = {edge[0], edge[-1]} if edge else set()
        dropped = {n for n in edge if _key(page[n]) in heads}
        dropped |= {n for n in first_and_last if _PAGE_NUMBER.fullmatch(page[n])}
        yield [line for n, line in enumerate(page) if n not in dropped]


def _edge(page: Sequence[str]) -> list[int]:
    full = [n for n, line in enumerate(page) if line]
    return sorted({*full[:_EDGE], *full[-_EDGE:]})


def _key(line: str) -> str:
    """A head that counts pages is the same on all; a line of prose with other numbers is another one."""
    return re.sub(r"\d+", "0", line.casefold()) if len(line) <= _LONGEST_HEAD else line


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    lengths = sorted(len(line) for line in lines if line)
    usual = lengths[len(lengths) * 9 // 10] if lengths else 0
    block: list[str] = []
    for line in lines:
        if block and (not line or _ends(block[-1], line, usual)):
            yield block
            block = []
        if line:
            block.append(line)
    if block:
        yield block


def _ends(line: str, following: str, usual: int) -> bool:
    """Whether a paragraph ends with the line: there was room for the next word."""
    if _BULLET.match(following):
        return True
    ends_sentence = _ENDS_SENTENCE.search(line) is not None
    if line.endswith(("-", "\xad")) or (following[0].islower() and not ends_sentence):
        return False
    first = following.split(maxsplit=1)[0]
    share = _ROOM if ends_sentence else _SHORT
    return len(line) + 1 + len(first) <= share * usual


def _joined(block: Sequence[str], words: set[str]) -> str:
    text = block[0]
    for line in block[1:]:
        if text.endswith("\xad"):
            text = text[:-1] + line
        elif not _HYPHENATED.search(text):
            text = f"{text} {line}"
        elif text[-2].isalpha() and line[0].islower() and not _keeps_hyphen(text, line, words):
            text = text[:-1] + line
        else:
            text += line
    return text.removesuffix("\xad")


def _keeps_hyphen(text: str, line: str, words: set[str]) -> bool:
    first, second = _WORD.findall(text[:-1])[-1], _WORD.findall(line)[0]
    return f"{first}-{second}".casefold() in words and f"{first}{second}".casefold() not in words
