"""Servers on 127.0.0.1: reconciliation services, Wikidata's API, and a proxy that breaks what passes."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Thing:
    """An item of the servers' world, whose numbers are invented."""

    id: str
    names: tuple[str, ...]
    types: tuple[str, ...] = ()
    superclasses: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    point: tuple[float, float] | None = None


WORLD = (
    Thing("Q900001", ("Vale Observatory for Human Rights", "VOHR"), ("Q163740",)),
    Thing("Q900002", ("Ned Price",), ("Q5",), countries=("Q30",)),
    Thing("Q900003", ("Derik", "Al-Malikiyah"), ("Q900100",), countries=("Q858",), point=(37.18, 42.14)),
    Thing("Q900004", ("Derik",), ("Q3957",), countries=("Q43",), point=(37.36, 40.27)),
    Thing("Q900005", ("John Kirby",), ("Q5",), countries=("Q30",)),
    Thing("Q900006", ("John Kirby",), ("Q5",), countries=("Q30",)),
    Thing("Q900007", ("Red Columns",), ("Q17149090",), countries=("Q858",)),
    Thing("Q900008", ("Karsk",), ("Q900101",)),  # a family name: no kind of ours
    Thing("Q900009", ("Ghwayran prison",), ("Q40357",), countries=("Q858",)),
    Thing("Q900010", ("Ann Onymous",), ("Q515",), countries=("Q858",)),  # a town of the person's name
    Thing("Q900100", ("town of Syria",), superclasses=("Q900102",)),
    Thing("Q900101", ("family name",), superclasses=("Q900103",)),
    Thing("Q900102", ("town of a country",), superclasses=("Q3957",)),
    Thing("Q900103", ("name",)),
)
BY_ID = {thing.id: thing for thing in WORLD}


def words(name: str) -> set[str]:
    return {word.rstrip("s") for word in name.casefold().split()}


def score(asked: str, thing: Thing) -> float:
    """Share of words that the likest name has in common with what is asked, 0 to 100."""
    shares = [len(words(asked) & words(n)) / len(words(asked) | words(n)) for n in thing.names]
    exact = any(asked.casefold() == n.casefold() for n in thing.names)
    return 100.0 if exact else min(90.0, 100 * max(shares))


def found(asked: str, limit: int) -> list[tuple[float, Thing]]:
    scored = sorted(((score(asked, t), t) for t in WORLD if t.types), key=lambda pair: (-pair[0], pair[1].id))
    return [(points, thing) for points, thing in scored if points >= 50][:limit]


def values(thing: Thing, name: str) -> list[Any]:
    """What the world knows of a thing under one of Wikidata's properties."""
    told = {"P31": thing.types, "P279": thing.superclasses, "P17": thing.countries, "P27": thing.countries}
    if name == "P625":
        return [] if thing.point is None else [{"str": f"{thing.point[0]},{thing.point[1]}"}]
    return [{"id": value, "name": value} for value in told.get(name, ())]


