"""docs/reference/command-line.md, from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from kg.cli import main

_HEAD = """# The command line

What `kg --help` and `kg COMMAND --help` say, made by `make docs`. Options can be set in the environment too;
the command line wins. Data goes to standard output, messages to standard error. Exit status 0 is success, 1
an error or an input that was rejected, 2 wrong usage, 130 Ctrl-C.
"""


def command_line() -> str:
    """The page."""
    commands = sorted(main.commands.items())
    index = "".join(
        f"- [`kg {name}`](#kg-{name}): {command.get_short_help_str(200)}\n" for name, command in commands
    )
    return "\n".join([_HEAD, index, *(_command(name, command) for name, command in commands)]).rstrip() + "\n"


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"kg {name}")
    help_text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    usage = " ".join(command.collect_usage_pieces(context))
    rows = "".join(_rows(command, context))
    table = f"| option | default | environment | |\n| --- | --- | --- | --- |\n{rows}" if rows else ""
    return f"## kg {name}\n\n    kg {name} {usage}\n\n{_escaped(help_text)}\n\n{table}"


def _rows(command: click.Command, context: click.Context) -> Iterator[str]:
    for option in command.params:
        if not isinstance(option, click.Option) or option.hidden:
            continue
        names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
        value = "" if option.is_flag or option.count else f" {_cell(option.make_metavar(context))}"
        told = default_of(option), variable_of(option), _cell(option.help or "")
        yield f"| {names}{value} | {' | '.join(told)} |\n"


def default_of(option: click.Option) -> str:
    """The default as a cell; empty where there is none, or where it is another on every machine."""
    default = option.default
    if (
        option.is_flag
        or callable(default)
        or (not isinstance(default, str | int | float) and not option.show_default)
    ):
        return ""
    return f"`{default}`"


def variable_of(option: click.Option) -> str:
    """The variable of the environment that sets the option, as a cell."""
    return f"`{option.envvar}`" if isinstance(option.envvar, str) else ""


def _cell(text: str) -> str:
    return _escaped(" ".join(text.split())).replace("|", "\\|")


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;")
