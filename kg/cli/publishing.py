"""`kg publish`: the graph to another SPARQL store."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from kg.cli.options import ontology_option, option, store_option

if TYPE_CHECKING:
    from kg.publishing import Credentials


@click.command()
@click.argument("url")
@store_option
@option(
    "--protocol",
    type=click.Choice(("graph-store", "update")),
    default="graph-store",
    show_default=True,
    help="What URL takes: the graph store protocol, or SPARQL updates.",
)
@option("--all", "everything", is_flag=True, help="Send all graphs anew, also those that the target has.")
@option("--dry-run", is_flag=True, help="Only print what would be sent and removed.")
@option(
    "--batch",
    type=click.FloatRange(min=0.001, max=1024),
    default=4.0,
    show_default=True,
    help="Megabytes of triples in a request.",
)
@ontology_option
def publish(
    url: str, store: Path, protocol: str, everything: bool, dry_run: bool, batch: float, ontology: Path
) -> None:
    """Send the graph, or what has changed since the last time, to the SPARQL store at URL.

    Who may write there is shown by KG_PUBLISH_TOKEN, or KG_PUBLISH_USER and KG_PUBLISH_PASSWORD in the
    environment. An interrupted run goes on when it is started again.
    """
    from kg.publishing import Plan
    from kg.publishing import publish as run
    from kg.store import Store

    credentials = _credentials(url)

    def tell(plan: Plan) -> None:
        name = plan.graph or "(unnamed graph)"
        click.echo(f"remove {name}" if plan.triples is None else f"send {name} {plan.triples}")

    summary = run(
        Store.open(store),
        url,
        protocol=protocol,
        ontology=ontology,
        credentials=credentials,
        everything=everything,
        batch=round(batch * 2**20),
        dry_run=tell if dry_run else None,
    )
    click.echo(
        f"{summary.sent} graphs {'to send' if dry_run else 'sent'} ({summary.triples} triples), "
        f"{summary.removed} {'to remove' if dry_run else 'removed'}, {summary.unchanged} unchanged",
        err=True,
    )


def _credentials(url: str) -> Credentials:
    """What the environment has to show the server; says so where it would go over the wire in the open."""
    from kg.publishing import Credentials

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.BadParameter(f"{url!r} is no address of a server: http://HOST/PATH", param_hint="URL")
    if parts.username is not None or parts.password is not None:
        raise click.BadParameter(
            "a password in an address can be seen by others: set KG_PUBLISH_USER and KG_PUBLISH_PASSWORD",
            param_hint="URL",
        )
    token, user, password = (os.environ.get(f"KG_PUBLISH_{name}") for name in ("TOKEN", "USER", "PASSWORD"))
    if token and user:
        raise click.UsageError("both KG_PUBLISH_TOKEN and KG_PUBLISH_USER are set: leave one out")
    if (token or user) and parts.scheme == "http" and not _this_machine(parts.hostname):
        click.echo(f"kg: {url} is not encrypted: others on the way can read the password or token", err=True)
    return Credentials(token=token or None, user=user or None, password=password)


def _this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
