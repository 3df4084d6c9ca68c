"""docs/reference/python.md, from the signatures and docstrings of what `kg` offers."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import kg
from kg import errors

_HEAD = """# Python

The names that `from kg import …` gives, made by `make docs` from the code; [the guide](../api.md) shows them
at work. Everything is typed: editors and mypy know what comes back.
"""
_BAR = "\\|"  # within a table
_FIELD = re.compile(r"^    (\w+): .*?(?:#\s*(.*))?$", re.MULTILINE)


def python_names() -> str:
    """The page."""
    functions = [name for name in kg.__all__ if inspect.isfunction(getattr(kg, name))]
    classes = [name for name in kg.__all__ if name not in functions]
    parts = [_HEAD, *(_function(name, getattr(kg, name), "## ") for name in functions)]
    parts += (_class(name, getattr(kg, name)) for name in classes if name != "SitrepError")
    return "\n".join([*parts, _errors()]).rstrip() + "\n"


def _function(name: str, function: object, mark: str) -> str:
    return f"{mark}{name}\n\n```python\n{_signature(name, function)}\n```\n\n{_doc(function)}\n"


def _class(name: str, of: type) -> str:
    parts = [f"## {name}\n\n{_doc(of)}\n"]
    if dataclasses.is_dataclass(of):
        comments = dict(_comments(of))
        rows = [
            f"| `{field.name}` | `{str(field.type).replace('|', _BAR)}` | {comments.get(field.name, '')} |\n"
            for field in dataclasses.fields(of)
        ]
        parts.append("| field | type | |\n| --- | --- | --- |\n" + "".join(rows))
    elif "__init__" in vars(of) and name != "Graph":  # made by Graph.open
        parts.append(f"```python\n{_signature(name, of)}\n```\n")
    for member_name, member in vars(of).items():
        if member_name.startswith("_"):
            continue
        if isinstance(member, property):
            parts.append(f"### {name}.{member_name}\n\n`{_returns(member.fget)}`: {_doc(member)}\n")
        elif isinstance(member, classmethod) or inspect.isfunction(member):
            parts.append(_function(f"{name}.{member_name}", inspect.getattr_static(of, member_name), "### "))
    return "\n".join(parts)


def _comments(of: type) -> Iterator[tuple[str, str]]:
    for base in reversed(of.__mro__[:-1]):
        yield from ((name, comment or "") for name, comment in _FIELD.findall(inspect.getsource(base)))


def _signature(name: str, function: object) -> str:
    """The call, one line a parameter where it is long."""
    if isinstance(function, classmethod):
        function = function.__func__
    found = inspect.signature(function)  # type: ignore[arg-type]
    kept = [one for key, one in found.parameters.items() if key not in ("self", "cls")]
    told = [_parameter(one) for one in kept]
    keywords = sum(one.kind is inspect.Parameter.KEYWORD_ONLY for one in kept)
    if keywords:
        told.insert(len(told) - keywords, "*")
    empty = found.return_annotation in (inspect.Signature.empty, "None") and inspect.isclass(function)
    returns = "" if empty else f" -> {found.return_annotation}"
    short = f"{name}({', '.join(told)}){returns}"
    if len(short) <= 100:
        return short
    lines = "".join(f"    {one},\n" for one in told)
    return f"{name}(\n{lines}){returns}"


def _parameter(one: inspect.Parameter) -> str:
    if one.default is inspect.Parameter.empty:
        return f"{one.name}: {one.annotation}"
    default = one.default
    if isinstance(default, Path):
        default = str(default)
    shown = default.__name__ if inspect.isfunction(default) else repr(default)
    return f"{one.name}: {one.annotation} = {shown}"


def _returns(function: object) -> str:
    return str(inspect.signature(function).return_annotation)  # type: ignore[arg-type]


def _doc(thing: object) -> str:
    return inspect.getdoc(thing) or ""


def _errors() -> str:
    rows = "".join(
        f"| `{name}` | {(_doc(of)).splitlines()[0]} |\n"
        for name, of in vars(errors).items()
        if inspect.isclass(of) and issubclass(of, errors.SitrepError)
    )
    return (
        "## Errors\n\nWhat is raised on purpose is a `SitrepError`, whose message says what is wrong, "
        f"where, and how to mend it. The others are in `kg.errors`.\n\n| | |\n| --- | --- |\n{rows}"
    )
