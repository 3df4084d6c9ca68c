"""The option that names the columns of tables."""

from __future__ import annotations

from typing import Any

import click

from kg.cli.options import option


class ColumnNames(click.ParamType["tuple[tuple[str, str], ...]"]):
    """FIELD=NAME, several of them with commas between."""

    name = "columns"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[tuple[str, str], ...]:
        """Each field once, with the name of its column."""
        from kg.ingest import FIELDS

        if isinstance(value, tuple):
            return value
        pairs: dict[str, str] = {}
        for part in str(value).split(","):
            field, equals, column = (piece.strip() for piece in part.partition("="))
            if not equals or not column:
                self.fail(f"{part.strip()!r} is not FIELD=NAME, such as text=body", param, ctx)
            if field not in FIELDS:
                self.fail(f"{field!r} is no field; the fields are {', '.join(FIELDS)}", param, ctx)
            if field in pairs:
                self.fail(f"{field!r} is named twice", param, ctx)
            pairs[field] = column
        return tuple(pairs.items())


columns_option = option(
    "--columns",
    type=ColumnNames(),
    default=(),
    metavar="FIELD=NAME,...",
    help="Columns of .csv and .tsv that are not called after their fields: text=body,date=published.",
)
