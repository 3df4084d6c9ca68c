"""`kg backup` and `kg restore`: a copy of the store, taken and put back while it is served."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import option, store_option


@click.command()
@click.argument("target", type=click.Path(path_type=Path), metavar="FOLDER")
@store_option
def backup(target: Path, store: Path) -> None:
    """Copy the store into a new FOLDER, with checksums; builds and servers go on meanwhile."""
    from kg.backup import back_up
    from kg.store import Store

    made = back_up(Store.open(store), target)
    click.echo(f"version {made.version} of {store} is in {target}: {len(made.files)} files", err=True)


@click.command()
@click.argument("source", type=click.Path(path_type=Path), metavar="FOLDER")
@store_option
@option("--force", is_flag=True, help="Put the backup in the place of a store that is there.")
def restore(source: Path, store: Path, force: bool) -> None:
    """Make the store what it was when the backup in FOLDER was taken; a running server shows it at once."""
    from kg.backup import restore as run

    made = run(source, store, force=force)
    click.echo(f"{store} holds version {made.version} of the backup {source}", err=True)
