"""What the Reconciliation API's messages say: pure functions from values to messages and back.

W3C Entity Reconciliation Community Group, versions 0.1, 0.2 and 1.0-draft: https://reconciliation-api.github.io/specs/
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from kg.errors import ServiceError
from kg.facts import Kind
from kg.gazetteer import ACTORS, FACILITIES, PLACES
from kg.linking.online.client import Request
from kg.linking.online.decision import Candidate, Wanted
from kg.linking.online.items import COUNTRY, Item, is_item, union
from kg.linking.online.kinds import HINTS, kinds_of_classes

SAME_AS = "http://www.w3.org/2002/07/owl#sameAs"
_WIKIDATA_SPACES = ("http://www.wikidata.org/entity/", "https://www.wikidata.org/entity/")
_WIKIDATA_VIEWS = (*_WIKIDATA_SPACES, "https://www.wikidata.org/wiki/", "http://www.wikidata.org/wiki/")
_WIKIDATA_SCHEMAS = ("http://www.wikidata.org/prop/direct/", "https://www.wikidata.org/prop/direct/")
_ONTOLOGY = "https://w3id.org/sitrep/ontology#"
OUR_COUNTRY = f"{_ONTOLOGY}country"
OUR_POINT = tuple(f"http://www.w3.org/2003/01/geo/wgs84_pos#{name}" for name in ("lat", "long"))
_LIMIT = 10  # candidates of a query


class Version(Enum):
    """Versions of the protocol, best first: 0.2 is settled and the most spread."""

    V0_2 = "0.2"
    V1 = "1.0-draft"
    V0_1 = "0.1"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a service says of itself, as far as linking needs it."""

    version: Version
    wikidata: bool  # its identifiers are those of Wikidata's items
    identifier_space: str
    extends: bool  # it tells values of Wikidata's properties, or of other entities their owl:sameAs
    ours: bool = False  # its properties are those of our ontology: it is a graph like this one


def read_manifest(answer: Any, *, address: str) -> Manifest:
    """The manifest; ServiceError where this is none, or of a version that is not spoken here."""
    if not isinstance(answer, dict) or not isinstance(answer.get("name"), str):
        raise ServiceError(address, "this is no reconciliation service: its answer is no manifest")
    versions = answer.get("versions", ["0.1"])  # the first version had no such field
    told = {str(v) for v in versions} if isinstance(versions, list) else set()
    spoken = [v for v in Version if v.value in told or (v is Version.V1 and "1.0" in told)]
    if not spoken:
        raise ServiceError(address, f"it speaks versions {sorted(told)}, none of 0.1, 0.2 and 1.0-draft")
    space, view = str(answer.get("identifierSpace", "")), answer.get("view")
    shown = str(view.get("url", "")) if isinstance(view, dict) else ""
    wikidata = space.startswith(_WIKIDATA_SPACES) if space else shown.startswith(_WIKIDATA_VIEWS)
    extends = isinstance(answer.get("extend"), dict)
    schema = str(answer.get("schemaSpace", ""))
    if wikidata and space:  # it may be a table with items of Wikidata and columns of its own
        extends = extends and schema.startswith(_WIKIDATA_SCHEMAS)
    return Manifest(spoken[0], wikidata, space or shown, extends, schema == _ONTOLOGY)


def query(wanted: Wanted, manifest: Manifest) -> dict[str, Any]:
    """What to ask about an entity, in no version's form: its name; a class and a country for Wikidata."""
    asked: dict[str, Any] = {"name": wanted.name}
    if not manifest.wikidata:
        return asked
    if wanted.kind in HINTS:
        asked["type"] = HINTS[wanted.kind]
    elif wanted.country is not None:
        asked["country"] = wanted.country
    return asked


def query_request(
    queries: Sequence[Mapping[str, Any]], manifest: Manifest, *, address: str, language: str
) -> Request:
    """One request for some queries."""
    if manifest.version is Version.V1:
        body = {"queries": [_query_1(asked) for asked in queries]}
        return Request(f"{address.rstrip('/')}/match", body=body, headers={"Accept-Language": language})
    batch = {f"q{number}": _query_0(asked) for number, asked in enumerate(queries)}
    return Request(address, form={"queries": json.dumps(batch, ensure_ascii=False)})


