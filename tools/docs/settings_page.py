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
_ALL = "all commands"
_OTHERS = {  # what is no option: who heeds it, and what it is
    "KG_CACHE": (
        _ALL,
        "Folder for files that can be made anew, as the compiled gazetteer; else `~/.cache/sitrep`.",
    ),
    "KG_PUBLISH_PASSWORD": ("publish", "Password of `KG_PUBLISH_USER` (basic authentication)."),
    "KG_PUBLISH_TOKEN": ("publish", "Bearer token that the target of `kg publish` asks for."),
    "KG_PUBLISH_USER": ("publish", "User who may write at the target."),
    "XDG_CACHE_HOME": (_ALL, "Where the user's caches are, instead of `~/.cache`; `KG_CACHE` comes first."),
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
    rows = [
        *(_row(variable, found) for variable, found in options.items()),
        *(f"| `{variable}` | {who} | | {text} |\n" for variable, (who, text) in _OTHERS.items()),
    ]
    return _HEAD + "".join(sorted(rows, key=lambda row: row.split("`")[1])) + _FOOT


def _row(variable: str, options: dict[str, click.Option]) -> str:
    """A row; where commands differ in default or meaning, each is named."""
    defaults = {name: default_of(option) for name, option in options.items()}
    meanings = {name: " ".join((option.help or "").split()) for name, option in options.items()}
    return f"| {variable} | {', '.join(options)} | {_told(defaults)} | {_told(meanings)} |\n"


def _told(values: dict[str, str]) -> str:
    """The values as a cell: the one that all have, or each with the commands that have it."""
    names: dict[str, list[str]] = defaultdict(list)
    for name, value in values.items():
        names[value].append(name)
    several = [f"{', '.join(commands)}: {value}" for value, commands in names.items() if value]
    told = several if len(names) > 1 else list(names)
    return "<br>".join(text.replace("<", "&lt;").replace("|", "\\|") for text in told)
