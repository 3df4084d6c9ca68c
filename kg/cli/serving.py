"""`kg serve`: the SPARQL endpoint and its pages."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from kg.cli.options import option, store_option


@click.command()
@store_option
@option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port to listen on.")
@option("--workers", type=click.IntRange(min=1), default=4, show_default=True, help="Processes that answer.")
@option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds that a query may take.",
)
@option(
    "--default-graph",
    type=click.Choice(("union", "separate")),
    default="union",
    show_default=True,
    help="What queries see as the default graph: all graphs together, or the unnamed one.",
)
@option("--allow-update", is_flag=True, help="Take updates from those who show the token.")
@option("--token", help="What writers must show; better set KG_TOKEN, for others can see command lines.")
@option(
    "--load-from",
    multiple=True,
    metavar="HOST",
    help="Host that LOAD may fetch from, with its port if it is not the usual one; may be given again.",
)
@option(
    "--max-requests",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="Requests at a time, at work or waiting; more are refused with 429.",
)
@option(
    "--max-rows", type=click.IntRange(min=1), default=1_000_000, show_default=True, help="Rows of an answer."
)
@option(
    "--max-bytes", type=click.IntRange(min=1), default=1 << 30, show_default=True, help="Bytes of an answer."
)
@option(
    "--access-log",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File that gets a line of JSON for each request; - for standard error.",
)
@option(
    "--read-timeout",
    type=click.FloatRange(min=1),
    default=60.0,
    show_default=True,
    help="Seconds in which a report that is given on a page is read.",
)
@option(
    "--trust-proxy",
    is_flag=True,
    help="Believe X-Forwarded-Proto and X-Forwarded-For: a proxy of yours sets them.",
)
@option(
    "--tiles",
    metavar="URL",
    help="Address of map tiles, with {z}, {x} and {y}: browsers then ask its host. Else maps ask none.",
)
@option("--tiles-credit", default="", metavar="TEXT", help="Whom maps name for the tiles.")
@click.pass_context
def serve(
    ctx: click.Context,
    store: Path,
    host: str,
    port: int,
    workers: int,
    timeout: float,
    default_graph: str,
    allow_update: bool,
    token: str | None,
    load_from: tuple[str, ...],
    max_requests: int,
    max_rows: int,
    max_bytes: int,
    access_log: Path | None,
    read_timeout: float,
    trust_proxy: bool,
    tiles: str | None,
    tiles_credit: str,
) -> None:
    """Serve the store as a SPARQL endpoint with pages for people."""
    from server.run import serve as run
    from server.settings import ServerSettings

    if ctx.get_parameter_source("token") is ParameterSource.COMMANDLINE:
        click.echo("kg: others on this machine can see the token on the command line; set KG_TOKEN", err=True)
    if allow_update and not token:
        raise click.UsageError("--allow-update needs a token: set KG_TOKEN")
    run(
        ServerSettings(
            store=store,
            host=host,
            port=port,
            workers=workers,
            timeout=timeout,
            union_default_graph=default_graph == "union",
            allow_update=allow_update,
            token=token,
            load_from=load_from,
            max_requests=max_requests,
            max_rows=max_rows,
            max_bytes=max_bytes,
            access_log=access_log,
            read_timeout=read_timeout,
            trust_proxy=trust_proxy,
            tiles=tiles,
            tiles_credit=tiles_credit,
        )
    )
