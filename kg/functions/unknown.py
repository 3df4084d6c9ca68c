"""Functions that nobody knows: their calls are errors of the expression, as SPARQL has it (17.3, 17.6).

The engine refuses the whole query instead, and names one such function at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import pyoxigraph as ox

_REFUSED = re.compile(r"The custom function <([^<>]*)> is not supported")
_MOST = 20  # unknown functions in one query; each costs one more planning of it

_T = TypeVar("_T")


def with_unknown(
    ask: Callable[[dict[ox.NamedNode, Callable[..., Any]]], _T],
    functions: dict[ox.NamedNode, Callable[..., Any]],
) -> _T:
    """What `ask` gives, with every function that it refuses added to `functions` as one that fails.

    RuntimeError as `ask` raises it for anything else, or where a query calls too many unknown functions.
    """
    known = dict(functions)
    for _ in range(_MOST):
        try:
            return ask(known)
        except RuntimeError as error:
            refused = _REFUSED.search(str(error))
            if refused is None or ox.NamedNode(refused[1]) in known:
                raise
            known[ox.NamedNode(refused[1])] = _fails
    return ask(known)


def _fails(*_arguments: object) -> NoReturn:
    raise ValueError("no such function")
