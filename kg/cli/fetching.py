"""`kg fetch`: pages and feeds from the web into a folder, for `kg build` to read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from kg.cli.options import option

if TYPE_CHECKING:
    from kg.fetching import Outcome


@click.command()
@click.argument("urls", nargs=-1, metavar="[URL]...")
@option(
    "--list",
    "listed",
    type=click.File(encoding="utf-8", errors="backslashreplace"),
    help="File with a URL a line, - for standard input; what follows a # is left out.",
)
@option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("kg-pages"),
    show_default=True,
    help="Folder for the pages; what it has is asked for only if it has changed.",
)
@option(
    "--delay",
    type=click.FloatRange(min=0),
    default=5.0,
    show_default=True,
    help="Seconds between two requests to a host, or more where its robots.txt says so.",
)
@option("--agent", help="How the program names itself to servers: NAME/VERSION (contact).")
@option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Longest time for an answer.",
)
@option("--allow-private", is_flag=True, help="Fetch from this machine and its network, too.")
def fetch(
    urls: tuple[str, ...],
    listed: TextIO | None,
    into: Path,
    delay: float,
    agent: str | None,
    seconds: float,
    allow_private: bool,
) -> None:
    """Fetch pages from the web into a folder; kg build FOLDER reads them.

    URL is that of a page, a PDF, or a feed, whose entries' pages are fetched. robots.txt is obeyed. Prints
    the files that are new or changed. Exit status 1 if anything could not be fetched.
    """
    from kg.fetching import DEFAULT_AGENT, FetchOptions, Limits, What
    from kg.fetching import fetch as run

    wanted = [*urls, *(line.split("#")[0].strip() for line in listed or ())]
    wanted = [url for url in wanted if url]
    if not wanted:
        raise click.UsageError("give a URL, or --list FILE")
    if agent is not None and (not agent.strip() or not agent.isascii() or not agent.isprintable()):
        raise click.BadParameter("it must be printable ASCII", param_hint="--agent")
    limits = Limits(seconds=seconds, allow_private=allow_private)
    options = FetchOptions(into=into, delay=delay, agent=(agent or DEFAULT_AGENT).strip(), limits=limits)
    counts: Counter[What] = Counter()
    for outcome in run(wanted, options=options):
        counts[outcome.what] += 1
        _tell(outcome)
    shown = (What.NEW, What.CHANGED, What.UNCHANGED, What.FAILED)
    click.echo(", ".join(f"{counts[what]} {what.value}" for what in shown), err=True)
    if counts[What.FAILED]:
        raise click.exceptions.Exit(1)


def _tell(outcome: Outcome) -> None:
    from kg.fetching import What

    if outcome.what is What.FAILED:
        click.echo(f"kg: {' '.join(f'{outcome.url}: {outcome.reason}'.split())}", err=True)
    elif outcome.what in (What.NEW, What.CHANGED):
        click.echo(str(outcome.path))