class Handler(BaseHTTPRequestHandler):
    """Answers in JSON, in gzip where asked for; notes each request. Subclasses say what in `answer`."""

    protocol_version = "HTTP/1.1"
    log: ClassVar[list[SimpleNamespace]]

    def do_GET(self) -> None:
        self.handle_request(b"")

    def do_POST(self) -> None:
        self.handle_request(self.rfile.read(int(self.headers["Content-Length"])))

    def handle_request(self, body: bytes) -> None:
        self.log.append(SimpleNamespace(path=self.path, headers=dict(self.headers), body=body))
        try:
            status, answer = 200, self.answer(body)
        except (KeyError, ValueError, TypeError, AssertionError) as error:
            status, answer = 400, {"problem": repr(error)}
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            content = gzip.compress(content, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def answer(self, body: bytes) -> Any:
        raise NotImplementedError

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


class ReconciliationV02(Handler):
    """Version 0.2: forms with `queries` or `extend`. Refuses what its schemas do not allow."""

    manifest: ClassVar[dict[str, Any]] = {
        "versions": ["0.1", "0.2"],
        "name": "World",
        "identifierSpace": "http://www.wikidata.org/entity/",
        "schemaSpace": "http://www.wikidata.org/prop/direct/",
        "extend": {},
    }

    def answer(self, body: bytes) -> Any:
        form = {name: told[0] for name, told in parse_qs(body.decode(), strict_parsing=bool(body)).items()}
        if "queries" in form:
            queries = json.loads(form["queries"])
            return {name: {"result": self.results(query)} for name, query in queries.items()}
        if "extend" in form:
            asked = json.loads(form["extend"])
            names = [p["id"] for p in asked["properties"]]
            rows = {i: {n: values(BY_ID[i], n) if i in BY_ID else [] for n in names} for i in asked["ids"]}
            return {"meta": [{"id": n, "name": n} for n in names], "rows": rows}
        assert not body
        return self.manifest

    def results(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        assert set(query) <= {"query", "type", "limit", "properties", "type_strict"}
        assert all(set(p) == {"pid", "v"} for p in query.get("properties", []))
        return [
            {
                "id": thing.id,
                "name": thing.names[0],
                "score": points / (1 if query.get("type") in (None, *thing.types, "Q43229") else 2),
                "match": points == 100,
                "type": [{"id": t, "name": t} for t in thing.types],
            }
            for points, thing in found(query["query"], query["limit"])
        ]


class ReconciliationV1(ReconciliationV02):
    """Version 1.0 (draft): JSON at /match and /extend."""

    manifest: ClassVar[dict[str, Any]] = {
        "versions": ["1.0-draft"],
        "name": "World",
        "view": {"url": "https://www.wikidata.org/wiki/{id}"},
        "extend": {},
        "standardizedScore": True,
    }

    def answer(self, body: bytes) -> Any:
        if self.path.endswith("/match"):
            assert self.headers["Content-Type"] == "application/json"
            return {"results": [{"candidates": self.match(query)} for query in json.loads(body)["queries"]]}
        if self.path.endswith("/extend"):
            asked = json.loads(body)
            names = [p["id"] for p in asked["properties"]]
            told = {i: [{"id": n, "values": values(BY_ID[i], n) if i in BY_ID else []} for n in names]
                    for i in asked["ids"]}  # fmt: skip
            rows = [{"id": i, "properties": properties} for i, properties in told.items()]
            return {"meta": [{"id": n, "name": n} for n in names], "rows": rows}
        assert not body
        return self.manifest

    def match(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        assert set(query) <= {"type", "limit", "lang", "conditions"}
        assert all(c["matchType"] in ("name", "property") for c in query["conditions"])
        assert all("propertyId" in c for c in query["conditions"] if c["matchType"] == "property")
        (name,) = (c["propertyValue"] for c in query["conditions"] if c["matchType"] == "name")
        asked = {"query": name, "limit": query["limit"]} | (
            {"type": query["type"]} if "type" in query else {}
        )
        return self.results(asked)


class Foreign(ReconciliationV02):
    """A service with ids of its own that tells the Wikidata item of each: `place-900003` is Q900003."""

    manifest: ClassVar[dict[str, Any]] = {
        "versions": ["0.2"],
        "name": "Foreign",
        "identifierSpace": "https://foreign.example/id/",
        "schemaSpace": "https://foreign.example/ontology#",
        "extend": {},
    }
    classes: ClassVar[dict[str, str]] = {
        "Q5": "Person", "Q163740": "MonitoringGroup", "Q900100": "Settlement", "Q3957": "Settlement",
        "Q17149090": "ArmedGroup", "Q900101": "Name", "Q40357": "Prison", "Q515": "Settlement",
    }  # fmt: skip

    def answer(self, body: bytes) -> Any:
        form = parse_qs(body.decode())
        if "extend" not in form:
            return super().answer(body)
        asked = json.loads(form["extend"][0])
        assert asked["properties"] == [{"id": "http://www.w3.org/2002/07/owl#sameAs"}]
        told = {i: f"http://www.wikidata.org/entity/Q{i.rpartition('-')[2]}" for i in asked["ids"]}
        name = asked["properties"][0]["id"]
        rows = {i: {name: [{"id": item, "name": item}]} for i, item in told.items()}
        return {"meta": [], "rows": rows}

    def results(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        named = "https://w3id.org/sitrep/ontology#"
        return [
            hit
            | {"id": f"place-{hit['id'][1:]}", "type": [{"id": named + self.classes[hit["type"][0]["id"]]}]}
            for hit in super().results(query)
        ]


class WikidataApi(Handler):
    """wbsearchentities (by the beginning of a name) and wbgetentities."""

    def answer(self, body: bytes) -> Any:
        asked = {name: told[0] for name, told in parse_qs(urlsplit(self.path).query).items()}
        assert not body
        assert asked["format"] == "json"
        assert asked["maxlag"] == "5"
        if asked["action"] == "wbsearchentities":
            start = asked["search"].casefold()
            hits = [t for t in WORLD if any(n.casefold().startswith(start) for n in t.names)]
            return {"search": [{"id": t.id, "label": t.names[0]} for t in hits[: int(asked["limit"])]]}
        ids = asked["ids"].split("|")
        assert asked["action"] == "wbgetentities"
        assert len(ids) <= 50
        return {"entities": {i: self.entity(i) for i in ids}}

    def entity(self, name: str) -> dict[str, Any]:
        thing = BY_ID.get(name)
        if thing is None:
            return {"id": name, "missing": True}
        told = {"P31": thing.types, "P279": thing.superclasses, "P17": thing.countries}
        claims = {p: [self.claim({"id": value}) for value in ids] for p, ids in told.items()}
        if thing.point is not None:
            claims["P625"] = [self.claim({"latitude": thing.point[0], "longitude": thing.point[1]})]
        if "Q858" in thing.countries:  # a country of old, which does not count
            claims["P17"].append(self.claim({"id": "Q43"}, rank="deprecated"))
        return {
            "id": name,
            "labels": {"en": {"language": "en", "value": thing.names[0]}},
            "aliases": {"en": [{"language": "en", "value": n} for n in thing.names[1:]]},
            "claims": claims,
        }

    def claim(self, value: dict[str, Any], rank: str = "normal") -> dict[str, Any]:
        return {"mainsnak": {"datavalue": {"value": value}}, "rank": rank}


@dataclass
class Running:
    """A server that runs; `log` has the requests that reached it."""

    address: str
    log: list[SimpleNamespace] = field(default_factory=list)


@contextmanager
def serving(handler: type[Handler], path: str = "/api") -> Iterator[Running]:
    log: list[SimpleNamespace] = []
    bound = type(handler.__name__, (handler,), {"log": log})
    server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Running(f"http://127.0.0.1:{server.server_address[1]}{path}", log)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


SERVERS = {"0.2": ReconciliationV02, "1.0": ReconciliationV1, "foreign": Foreign, "wikidata": WikidataApi}


class Proxy(Handler):
    """Passes requests on to `target`, but spoils as many as there are `faults`, in their order."""

    target: ClassVar[str]
    faults: ClassVar[list[str]]

    def handle_request(self, body: bytes) -> None:
        self.log.append(SimpleNamespace(path=self.path, headers=dict(self.headers), body=body))
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "slow":
            time.sleep(0.8)  # longer than the client of the tests waits
        connection = HTTPConnection(urlsplit(self.target).netloc, timeout=10)
        kept = {
            k: v for k, v in self.headers.items() if k in ("Content-Type", "User-Agent", "Accept-Language")
        }
        connection.request(self.command, self.path, body=body or None, headers=kept)
        answer = connection.getresponse()
        content, status = answer.read(), answer.status
        connection.close()
        self.spoil(fault, status, content)

    def spoil(self, fault: str, status: int, content: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        if fault == "429 seconds":
            status, headers["Retry-After"] = 429, "7"
        elif fault == "429 date":
            then = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=9)
            status, headers["Retry-After"] = 429, format_datetime(then, usegmt=True)
        elif fault == "500":
            status = 500
        elif fault == "broken":
            content = content[: len(content) // 2]
        elif fault == "other":
            content = b'{"message": "try later"}'
        elif fault == "html":
            content, headers["Content-Type"] = b"<!DOCTYPE html><h1>Bad gateway</h1>", "text/html"
        length = len(content)
        if fault == "cut":
            content = content[: len(content) // 2]
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):  # the client waits no longer
            self.close_connection = True
        if fault == "cut":
            self.close_connection = True
