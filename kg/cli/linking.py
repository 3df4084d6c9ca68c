"""`kg link`: links to Wikidata for entities that have none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from kg import settings
from kg.cli.options import ontology_option, option, overrides_option, store_option

if TYPE_CHECKING:
    from kg.linking.online.client import Client
    from kg.pipeline.unlinked import LinkSummary
    from kg.store import Store

_CONTACT = "https://w3id.org/sitrep/"
_SERVICE = "https://wikidata.reconci.link/{language}/api"
_EVERY_SECONDS = 2.0  # between two lines of progress


@dataclass(frozen=True, slots=True)
class _Online:
    """The options of an online run."""

    service: str
    language: str
    kind: str | None
    limit: int | None
    delay: float
    refresh: bool
    contact: str
    cache: Path


@click.command()
@store_option
@option("--online", is_flag=True, help="Ask a live service too.")
@option(
    "--service",
    default=_SERVICE,
    show_default=True,
    metavar="URL",
    help="A service of the W3C Reconciliation API, or wikidata-search for Wikidata's own search.",
)
@option("--language", default="en", show_default=True, help="Language of the names.")
@option(
    "--kind",
    type=click.Choice(("person", "organization", "place", "facility")),
    help="Ask about these only; needed for a service that does not say what kind its things are of.",
)
@option("--limit", type=click.IntRange(min=1), help="Ask about so many entities at most.")
@option(
    "--delay",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    help="Seconds between two requests.",
)
@option("--refresh", is_flag=True, help="Ask again what was asked before.")
@option("--contact", default=_CONTACT, show_default=True, help="Mail address or URL that says who asks.")
@option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    default=settings.cache_directory,
    required=True,
    help="Folder for answers, instead of sitrep in the user's cache folder.",
)
@overrides_option
@ontology_option
def link(store: Path, online: bool, overrides: Path | None, ontology: Path, **more: Any) -> None:
    """Link entities that have no link to Wikidata.

    Without --online the gazetteer is looked into again, and nothing is sent anywhere. With it a service is
    asked, one request at a time; a run that was stopped goes on where it was.
    """
    from kg.pipeline.links import relink
    from kg.store import Store

    opened = Store.open(store)
    summary = relink(opened, ontology=ontology, today=_today(), overrides=overrides)
    if online:
        summary = _ask(opened, _Online(**more), ontology)
    _print_summary(summary, online=online)


def _ask(store: Store, options: _Online, ontology: Path) -> LinkSummary:
    """Ask the service about what is left; only here is anything that can reach the network imported."""
    from kg.facts import Kind
    from kg.linking.online.cache import Cache
    from kg.linking.online.client import Client, ClientOptions
    from kg.linking.online.services import connect
    from kg.pipeline.links import link_online

    cache = Cache(options.cache, today=_today, refresh=options.refresh)
    client = Client(ClientOptions(contact=options.contact, delay=options.delay), report=_say)
    with closing(cache), closing(client):
        service = connect(options.service, client=client, cache=cache, language=options.language)
        return link_online(
            store,
            service.offers,
            source=service.address,
            ontology=ontology,
            batch=service.batch,
            kind=None if options.kind is None else Kind(options.kind),
            limit=options.limit,
            refresh=options.refresh,
            progress=_progress(client),
        )


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _say(message: str) -> None:
    click.echo(f"kg: {message}", err=True)


def _progress(client: Client) -> Callable[[int, int], None]:
    """Says on standard error how far the asking is, not too often."""
    said = monotonic() - _EVERY_SECONDS

    def show(done: int, number: int) -> None:
        nonlocal said
        if number and (done == number or monotonic() - said >= _EVERY_SECONDS):
            said = monotonic()
            _say(f"asked about {done} of {number} entities, {client.requests} requests")

    return show


def _print_summary(summary: LinkSummary, *, online: bool) -> None:
    """The counts of a run, a line each."""
    lines = [("Linked", summary.linked), ("Likely", summary.likely), ("Not known", summary.unknown)]
    if online:
        lines.append(("Asked about", summary.asked))
    for name, value in lines:
        click.echo(f"{name:<24}{value:>8}")
