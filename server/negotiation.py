"""Content negotiation (RFC 9110, 12.5.1): from an Accept header and `format=` to media types. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.errors import RequestError
from server.messages import Formats


@dataclass(frozen=True, slots=True)
class Format:
    """A format that the server writes.

    `aliases` are other media types that clients ask for it by, `names` what `format=` calls it, `w3c` its
    local name in http://www.w3.org/ns/formats/.
    """

    media_type: str
    aliases: tuple[str, ...]
    names: tuple[str, ...]
    w3c: str


# The first of a list is the answer to a client that has no preference.
SOLUTIONS = (
    Format("application/sparql-results+json", ("application/json",), ("json",), "SPARQL_Results_JSON"),
    Format("application/sparql-results+xml", ("application/xml", "text/xml"), ("xml",), "SPARQL_Results_XML"),
    Format("text/csv", (), ("csv",), "SPARQL_Results_CSV"),
    Format("text/tab-separated-values", ("text/tsv",), ("tsv",), "SPARQL_Results_TSV"),
)
GRAPHS = (
    Format("text/turtle", ("application/x-turtle", "text/n3"), ("turtle", "ttl", "n3"), "Turtle"),
    Format("application/n-triples", ("text/plain",), ("ntriples", "nt", "n-triples"), "N-Triples"),
    Format("application/ld+json", ("application/json",), ("jsonld", "json-ld", "json"), "JSON-LD"),
    Format(
        "application/rdf+xml",
        ("application/xml", "text/xml"),
        ("rdfxml", "rdf+xml", "rdf", "rdf-xml", "xml"),
        "RDF_XML",
    ),
    Format("application/n-quads", ("text/x-nquads",), ("nquads", "nq", "n-quads"), "N-Quads"),
    Format("application/trig", ("application/x-trig",), ("trig",), "TriG"),
)
_PAGE = Format("text/html", ("application/xhtml+xml",), ("html",), "")
INPUTS = {name: entry.media_type for entry in GRAPHS for name in (entry.media_type, *entry.aliases)}


@dataclass(frozen=True, slots=True)
class _Range:
    """One entry of an Accept header: type and subtype (or *), quality 0 to 1, place in the header."""

    main: str
    sub: str
    quality: float
    place: int

    @property
    def is_wide(self) -> bool:
        """Whether the range has a *."""
        return self.sub == "*"

    def precision(self, media_type: str) -> int:
        """2 for the very type, 1 for its main type, 0 for any, -1 where the range does not hold it."""
        main, _, sub = media_type.partition("/")
        if (self.main, self.sub) == (main, sub):
            return 2
        if (self.main, self.sub) == (main, "*"):
            return 1
        return 0 if (self.main, self.sub) == ("*", "*") else -1


@lru_cache(maxsize=256)  # a client sends the same header again and again
def formats(accept: str | None, override: str | None) -> Formats:
    """What to answer a query with, whatever kind it turns out to be; `override` is the `format` parameter."""
    return Formats(choose(accept, override, SOLUTIONS), choose(accept, override, GRAPHS))


def graph_format(accept: str | None, override: str | None) -> str:
    """Media type for an RDF graph; RequestError 406 where the client accepts none."""
    return accepted(choose(accept, override, GRAPHS), accept, GRAPHS)


def choose(accept: str | None, override: str | None, offered: Sequence[Format]) -> str | None:
    """The media type among `offered` that the client likes best, None if it accepts none.

    An `override` that none of the offered goes by is left to the other kind of answer.
    """
    if override is not None:
        wanted = override.strip().lower()
        if not any(_goes_by(entry, wanted) for entry in (*SOLUTIONS, *GRAPHS)):
            names = ", ".join(entry.names[0] for entry in (*SOLUTIONS, *GRAPHS))
            raise RequestError(400, f"unknown format {override!r}: choose among {names}")
        for entry in offered:
            if _goes_by(entry, wanted):
                return entry.media_type
    ranges = _ranges(accept)
    best: tuple[float, int] | None = None
    chosen = None
    for entry in offered:
        rank = _rank(ranges, entry)
        if rank[0] > 0 and (best is None or rank > best):
            best, chosen = rank, entry.media_type
    return chosen


def accepted(chosen: str | None, accept: str | None, offered: Sequence[Format]) -> str:
    """`chosen`, or RequestError 406 that names what there is."""
    if chosen is None:
        names = ", ".join(entry.media_type for entry in offered)
        raise RequestError(406, f"nothing in {accept!r} can be served here: accept one of {names}")
    return chosen


@lru_cache(maxsize=256)
def wants_html(accept: str | None, override: str | None, *, default: bool) -> bool:
    """Whether a page is wanted rather than data; `default` answers for a client without a preference."""
    if override is not None:
        return _goes_by(_PAGE, override.strip().lower())
    ranges = _ranges(accept)
    html = _rank(ranges, _PAGE)
    data = max(_rank(ranges, entry) for entry in GRAPHS)
    return default if html == data else html > data


@lru_cache(maxsize=256)
def wants_gzip(accept_encoding: str | None) -> bool:
    """Whether a client takes gzip rather than plain content (RFC 9110, 12.5.3)."""
    qualities: dict[str, float] = {}
    for entry in (accept_encoding or "").split(","):
        coding, *parameters = (part.strip().lower() for part in entry.split(";"))
        qualities[coding] = _quality(parameters)
    gzip = qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0)))
    return gzip > 0 and gzip >= qualities.get("identity", 0.0)


def _goes_by(entry: Format, wanted: str) -> bool:
    return wanted in entry.names or wanted in (entry.media_type, *entry.aliases)


def _ranges(accept: str | None) -> list[_Range]:
    ranges = []
    for place, entry in enumerate((accept or "").split(",")):
        media_range, *parameters = (part.strip().lower() for part in entry.split(";"))
        main, slash, sub = media_range.partition("/")
        if slash:
            ranges.append(_Range(main, sub, _quality(parameters), place))
    return ranges or [_Range("*", "*", 1.0, 0)]


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _rank(ranges: Sequence[_Range], offered: Format) -> tuple[float, int]:
    """Quality that the most precise range gives to the format, then how early that range stands.

    A range with * means the format's own media type; an alias must be asked for by name.
    """
    fitting = [entry for entry in ranges if entry.precision(offered.media_type) >= 0]
    fitting += [entry for entry in ranges if any(entry.precision(alias) == 2 for alias in offered.aliases)]
    if not fitting:
        return 0.0, 0
    best = max(fitting, key=lambda entry: (not entry.is_wide, entry.main != "*", entry.quality, -entry.place))
    return best.quality, -best.place
