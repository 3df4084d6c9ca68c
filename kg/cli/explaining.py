"""`kg explain`: why the graph says what it says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import option, store_option

if TYPE_CHECKING:
    from kg.explaining import Explanation, Item

_RELATION = 3  # words: subject, predicate, object


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="IRI")
@store_option
@option(
    "--format",
    "format_name",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How the answer is written.",
)
def explain(names: tuple[str, ...], store: Path, format_name: str) -> None:
    """Say why the graph says what it says of a thing, event, relation or cluster.

    IRI may be the part behind the store's base (entity/hasaka), or have a prefix (entity:hasaka, wd:Q858). A
    relation may be given as its three parts: entity/islamic-state attacks entity/ghwayran-prison.
    """
    from kg import explaining
    from kg.store import Store

    if len(names) not in (1, _RELATION):
        raise click.UsageError("give one IRI, or subject, predicate and object of a relation")
    opened = Store.open(store)
    if len(names) == 1:
        found: Sequence[Explanation] = (explaining.explain(opened, names[0]),)
    else:
        found = explaining.explain_relation(opened, *names)
    if format_name == "json":
        answers = [_as_json(one) for one in found]
        whole = answers[0] if len(names) == 1 else answers
        click.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join(_as_text(one) for one in found))


def _as_json(found: Explanation) -> dict[str, object]:
    parts = {part.name: [_item_as_json(item) for item in part.items] for part in found.parts}
    return {"iri": found.iri, "sort": found.sort, "label": found.label, "parts": parts}


def _item_as_json(item: Item) -> dict[str, object]:
    """The item's text, and each detail by its name; those that can be several as lists."""
    values: dict[str, object] = {"text": item.text}
    for name in dict.fromkeys(name for name, _ in item.details):
        several = [value for other, value in item.details if other == name]
        values[name] = several[0] if len(several) == 1 else several
    return values


def _as_text(found: Explanation) -> str:
    """A heading, then each part: one line where it says one thing, else a line for each item."""
    lines = [f"{_plain(found.label)}  [{found.sort}]", found.iri]
    for part in found.parts:
        if all(not item.details for item in part.items):
            lines.append(f"{part.name}: {'; '.join(_plain(item.text) for item in part.items)}")
            continue
        lines.append(f"{part.name}:")
        for item in part.items:
            lines.append(f"  {_plain(item.text)}")
            lines += [f"      {name}: {_plain(value)}" for name, value in item.details if value]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """One line that a terminal shows as it is."""
    words = " ".join(text.split())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)
