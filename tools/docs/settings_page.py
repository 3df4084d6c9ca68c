"""docs/reference/settings.md: all that can be set in the environment."""

from __future__ import annotations

from collections import defaultdict

import click
from commands import default_of, variable_of

from kg.cli import main

_HEAD = """# Settings

Sitrep has no configuration file: every option of a [command](command-line.md) can be set in the environment,
as `KG_` and its name. A flag is set by `1`. This page is made by `make docs`.

| variable | option of | default | |
| --- | --- | --- | --- |
"""
_OTHERS = {
    "KG_CACHE": "Folder for files that can be made anew, as the compiled gazetteer; else `~/.cache/sitrep`.",
    "XDG_CACHE_HOME": "Where the user's caches are, instead of `~/.cache`; `KG_CACHE` comes first.",
}
_FOOT = """
## In a store

A store keeps its base IRI (`meta.json`), the licence of the dataset, what people overrule (`overrides.tsv`)
and the links found online (`links.tsv`): see [linking](../linking.md).

## In the ontology folder

What Sitrep knows of words, names and kinds is data in `ontology/`; `--ontology DIR` (`KG_ONTOLOGY`) names
another folder with the same files: see [another domain](../how-to/another-domain.md).
"""


def settings_page() -> str:
    """The page."""
    options: dict[str, dict[str, click.Option]] = defaultdict(dict)
    for name, command in sorted(main.commands.items()):
        for option in command.params:
            if isinstance(option, click.Option) and (variable := variable_of(option)):
                options[variable][name] = option
    rows = [_row(variable, options[variable]) for variable in sorted(options)]
    others = [f"| `{variable}` | all commands | | {text} |\n" for variable, text in _OTHERS.items()]
    return _HEAD + "".join([*rows, *others]) + _FOOT


def _row(variable: str, options: dict[str, click.Option]) -> str:
    """A row; default and meaning only where all commands agree on them."""
    defaults = {default_of(option) for option in options.values()}
    meanings = {" ".join((option.help or "").split()) for option in options.values()}
    return f"| {variable} | {', '.join(options)} | {_only(defaults)} | {_only(meanings)} |\n"


def _only(values: set[str]) -> str:
    """The one value as a cell, empty where there are several."""
    return values.pop().replace("<", "&lt;").replace("|", "\\|") if len(values) == 1 else ""
