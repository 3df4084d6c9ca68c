"""Options that several commands share. Each can be set in the environment as KG_ and its name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kg import settings

Command = TypeVar("Command", bound=Callable[..., Any])


def option(*names: str, **attributes: Any) -> Callable[[Command], Command]:
    """A click option that is also read from the environment, by its long name."""
    long = next(name for name in names if name.startswith("--"))
    variable = "KG_" + long[2:].split("/")[0].replace("-", "_").upper()
    return click.option(*names, envvar=variable, **attributes)


store_option = option(
    "--store",
    type=click.Path(path_type=Path),
    default=settings.DEFAULT_STORE,
    show_default=True,
    help="Folder of the store.",
)
ontology_option = option(
    "--ontology",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=settings.ontology_directory,
    help="Folder with ontology, shapes, lexicon and gazetteer, instead of the one that ships with kg.",
)

overrides_option = option(
    "--overrides",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of what people overrule, instead of overrides.tsv in the store's folder.",
)


class Date(click.ParamType[dt.date | dt.datetime]):
    """A day, or a day and time."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date | dt.datetime:
        """The date that the text stands for."""
        from kg.ingest import parse_date

        if isinstance(value, dt.date):
            return value
        try:
            return parse_date(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
