"""The data dictionary of the events table, docs/events-table.md, from the definition of the columns.

To write it anew: python -m kg.export.events > docs/events-table.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.export.events.columns import GROUPS, SEPARATOR, Column

_INTRODUCTION = f"""\
# The events table

<!-- Made from kg/export/events/columns.py: python -m kg.export.events > docs/events-table.md -->

One row an event, as a report tells it, for pandas, R, spreadsheets and databases:

```sh
kg export --format events.csv -o events.csv
kg export --format events.parquet -o events.parquet
kg export --format events.csvw -o events.csv-metadata.json
```

```python
import pandas

events = pandas.read_parquet("events.parquet", dtype_backend="pyarrow")
reported = events[(events.status == "Reported") & events.report_copy_of.isna()]
killings = reported[reported.kind == "Killing"].drop_duplicates("cluster_id")
month = killings.date_start.dt.strftime("%Y-%m")
dead = killings.groupby(["country", month], dropna=False).dead_min.sum()
```

`dtype_backend="pyarrow"` keeps the types of the columns; without it pandas turns whole numbers into floats
where cells are empty, and dates into objects. `dropna=False` keeps what has no country or date, which pandas
else leaves out without a word.

Both files have the same rows and columns. Rows come by report, in the order of their IRIs, then as the text
tells them; the same store gives the same bytes. `--report ID` writes one report's. CSV is RFC 4180 in
UTF-8, an empty cell is no value; Parquet has dates, 64-bit integers, doubles and strings, and needs `pip
install "sitrep[frames]"`. `events.csvw` is CSV on the Web metadata, which tells tools the types and
meanings of the CSV's columns.

## Before you count

- **A row is what one report says of one event**, not a happening in the world. Several reports of one
  strike are several rows with the same `cluster_id`: to count happenings, keep one row for each. Clusters
  are careful and miss much (`docs/clusters.md`), so counts of happenings come out too high rather than too
  low. Rows with `report_copy_of` are reprints: leave them out.
- **Not all of it happened.** `status` tells; ACLED and UCDP hold what their coders believe took place.
- **An attack and its dead are two events**, two rows: the attack and the killing, whose `caused_by` names
  the attack. The attack's row repeats the killing's numbers: to add numbers up, take the rows of one kind,
  or leave out those with `caused_by`. UCDP and ACLED have one row for both.
- **Numbers are what one report states**; "at least 77" is a least number and no most. `dead_min` is what
  UCDP calls low, for one source. `cluster_dead_low`, `_best` and `_high` are low, best and high over the
  sources of a cluster, the same in each of its rows. Nobody checked them; the dead of each side and
  civilians are not told apart.
- **Dates are those the text has words for.** Where it has none the cell is empty; `report_date` is a latest
  bound.
- **Places are as exact as `geo_precision` says.** In UCDP's `where_prec`, site, neighbourhood and
  settlement are about 1, region 4, country 6; in ACLED's `geo_precision` the first three 1, region 3.

## Cells

- Several items of one cell stand with `{SEPARATOR}` between them, in the order of their IRIs (sentences in
  that of the text, places the narrowest first). In the columns of a role, `agent`, `agent_iri`,
  `agent_class`, `agent_wikidata`, the n-th items belong together, and an item may be empty. An item's own
  `{SEPARATOR}` is written `; `.
- White space in texts, line ends too, is one space: a row is a line.
- In the CSV, a text that begins with `=`, `+`, `-` or `@` has an apostrophe (`'`) in front: spreadsheets
  would compute it, and the texts of reports come from strangers. Numbers are never changed, Parquet not at
  all.
- The near equivalents are columns of ACLED and of UCDP's Georeferenced Event Dataset that users will look
  for; none is the same.

## Columns
"""


def data_dictionary() -> str:
    """The page, in Markdown."""
    return "\n".join([_INTRODUCTION, *_tables()])


def _tables() -> Iterator[str]:
    for title, columns in GROUPS:
        yield f"### {title}\n"
        yield "| column | type | meaning | from | example | near |\n| --- | --- | --- | --- | --- | --- |"
        yield "\n".join(_row(_cells(column)) for column in columns) + "\n"


def _cells(column: Column) -> Iterator[str]:
    yield f"`{column.name}`"
    yield f"{column.type.value}, items" if column.many else column.type.value
    yield column.meaning
    yield column.source
    yield f"`{column.example}`" if column.example else ""
    yield column.near


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
