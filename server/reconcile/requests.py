"""From the JSON of a client to queries (Reconciliation Service API 0.2, section 4.1). Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kg.errors import RequestError
from kg.vocab import PREFIXES
from server.reconcile.messages import Batch, Condition, Extend, Query, Value

MAXIMUM_BATCH = 100
_MAXIMUM_IDS = 1000
_MAXIMUM_PROPERTIES = 50
_MAXIMUM_TEXT = 500  # characters of a name to be matched
_MAXIMUM_CANDIDATES = 100
_CANDIDATES = 10  # where the client does not say


def read_batch(text: str, base_iri: str) -> tuple[tuple[str, ...], Batch]:
    """The keys of a query batch, and its queries; RequestError where it is not one."""
    found = _object(_loaded(text, "queries"), "queries")
    if len(found) > MAXIMUM_BATCH:
        raise RequestError(413, f"the batch has {len(found)} queries; send {MAXIMUM_BATCH} at a time")
    queries = tuple(_query(_object(entry, f"query {key[:50]!r}"), key) for key, entry in found.items())
    return tuple(found), Batch(queries, base_iri)


def read_extend(text: str, base_iri: str) -> tuple[tuple[str, ...], Extend]:
    """The properties of a data extension query as the client names them, and the query."""
    found = _object(_loaded(text, "extend"), "extend")
    ids = [_string(entry, "an id") for entry in _list(found.get("ids"), "ids", _MAXIMUM_IDS)]
    entries = _list(found.get("properties"), "properties", _MAXIMUM_PROPERTIES)
    names = [_string(_object(entry, "a property").get("id"), "a property's id") for entry in entries]
    return tuple(names), Extend(tuple(ids), tuple(term_iri(name) for name in names), base_iri)


def term_iri(name: str) -> str:
    """IRI of a class or property: given as such, with a known prefix, or as a name of the ontology."""
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES and not local.startswith("//"):
        return PREFIXES[prefix] + local
    return name if colon else PREFIXES["sit"] + name


def _query(entry: dict[str, Any], key: str) -> Query:
    where = f"query {key[:50]!r}"
    text = _string(entry.get("query") or "", f"'query' of {where}").strip()
    types = entry.get("type") or []
    types = [types] if isinstance(types, str) else _list(types, f"'type' of {where}", _MAXIMUM_PROPERTIES)
    conditions = _list(entry.get("properties") or [], f"'properties' of {where}", _MAXIMUM_PROPERTIES)
    if not text and not conditions:
        raise RequestError(400, f"{where} has neither 'query' nor 'properties'")
    if len(text) > _MAXIMUM_TEXT:
        raise RequestError(400, f"{where} asks for {len(text)} characters; {_MAXIMUM_TEXT} are the most")
    strict = entry.get("type_strict") or "any"
    if strict not in ("any", "all", "should"):
        raise RequestError(400, f"'type_strict' of {where} must be any, all or should")
    return Query(
        text=text,
        types=tuple(term_iri(_string(name, f"a type of {where}")) for name in types),
        strict=strict,
        limit=_limit(entry.get("limit"), where),
        conditions=tuple(_condition(_object(each, f"a property of {where}"), where) for each in conditions),
    )


def _condition(entry: dict[str, Any], where: str) -> Condition:
    name = _string(entry.get("pid"), f"'pid' of a property of {where}")
    value = entry.get("v")
    values = value if isinstance(value, list) else [value]
    found = tuple(_value(each, where) for each in _list(values, f"'v' of {where}", _MAXIMUM_PROPERTIES))
    return Condition(name, term_iri(name), found)


def _value(value: object, where: str) -> Value:
    match value:
        case bool():
            return Value("true" if value else "false")
        case int() | float():
            return Value(str(value))
        case str():
            return Value(_string(value, f"a value of {where}")[:_MAXIMUM_TEXT])
        case {"id": str(identifier)}:
            return Value(_string(identifier, f"a value of {where}"), is_id=True)
    raise RequestError(400, f"a value of {where} is neither a text, a number, a truth value nor an entity")


def _limit(value: object, where: str) -> int:
    if value is None:
        return _CANDIDATES
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 1:
        raise RequestError(400, f"'limit' of {where} must be a number of at least 1")
    return int(min(value, _MAXIMUM_CANDIDATES))


def _loaded(text: str, name: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise RequestError(400, f"{name!r} is not JSON: {reason}") from error


def _object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RequestError(400, f"{what} must be a JSON object")
    return value


def _list(value: object, what: str, most: int) -> Sequence[Any]:
    if not isinstance(value, list):
        raise RequestError(400, f"{what} must be a JSON array")
    if len(value) > most:
        raise RequestError(400, f"{what} has {len(value)} entries; {most} are the most")
    return value


def _string(value: object, what: str) -> str:
    """`value` if it is a text that can be written in UTF-8."""
    if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
        raise RequestError(400, f"{what} must be a text")
    return value
