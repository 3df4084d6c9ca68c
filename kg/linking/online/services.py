"""The services that can be asked for candidates: any of the Reconciliation API, or Wikidata's search."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from kg.errors import ServiceError
from kg.linking.online import reconciliation as api
from kg.linking.online.cache import Cache
from kg.linking.online.client import Client, Request
from kg.linking.online.decision import Offer, Wanted
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
from kg.linking.online.wikidata import WikidataSearch

WIKIDATA_SEARCH = "wikidata-search"  # what to name as service for Wikidata's own search
DEFAULT = "https://wikidata.reconci.link/{language}/api"
_QUERIES = 10  # in one request; Wikidata's service takes some seconds for each
_EXTENDED = 20  # entities whose values are asked in one request
_CLAIMS = (INSTANCE_OF, COUNTRY, CITIZENSHIP, COORDINATES)
_ITEM_ADDRESSES = ("http://www.wikidata.org/entity/", "https://www.wikidata.org/entity/",
                   "https://www.wikidata.org/wiki/", "wd:")  # fmt: skip


class Service(Protocol):
    """What finds candidates. Raises ServiceError where the service refuses or keeps failing."""

    address: str
    batch: int

    def offers(self, wanted: Sequence[Wanted]) -> list[Offer]:
        """What is offered for each entity, in their order."""


def connect(name: str, *, client: Client, cache: Cache, language: str) -> Service:
    """The service of this name or address; its manifest is read. ServiceError where there is none."""
    if name == WIKIDATA_SEARCH:
        return WikidataSearch(client, cache, language=language)
    address = name.replace("{language}", language)
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
        raise ServiceError(address, f"a service is an http(s) address or {WIKIDATA_SEARCH}")
    manifest = api.read_manifest(client.json(Request(address)), address=address)
    if not manifest.wikidata and not manifest.extends:
        raise ServiceError(
            address,
            f"its identifiers are those of {manifest.identifier_space!r}, not Wikidata's, and it tells no "
            "owl:sameAs of them (data extension); links of the graph point to Wikidata only",
        )
    return Reconciliation(client, cache, address=address, manifest=manifest, language=language)


class Reconciliation:
    """A service of the Reconciliation API.

    Of Wikidata's items it is asked for class, country and coordinates, where it offers data extension; of
    other entities for their owl:sameAs, and where they lie if it has the properties of our ontology.
    """

    batch = _QUERIES

    def __init__(
        self, client: Client, cache: Cache, *, address: str, manifest: api.Manifest, language: str
    ) -> None:
        self.address = address
        self._client, self._cache, self._manifest, self._language = client, cache, manifest, language

    def _question(self, wanted: Wanted) -> str:
        """The cache's key for the query about an entity."""
        asked = api.query(wanted, self._manifest)
        return json.dumps(["query", self.address, self._language, asked], ensure_ascii=False, sort_keys=True)

    def offers(self, wanted: Sequence[Wanted]) -> list[Offer]:
        """What is offered for each entity, in their order."""
        found = self._cache.answers([self._question(w) for w in wanted], self._query, batch=self.batch)
        lists = [found[self._question(w)].answer for w in wanted]
        items = self._items_of(sorted({kept["id"] for kepts in lists for kept in kepts}))
        where = self._where(sorted(items)) if self._manifest.ours else {}
        candidates = [
            [
                api.candidate(kept, items[kept["id"]], where.get(kept["id"], Item({})))
                for kept in kepts
                if kept["id"] in items
            ]
            for kepts in lists
        ]
        if self._manifest.wikidata and self._manifest.extends:
            told = self._values(sorted({c.item for row in candidates for c in row}), _CLAIMS)
            described_by = {name: _item(values) for name, values in told.items()}
            candidates = described(candidates, described_by, self._superclasses)
        days = [found[self._question(w)].retrieved for w in wanted]
        return [Offer(tuple(row), day) for row, day in zip(candidates, days, strict=True)]

    def _query(self, questions: Sequence[str]) -> Mapping[str, Any]:
        queries = [json.loads(question)[-1] for question in questions]
        request = api.query_request(queries, self._manifest, address=self.address, language=self._language)

        def read(answer: Any) -> list[list[dict[str, Any]]]:
            return api.read_results(
                answer, number=len(queries), manifest=self._manifest, address=self.address
            )

        return dict(zip(questions, read(self._client.json(request, busy=_unless(read))), strict=True))

    def _items_of(self, ids: Sequence[str]) -> Mapping[str, str]:
        """The Wikidata item of each id that has one."""
        if self._manifest.wikidata:
            return {i: item for i in ids if (item := _item_of(i)) is not None}
        told = self._values(ids, (api.SAME_AS,))
        items = {i: [_item_of(v) for v in values.get(api.SAME_AS, ())] for i, values in told.items()}
        return {i: found[0] for i, found in items.items() if len(found) == 1 and found[0] is not None}

    def _where(self, ids: Sequence[str]) -> Mapping[str, Item]:
        """Country and point of entities of a graph like ours; a country only where its item is told."""
        told = self._values(ids, (api.OUR_COUNTRY, *api.OUR_POINT))
        countries = {i: values.get(api.OUR_COUNTRY, []) for i, values in told.items()}
        items = self._items_of(sorted({country for found in countries.values() for country in found}))
        points = {i: [",".join(v) for v in zip(*(values.get(p, ()) for p in api.OUR_POINT), strict=False)]
                  for i, values in told.items()}  # fmt: skip
        return {
            i: Item({COUNTRY: tuple(items[c] for c in found if c in items)}, _point(points[i]))
            for i, found in countries.items()
        }

    def _superclasses(self, classes: Sequence[str]) -> Mapping[str, Sequence[str]]:
        told = self._values(classes, (SUBCLASS_OF,))
        return {c: [v for v in values.get(SUBCLASS_OF, ()) if is_item(v)] for c, values in told.items()}

    def _values(self, ids: Sequence[str], properties: Sequence[str]) -> Mapping[str, dict[str, list[str]]]:
        """Property values by data extension."""
        keys = {json.dumps(["extend", self.address, self._language, list(properties), i]): i for i in ids}

        def ask(questions: Sequence[str]) -> Mapping[str, Any]:
            wanted = [keys[question] for question in questions]
            request = api.extend_request(wanted, properties, self._manifest, address=self.address)

            def read(answer: Any) -> dict[str, dict[str, list[str]]]:
                return api.read_extension(answer, wanted, self._manifest, address=self.address)

            told = read(self._client.json(request, busy=_unless(read)))
            return {question: told[keys[question]] for question in questions}

        found = self._cache.answers(keys, ask, batch=_EXTENDED)
        return {keys[question]: cached.answer for question, cached in found.items()}


def _unless(read: Callable[[Any], object]) -> Callable[[Any], str | None]:
    """Why an answer cannot be read: something between may have written it, so it is worth another try."""

    def problem(answer: Any) -> str | None:
        try:
            read(answer)
        except ServiceError as error:
            return error.reason
        return None

    return problem


def _item_of(name: str) -> str | None:
    """The Wikidata item that an id or address stands for."""
    for address in _ITEM_ADDRESSES:
        name = name.removeprefix(address)
    return name if is_item(name) else None


def _item(values: Mapping[str, Sequence[str]]) -> Item:
    claims = {p: tuple(v for v in told if is_item(v)) for p, told in values.items() if p != COORDINATES}
    return Item(claims, _point(values.get(COORDINATES, ())))


def _point(texts: Sequence[str]) -> tuple[float, float] | None:
    """The first "latitude,longitude" among texts."""
    for text in texts:
        try:
            latitude, longitude = (float(part) for part in text.split(","))
        except ValueError:
            continue
        return latitude, longitude
    return None
