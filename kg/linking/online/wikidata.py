"""Wikidata's own search: wbsearchentities for candidates, wbgetentities for what they are.

https://www.wikidata.org/w/api.php; serial requests, `maxlag`, at most 50 items in each.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from kg.errors import ServiceError
from kg.linking.online.cache import Cache
from kg.linking.online.client import Client, Request
from kg.linking.online.decision import Candidate, Offer, Wanted
from kg.linking.online.items import (
    CITIZENSHIP,
    COORDINATES,
    COUNTRY,
    INSTANCE_OF,
    SUBCLASS_OF,
    Item,
    described,
    is_item,
)

API = "https://www.wikidata.org/w/api.php"
_MAXLAG = "5"  # seconds; what the API's manual asks of clients that can wait
_ITEMS = 50  # most ids that wbgetentities takes
_CANDIDATES = 10
_CLAIMS = (INSTANCE_OF, SUBCLASS_OF, COUNTRY, CITIZENSHIP)


class WikidataSearch:
    """A service that finds candidates in Wikidata by the beginning of a label or alias."""

    batch = _ITEMS  # entities whose candidates are looked up together

    def __init__(self, client: Client, cache: Cache, *, language: str, api: str = API) -> None:
        self.address = api
        self._client, self._cache, self._language = client, cache, language

    def _question(self, wanted: Wanted) -> str:
        """The cache's key for the first thing that is asked about an entity."""
        return json.dumps(["search", self.address, self._language, wanted.name], ensure_ascii=False)

    def offers(self, wanted: Sequence[Wanted]) -> list[Offer]:
        """Candidates for each entity, with kinds, countries, points and all names in the language."""
        found = self._cache.answers([self._question(w) for w in wanted], self._search, batch=1)
        lists = [[Candidate(i, ()) for i in found[self._question(w)].answer] for w in wanted]
        items = self._items([c.item for candidates in lists for c in candidates])
        days = [found[self._question(w)].retrieved for w in wanted]
        rows = described(lists, items, self._superclasses)
        return [Offer(tuple(row), day) for row, day in zip(rows, days, strict=True)]

    def _search(self, questions: Sequence[str]) -> Mapping[str, Any]:
        """The ids that a search finds; one question at a time."""
        answers = {}
        for question in questions:
            name = json.loads(question)[-1]
            parameters = {
                "action": "wbsearchentities",
                "search": name,
                "language": self._language,
                "uselang": self._language,
                "type": "item",
                "limit": str(_CANDIDATES),
            }
            hits = self._ask(parameters, due="search")["search"]
            answers[question] = [
                hit["id"] for hit in hits if isinstance(hit, dict) and is_item(hit.get("id"))
            ]
        return answers

    def _items(self, ids: Sequence[str]) -> Mapping[str, Item]:
        keys = {json.dumps(["item", self.address, self._language, i]): i for i in ids}
        found = self._cache.answers(keys, self._get, batch=_ITEMS)
        return {keys[key]: _item(cached.answer) for key, cached in found.items()}

    def _superclasses(self, classes: Sequence[str]) -> Mapping[str, Sequence[str]]:
        return {c: item.claims.get(SUBCLASS_OF, ()) for c, item in self._items(classes).items()}

    def _get(self, questions: Sequence[str]) -> Mapping[str, Any]:
        """What is kept of the items of some questions; null for one that Wikidata does not have."""
        ids = {question: json.loads(question)[-1] for question in questions}
        parameters = {
            "action": "wbgetentities",
            "ids": "|".join(ids.values()),
            "props": "labels|aliases|claims",
            "languages": f"{self._language}|mul",
            "languagefallback": "1",
        }
        entities = self._ask(parameters, due="entities")["entities"]
        return {question: _kept(entities.get(i)) for question, i in ids.items()}

    def _ask(self, parameters: Mapping[str, str], *, due: str) -> dict[str, Any]:
        """The answer to a request, which has what is `due`."""
        query = urlencode(dict(parameters) | {"format": "json", "formatversion": "2", "maxlag": _MAXLAG})
        answer = self._client.json(
            Request(f"{self.address}?{query}"), busy=lambda answer: _busy(answer, due=due)
        )
        if "error" in answer:
            raise ServiceError(self.address, f"refused the request: {str(answer['error'])[:200]}")
        return dict(answer)


def _busy(answer: Any, *, due: str) -> str | None:
    """Why the request is worth another try: the API is busy, or something between wrote the answer."""
    if not isinstance(answer, dict):
        return "its answer is not the API's"
    error = answer.get("error")
    if error is None:
        right = isinstance(answer.get(due), dict if due == "entities" else list)
        return None if right else f"its answer has no {due}"
    code = error.get("code") if isinstance(error, dict) else None
    return f"is busy ({code})" if code in ("maxlag", "ratelimited", "readonly") else None


def _kept(entity: Any) -> dict[str, Any] | None:
    """Names, some claims and the point of an entity as the API gives it; None where it is missing."""
    if not isinstance(entity, dict) or "claims" not in entity:
        return None
    names = [label["value"] for label in entity.get("labels", {}).values()]
    names += [alias["value"] for aliases in entity.get("aliases", {}).values() for alias in aliases]
    claims = {p: [v["id"] for v in _values(entity, p) if is_item(v.get("id"))] for p in _CLAIMS}
    points = [[v["latitude"], v["longitude"]] for v in _values(entity, COORDINATES) if "latitude" in v]
    return {"names": names, "claims": claims, "point": points[0] if points else None}


def _values(entity: Mapping[str, Any], claim: str) -> list[dict[str, Any]]:
    """The values of a claim, those of the best rank only, as wdt: has them."""
    told = entity["claims"].get(claim, [])
    best = [c for c in told if c.get("rank") == "preferred"] or [c for c in told if c.get("rank") == "normal"]
    values = [c.get("mainsnak", {}).get("datavalue", {}).get("value") for c in best]
    return [value for value in values if isinstance(value, dict)]


def _item(kept: Any) -> Item:
    if kept is None:
        return Item({})
    claims = {claim: tuple(values) for claim, values in kept["claims"].items()}
    point = (kept["point"][0], kept["point"][1]) if kept["point"] else None
    return Item(claims, point, tuple(kept["names"]))
