"""Events by when they were, so that each is compared with few others."""

from __future__ import annotations

from collections.abc import Iterator

from kg.clustering.model import Signature

_Key = tuple[str, int | str, str | None, bool]


class Near:
    """Events of which those are found that share with one what two that are joined directly must share.

    That is the family and a day that both begin or end on; or the month and a name, where at least one of the
    two is told of a month alone.
    """

    def __init__(self) -> None:
        self._events: dict[_Key, list[Signature]] = {}

    def add(self, event: Signature) -> None:
        """Let an event be found; one without days never is."""
        for key in _keys(event, sought=False):
            self._events.setdefault(key, []).append(event)

    def around(self, event: Signature) -> list[Signature]:
        """What may be joined with an event directly, each once; itself too, if it was added."""
        keys = _keys(event, sought=True)
        lists = [found for key in keys if (found := self._events.get(key)) is not None]
        if len(lists) < 2:
            return lists[0] if lists else []
        return list({other.event: other for found in lists for other in found}.values())


def _keys(event: Signature, *, sought: bool) -> Iterator[_Key]:
    """Under what an event is kept, or those are sought that may be joined with it."""
    days = event.days
    if days is None:
        return
    for day in days.ends if days.exact else ():
        yield event.family, day, None, True
    others = (False,) if days.exact else (False, True)
    for name in event.names:
        for exact in others if sought else (days.exact,):
            yield event.family, days.month, name, exact