def _query_0(asked: Mapping[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"query": asked["name"], "limit": _LIMIT}
    if "type" in asked:
        message["type"] = asked["type"]
    if "country" in asked:
        message["properties"] = [{"pid": COUNTRY, "v": {"id": asked["country"]}}]
    return message


def _query_1(asked: Mapping[str, Any]) -> dict[str, Any]:
    conditions: list[dict[str, Any]] = [{"matchType": "name", "propertyValue": asked["name"]}]
    if "country" in asked:
        value = {"id": asked["country"]}
        conditions.append({"matchType": "property", "propertyId": COUNTRY, "propertyValue": value})
    message: dict[str, Any] = {"limit": _LIMIT, "conditions": conditions}
    if "type" in asked:
        message["type"] = asked["type"]
    return message


def read_results(answer: Any, *, number: int, manifest: Manifest, address: str) -> list[list[dict[str, Any]]]:
    """The candidates of each of `number` queries; ServiceError where the answer does not have them all."""
    try:
        if manifest.version is Version.V1:
            lists = [result["candidates"] for result in answer["results"]]
        else:
            lists = [answer[f"q{place}"]["result"] for place in range(number)]
        kept = [[_kept(candidate) for candidate in candidates] for candidates in lists]
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise ServiceError(address, "its answer is not as the protocol has it") from error
    if len(kept) != number:
        raise ServiceError(address, f"it answered {len(kept)} of {number} queries")
    return kept


def _kept(candidate: Mapping[str, Any]) -> dict[str, Any]:
    """What is used of a candidate; ValueError for an id or score that is none."""
    score = candidate.get("score")
    if not isinstance(candidate["id"], str) or not isinstance(candidate["name"], str):
        raise ValueError(f"unexpected candidate {candidate!r}")
    if score is not None and (isinstance(score, bool) or not math.isfinite(score)):
        raise ValueError(f"unexpected score {score!r}")
    types = candidate.get("type") or []
    types = types if isinstance(types, list) else [types]
    return {
        "id": candidate["id"],
        "name": candidate["name"],
        "score": score,
        "match": candidate.get("match") is True,
        "types": [t["id"] if isinstance(t, dict) else str(t) for t in types],
    }


def candidate(kept: Mapping[str, Any], item: str, where: Item) -> Candidate:
    """A candidate that stands for a Wikidata item and lies `where`. Scores count to 100, as most services
    have them."""
    score = kept["score"]
    kinds = union(_kinds(name) for name in kept["types"]) if kept["types"] else None
    return Candidate(
        item=item,
        names=(kept["name"],),
        score=None if score is None else min(1.0, max(0.0, score / 100)),
        match=kept["match"],
        kinds=kinds,
        countries=where.countries,
        point=where.point,
    )


def _kinds(type_id: str) -> frozenset[Kind]:
    """The kind that a type tells: a Wikidata class of the table, or a class of our ontology."""
    if is_item(type_id):
        kind = kinds_of_classes().get(type_id)
        return frozenset() if kind is None else frozenset({kind})
    name = type_id.removeprefix(_ONTOLOGY).removeprefix("sit:")
    if name in ("Person", "Place", "Facility", "Organization"):
        return frozenset({Kind(name.lower())})
    if name in ACTORS:
        return frozenset({Kind.ORGANIZATION})
    if name in PLACES:
        return frozenset({Kind.PLACE})
    return frozenset({Kind.FACILITY}) if name in FACILITIES else frozenset()


def extend_request(
    ids: Sequence[str], properties: Sequence[str], manifest: Manifest, *, address: str
) -> Request:
    """One request for property values of some entities (data extension)."""
    message = {"ids": list(ids), "properties": [{"id": name} for name in properties]}
    if manifest.version is Version.V1:
        return Request(f"{address.rstrip('/')}/extend", body=message)
    return Request(address, form={"extend": json.dumps(message)})


def read_extension(
    answer: Any, ids: Sequence[str], manifest: Manifest, *, address: str
) -> dict[str, dict[str, list[str]]]:
    """Values by entity and property: ids of entities, texts of the rest."""
    try:
        if manifest.version is Version.V1:
            rows = {row["id"]: {p["id"]: p["values"] for p in row["properties"]} for row in answer["rows"]}
        else:
            rows = answer["rows"]
        return {
            name: {p: [v for v in map(_value, values) if v] for p, values in rows.get(name, {}).items()}
            for name in ids
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ServiceError(address, "its answer is not as the protocol has it") from error


def _value(cell: Mapping[str, Any]) -> str:
    for name in ("id", "str", "float", "int", "date"):
        if name in cell:
            return str(cell[name])
    return ""
