"""The group of commands, and the border where errors become one line and an exit status."""

from __future__ import annotations

import io
import logging
import sys

import click

from kg import __version__
from kg.cli import (
    asking,
    backup,
    building,
    explaining,
    fetching,
    files,
    linking,
    publishing,
    read,
    serving,
    validating,
    watching,
)
from kg.errors import SitrepError

INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


class _Commands(click.Group):
    """Commands whose errors are one line on standard error."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; exit status 1 for errors of ours and of the system, 130 for Ctrl-C."""
        try:
            return super().invoke(ctx)
        except SitrepError as error:
            _fail(str(error))
        except BrokenPipeError:
            raise  # click ends quietly: the reader of our output has enough
        except OSError as error:
            _fail(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error))
        except KeyboardInterrupt:
            _fail("interrupted; what was finished is in the store", status=INTERRUPTED)
        raise AssertionError("unreachable")


def _fail(message: str, *, status: int = 1) -> None:
    click.echo(f"kg: {' '.join(message.split())}", err=True)
    raise click.exceptions.Exit(status)


class _ToStandardError(logging.Handler):
    """Log messages as lines of ours; looks up standard error each time, so that a progress bar can move."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record's message."""
        click.echo(f"kg: {' '.join(record.getMessage().split())}", err=True)


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="kg")
def main() -> None:
    """Read reports of wars into a validated knowledge graph and ask it questions.

    Data goes to standard output, messages to standard error. Every option can also be set in the
    environment: KG_STORE for --store.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # for terminals that lack some letters
    logging.basicConfig(level=logging.WARNING, handlers=[_ToStandardError()])
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)  # validation says what is wrong with a literal


for command in (
    *(building.build, building.remove, read.read, files.export, files.load, validating.validate),
    *(linking.link, asking.query, asking.stats, explaining.explain, serving.serve),
    *(backup.backup, backup.restore, fetching.fetch, publishing.publish, watching.watch),
):
    main.add_command(command)
