"""What a reader process answers from the search index, one function a question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.search import Index, NoIndexError
from server.messages import Failed, LookedUp, Lookup, SearchFor, Suggest
from server.search import Graph, search, suggest


def look_up(store: ox.Store, lookup: Lookup) -> LookedUp | Failed:
    """The answer to the question of `lookup`, from the store at its checkpoint and the index beside it."""
    try:
        index = Index.open(Path(lookup.checkpoint))
    except NoIndexError:
        return Failed(503, "the store has no search index yet; the next write to it makes one")
    try:
        return LookedUp(_answerer(lookup.question)(Graph(store, index), lookup.question))
    finally:
        index.close()


def _answerer(question: object) -> Callable[[Graph, Any], object]:
    if isinstance(question, SearchFor):
        return search
    if isinstance(question, Suggest):
        return suggest
    from server.reconcile.answering import answerer  # what it imports is not wanted by every reader

    return answerer(question)
