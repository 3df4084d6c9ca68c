"""The reader of web pages: trafilatura finds the main text and what the page says of itself."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kg.errors import InputError
from kg.facts import Report
from kg.ingest.encoding import decode
from kg.ingest.metadata import is_language_tag, is_url, parse_date
from kg.ingest.text import check_text, read_bytes, unify_line_ends
from kg.ingest.values import MAXIMUM_BYTES, IngestOptions, Source

_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_HEAD_BYTES = 1024  # where a page must declare its encoding (WHATWG HTML, 4.2.5.4)
# Control characters, as such and as references (&#1;): lxml refuses to copy a text with one in it.
_CONTROL = re.compile(
    r"[\x01-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));",
    re.IGNORECASE,
)
# Elements that may hold the date of publication. The longest such line seen was a byline of 80 characters;
# a longer one is prose, and a date in it is that of an event.
_DATE_LINES = (
    "//body//script[@type='application/ld+json'] | //body//time | //body//abbr | //body//meta[@itemprop] | "
    "//body//*[contains(@class, 'date') or contains(@class, 'byline') or contains(@class, 'publi') or "
    "contains(@class, 'time') or contains(@id, 'date') or contains(@itemprop, 'date')]"
)
_LONGEST_DATE_LINE = 120
_NOT_OF_PUBLICATION = "//head/title | //meta[contains(concat(@property, @name, @itemprop), 'odified')]"
_DATES: Mapping[str, Any] = {
    "original_date": True,
    "extensive_search": False,
    "min_date": "1900-01-01",
    "max_date": "2100-01-01",
}


def read_page(source: Source, options: IngestOptions) -> Iterator[Report]:
    """The one report of an `.html` file; raises InputError."""
    data = read_bytes(source)
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    encoding = source.encoding or (declared[1].decode("ascii") if declared else None)
    html = decode(data, name=source.name, declared=encoding)
    check_text(html, name=source.name, most=MAXIMUM_BYTES)
    try:
        with _quiet():
            report = _extract(_CONTROL.sub("", html), source=source, options=options)
    except ValueError as error:  # from lxml: &#xFFFE; is no character either
        raise InputError(source.name, f"the page is broken: {error}") from error
    check_text(report.text, name=source.name)
    yield report


def _extract(html: str, *, source: Source, options: IngestOptions) -> Report:
    from trafilatura import bare_extraction  # imported late: it takes a third of a second
    from trafilatura.utils import load_html

    if "<html" not in html.lower():  # trafilatura refuses pieces of a page
        html = f"<html><body>{html}</body></html>"
    tree, tree_of_dates = load_html(html), load_html(html)
    if tree is None or tree_of_dates is None:
        raise InputError(source.name, "it is not HTML")
    for element in list(tree.iter("time")):  # trafilatura drops their words: "On <time>Friday</time>"
        element.drop_tag()
    found = bare_extraction(
        tree, with_metadata=True, include_comments=False, date_extraction_params=dict(_DATES)
    )
    if found is None or isinstance(found, dict) or not found.text:
        raise InputError(source.name, "no text was found in the page")
    url = source.url or (found.url if found.url and is_url(found.url) else None)
    return Report(
        identifier=options.identifier or source.identifier,
        text=_paragraphs(found.text),
        title=found.title or None,
        issued=_published(tree_of_dates, url) or options.date,
        publisher=found.sitename or None,
        source=url,
        language=_language(tree),
    )


def _paragraphs(text: str) -> str:
    """trafilatura puts one paragraph a line; reports have a blank line between them."""
    return "\n\n".join(line.strip() for line in unify_line_ends(text).split("\n") if line.strip())


def _language(tree: Any) -> str | None:
    tag = (tree.get("lang") or "").strip()
    return tag if is_language_tag(tag) else None


def _published(tree: Any, url: str | None) -> dt.date | dt.datetime | None:
    """The date that the page's address, head, linked data or a date line gives; None where none does.

    htmldate would go on to take any date in the heading, the text or an image's address, which is as
    likely that of an event: it gets to see a page without them.
    """
    from htmldate import find_date

    lines = [line for line in tree.xpath(_DATE_LINES) if _may_give_the_date(line)]
    for element in tree.xpath(_NOT_OF_PUBLICATION):
        element.getparent().remove(element)
    for line in lines:
        line.tail = None
    if tree.body is not None:
        tree.body.clear()
        tree.body.extend(lines)
    date = find_date(tree, url=url or "", **_DATES)
    return parse_date(date) if date else None


def _may_give_the_date(element: Any) -> bool:
    if element.tag == "script":
        return True
    parent = element.getparent()
    line = parent if element.tag in ("time", "abbr") and parent.tag == "p" else element
    return len(line.text_content().strip()) <= _LONGEST_DATE_LINE


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' warnings about a page from the user, who gets one clear line of ours."""
    loggers = [
        logging.getLogger(name) for name in ("trafilatura", "htmldate", "courlan", "readability", "justext")
    ]
    before = [logger.propagate for logger in loggers]
    silence = logging.NullHandler()
    for logger in loggers:
        logger.propagate = False
        logger.addHandler(silence)
    try:
        yield
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.propagate = propagate
            logger.removeHandler(silence)
