"""Connections that are lent to quick readers: nobody can tell, but by the time it takes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import rdflib

from kg.store import Store

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="lent on Linux only")

SECONDS = 3.0  # the limit of the server's queries
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r }"
WIDE = 'SELECT * { VALUES ?x { 1 2 3 4 } BIND("%s" AS ?y) }'  # four times as long as the word
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
NESTED = f"ASK {{ FILTER({'(' * 7000}1{')' * 7000}) }}"


class Client:
    """A connection with always the same headers."""

    warming = "SELECT *"

    def __init__(self, site, *fields: str, room: int | None = None) -> None:
        self.address = (urlsplit(site.url).hostname, urlsplit(site.url).port)
        self.pid = site.process.pid
        self.socket = socket.socket()
        if room is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.socket.settimeout(20)
        self.socket.connect(self.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.lines = "".join(f"{line}\r\n" for line in ("Host: e", *fields))
        self.asked = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.file.close()
        self.socket.close()

    def send(self, query: str, more: str = "", method: str = "GET") -> None:
        first = f"{method} /sparql?query={quote(query)}{more} HTTP/1.1\r\n"
        self.socket.sendall(f"{first}{self.lines}\r\n".encode())

    def answer(self, *, has_body: bool = True) -> tuple[int, bytes, bytes]:
        """Status, head without its date, and body."""
        first = self.file.readline()
        assert first, "the connection is closed"
        head, fields = first, {}
        while line := self.file.readline().strip():
            name, _, value = line.partition(b": ")
            fields[name.lower()] = value
            head += b"" if name.lower() == b"date" else line + b"\r\n"
        body = b""
        if b"transfer-encoding" in fields:
            while size := int(self.file.readline(), 16):
                body += self.file.read(size + 2)[:-2]
            self.file.readline()
        elif has_body:
            body = self.file.read(int(fields.get(b"content-length", 0)))
        return int(first.split()[1]), head, body

    def ask(self, query: str, more: str = "") -> tuple[int, bytes, bytes]:
        self.send(query, more)
        return self.answer()

    @property
    def holders(self) -> list[int]:
        """Processes beside the server that have the server's end of the connection."""
        ours, theirs = (f":{end[1]:04X}" for end in (self.socket.getsockname(), self.address))
        for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = row.split()
            if fields[1].endswith(theirs) and fields[2].endswith(ours):
                return [pid for pid in children(self.pid) if f"socket:[{fields[9]}]" in opened(pid)]
        return []

    def heat(self) -> None:
        """Ask until the connection is lent."""
        until = time.monotonic() + 60
        while not self.holders:
            for _ in range(4):
                self.asked += 1
                text = f"{self.warming} {{ BIND({self.asked} AS ?n) # {id(self)}\n }}"
                assert self.ask(text)[0] == 200
            assert time.monotonic() < until


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


def opened(pid: int) -> set[str]:
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            found.add(os.readlink(descriptor))
        except FileNotFoundError:
            continue
    return found


def quick_readers(process: int) -> list[int]:
    return [pid for pid in children(process) if b"server.quick" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "access"


@pytest.fixture(scope="module")
def site(start: Callable, small_store: Path, log: Path):
    return start(small_store, workers=2, timeout=SECONDS, access_log=log, max_rows=1000)


@pytest.fixture(scope="module")
def reference(start: Callable, small_store: Path):
    """A server that has never been asked enough to lend a connection."""
    return start(small_store, workers=2, timeout=SECONDS, max_rows=1000)


@pytest.fixture
def client(site) -> Iterator[Client]:
    with Client(site) as connected:
        connected.heat()
        yield connected


HEADERS = {
    "nothing": (),
    "csv": ("Accept: text/csv",),
    "xml and turtle": ("Accept: application/sparql-results+xml, text/turtle;q=0.5",),
    "gzip": ("Accept-Encoding: gzip", "Accept: */*"),
    "graphs only": ("Accept: application/n-triples", "User-Agent: x/1.0 (y)"),
}
QUERIES = {
    "row": "SELECT * { BIND(1 AS ?x) }",
    "some kB": WIDE % ("é" * 700),
    "nothing found": "SELECT * { ?x <http://none> ?y }",
    "cut": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "truth": "ASK { ?a ?b ?c }",
    "graph": "CONSTRUCT { ?a ?b ?c } { ?a ?b ?c } ORDER BY ?a ?b ?c",
    "description": "DESCRIBE <https://w3id.org/sitrep/id/report/one>",
    "not the same each time": "SELECT * { BIND(1 AS ?rand) }",
    "function": "SELECT * { BIND(<http://none>(1) AS ?x) }",
    "search": 'SELECT * { ?x <https://w3id.org/sitrep/ontology#search> "islamic" }',
    "long": LONG.replace("}", ". ?j a ?k }"),
    "syntax": "SELECT * {\n ?a ?b",
    "service": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?a ?b ?c } }",
    "relative": "SELECT * { BIND(<x> AS ?x) }",
    "page": 'SELECT ("<b>" AS ?x) {}',
}
PARAMETERS = (
    "",
    "&format=csv",
    "&format=png",
    "&default-graph-uri=https%3A%2F%2Fw3id.org%2Fsitrep%2Fontology",
    "&query=x",
)


@pytest.mark.parametrize("name", HEADERS)
def test_answers_are_the_same(site, reference, name: str) -> None:
    for place, query in enumerate(QUERIES.values()):
        parameters = PARAMETERS if place == 0 else ("",)
        for more in parameters:
            with Client(site, *HEADERS[name]) as hot, Client(reference, *HEADERS[name]) as cold:
                if name == "graphs only":
                    hot.warming = "CONSTRUCT { <x:x> <x:y> ?n }"
                hot.heat()
                for _ in range(2):
                    assert hot.ask(query, more) == cold.ask(query, more)


def test_the_same_answers_again_and_again(site) -> None:
    with Client(site) as cold:
        queries = [f"SELECT ({value} AS ?again) {{}}" for value in range(3)] + [WIDE % ("x" * 3000)]
        expected = [cold.ask(query) for query in queries]
        with Client(site) as hot:
            for _ in range(40):
                assert [hot.ask(query) for query in queries] == expected
            until = time.monotonic() + 60
            while not hot.holders:
                assert [hot.ask(query) for query in queries] == expected
                assert time.monotonic() < until
            assert [hot.ask(query) for query in queries] == expected


def lines(head: bytes) -> set[bytes]:
    return {line.lower() for line in head.split(b"\r\n")}


def test_other_requests_on_a_lent_connection(client: Client) -> None:
    _status, head, body = client.ask("ASK {}")
    client.send("ASK {}", method="HEAD")
    status, same, _body = client.answer(has_body=False)
    assert (status, lines(same)) == (200, lines(head))
    client.heat()
    tag = re.search(rb"ETag: (.*)\r", head)
    assert tag is not None
    client.lines += f"If-None-Match: {tag[1].decode()}\r\n"
    assert client.ask("ASK {}")[0] == 304
    client.lines = "Host: e\r\n"
    client.heat()
    client.socket.sendall(b"POST /sparql HTTP/1.1\r\nHost: e\r\nContent-Type: application/sparql-query\r\n")
    client.socket.sendall(b"Content-Length: 6\r\n\r\nASK {}")
    assert client.answer() == (200, head, body)
    client.heat()
    client.socket.sendall(b"GET /sparql?query=ASK%20{} HTTP/1.1\r\nHost: e\r\nX : y\r\n\r\n")
    assert client.answer()[0] == 400


def test_a_request_in_pieces(client: Client) -> None:
    for piece in (b"GET /sparql?quer", b"y=ASK%20%7B%7D HTTP/1.1\r\nHo", b"st: e\r\n\r", b"\n"):
        client.socket.sendall(piece)
        time.sleep(0.03)
    assert client.answer()[0] == 200


def test_several_requests_at_once_are_answered_in_order(client: Client) -> None:
    for _ in range(5):
        client.heat()
        for value in range(20):
            client.send(f"SELECT ({value} AS ?n) {{}}", "&format=csv")
        assert [client.answer()[2].split()[-1] for _ in range(20)] == [b"%d" % value for value in range(20)]


def test_one_half_is_closed(client: Client) -> None:
    client.socket.shutdown(socket.SHUT_WR)
    assert client.socket.recv(1) == b""


def test_who_leaves_ends_a_long_query(site, client: Client) -> None:
    for _ in range(3):
        with Client(site) as leaving:
            leaving.heat()
            leaving.send(ENDLESS)
            time.sleep(0.1)
    started = time.monotonic()
    assert client.ask("ASK { FILTER(1 = 1) }")[0] == 200
    assert time.monotonic() - started < 1.5


def test_who_takes_an_answer_slowly_gets_it_whole(site) -> None:
    query = WIDE % ("x" * 14000)
    with Client(site) as cold:
        expected = cold.ask(query.replace("2 3 4", "2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17"))
    assert len(expected[2]) > 200_000
    with Client(site, room=2048) as slow:
        for value in range(3):
            slow.heat()
            numbers = "2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17"
            slow.send(query.replace("2 3 4", numbers) + f"#{value}")
            time.sleep(0.2)
            assert slow.answer()[2] == expected[2]


def test_an_idle_connection_is_given_back(client: Client) -> None:
    until = time.monotonic() + 5
    while client.holders:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert client.ask("ASK {}")[0] == 200


def test_too_long_a_query_is_stopped_and_others_do_not_wait(site, client: Client) -> None:
    with Client(site) as other, Client(site) as third:
        for each in (other, third, client):
            each.heat()
        started = time.monotonic()
        client.send(ENDLESS + "#1")
        for value in range(40):
            asked = time.monotonic()
            assert other.ask(f"SELECT ({value} AS ?other) {{}}")[0] == 200
            assert third.ask(f"SELECT ({value} AS ?third) {{}}")[0] == 200
            assert time.monotonic() - asked < 1.0
        status, _head, body = client.answer()
        assert SECONDS - 0.1 < time.monotonic() - started < SECONDS + 1.5
        assert (status, b"it took longer than 3 s" in body) == (503, True)
    client.heat()


def test_requests_that_come_at_once(start: Callable, small_store: Path) -> None:
    site = start(small_store, workers=1, timeout=SECONDS)
    with Client(site) as one, Client(site) as two, Client(site) as three:
        for value, last in enumerate(("ASK {}", ENDLESS, NESTED, "ASK {}") * 2):
            for each in (one, two, three):
                each.heat()
            readers = quick_readers(site.process.pid)
            for pid in readers:
                os.kill(pid, signal.SIGSTOP)
            for each in (one, two):
                each.send(f"SELECT ({value} AS ?{'x' * each.asked}) {{}}", "&format=csv")
            three.send(f"{last}#{value}")
            for pid in readers:
                os.kill(pid, signal.SIGKILL if value == 7 else signal.SIGCONT)
            asked = time.monotonic()
            assert [each.answer()[2].split()[1] for each in (one, two)] == [b"%d" % value] * 2
            assert time.monotonic() - asked < 1.5
            assert three.answer()[0] == {"ASK {}": 200, ENDLESS: 503, NESTED: 400}[last]


def test_what_breaks_a_reader_is_told(client: Client) -> None:
    status, _head, body = client.ask(NESTED)
    assert (status, b"nested too deeply" in body) == (400, True)
    client.heat()


def test_readers_that_are_killed_are_replaced(site, client: Client) -> None:
    for _ in range(3):
        client.heat()
        time.sleep(
            0.02
        )  # until the last answer is over: killed while sending it, the connection would be cut
        for pid in quick_readers(site.process.pid):
            os.kill(pid, signal.SIGKILL)
        assert client.ask("SELECT (7 AS ?killed) {}", "&format=csv")[2].split() == [b"killed", b"7"]


FIRST_ONES_END = """
from server.pool import Pool
left = 3
def start(pool, module, usual=Pool.start):
    global left
    worker = usual(pool, module)
    if module == "server.quick" and left:
        left -= 1
        worker.kill()
        worker._process.wait()
    return worker
Pool.start = start
"""


def test_readers_that_end_as_they_start(start: Callable, small_store: Path) -> None:
    site = start(small_store, workers=1, fault=FIRST_ONES_END)
    with Client(site) as client:
        client.heat()
        assert len(quick_readers(site.process.pid)) == 1
    site.process.terminate()
    assert site.process.stderr is not None
    said = site.process.stderr.read()
    assert "reader ended: 9" in said
    assert "Traceback" not in said


def test_a_reader_that_is_killed_at_work(site, client: Client) -> None:
    for value in range(10):  # on a busy machine it may just have been given back
        client.heat()
        client.send(f"{ENDLESS}#{value}")
        time.sleep(0.2)
        for pid in quick_readers(site.process.pid):
            os.kill(pid, signal.SIGKILL)
        status, _head, body = client.answer()
        if status != 503:
            break
    assert (status, b"ended unexpectedly" in body) == (500, True)
    client.heat()


def test_new_data_is_seen_at_once(start: Callable, small_store: Path, tmp_path: Path) -> None:
    path = Path(shutil.copytree(small_store, tmp_path / "store"))
    site = start(path, workers=1, timeout=5.0)
    with Client(site) as client:
        for value in range(4):
            client.heat()
            before = client.ask("SELECT ?v { <http://new> <http://value> ?v }", "&format=csv")
            assert before[2].split() == [b"v", *([b"%d" % (value - 1)] if value else [])]
            client.heat()
            graph = rdflib.Graph()
            graph.add((rdflib.URIRef("http://new"), rdflib.URIRef("http://value"), rdflib.Literal(value)))
            with Store.open(path).writing() as batch:
                batch.put_graph("http://graph", graph)
            after = client.ask("SELECT ?v { <http://new> <http://value> ?v }", "&format=csv")
            assert after[2].split() == [b"v", b"%d" % value]
            assert after[1] != before[1]


def test_lent_connections_take_no_places_of_others(start: Callable, small_store: Path) -> None:
    site = start(small_store, workers=1, timeout=SECONDS, max_requests=2)
    with Client(site) as hot, Client(site) as one, Client(site) as two, Client(site) as three:
        hot.heat()
        one.send(ENDLESS)
        time.sleep(0.2)
        two.send(ENDLESS)
        time.sleep(0.2)
        assert not hot.holders
        assert [client.ask("ASK {}")[0] for client in (hot, three)] == [429, 429]
        assert {one.answer()[0], two.answer()[0]} == {503}
        hot.heat()


def test_every_answer_is_counted_and_logged(site, log: Path, client: Client) -> None:
    def counted() -> tuple[int, int, int]:
        with Client(site) as other:
            other.socket.sendall(b"GET /metrics HTTP/1.1\r\nHost: e\r\n\r\n")
            text = other.answer()[2].decode()
        found = re.search(r'requests_total{endpoint="sparql.query",status="200"} (\d+)', text)
        each = re.search(r"query_seconds_count (\d+)", text)
        assert found is not None
        assert each is not None
        logged = [json.loads(line) for line in log.read_text().splitlines()]
        return int(found[1]), int(each[1]), sum(entry["path"] == "/sparql" for entry in logged)

    time.sleep(0.5)
    before, asked = counted(), client.asked
    client.heat()
    for _ in range(300):
        assert client.ask("SELECT (8 AS ?x) {}")[0] == 200
    time.sleep(0.5)
    more = 300 + client.asked - asked
    assert [new - old for new, old in zip(counted(), before, strict=True)] == [more] * 3
    last = json.loads(log.read_text().splitlines()[-2])
    assert (last["client"], last["method"], last["status"]) == ("127.0.0.1", "GET", 200)
    assert last["bytes"] == len(client.ask("SELECT (8 AS ?x) {}")[2])
    assert 0 <= last["query_seconds"] <= last["seconds"] < 1


def test_the_server_ends_with_connections_lent(start: Callable, small_store: Path) -> None:
    site = start(small_store, workers=1, timeout=SECONDS)
    with Client(site) as idle, Client(site) as busy:
        idle.heat()
        busy.heat()
        busy.send(LONG.replace("}", "FILTER(?a != ?i) } LIMIT 1"))
        readers = quick_readers(site.process.pid)
        site.process.send_signal(signal.SIGTERM)
        assert busy.answer()[0] == 200
        assert idle.socket.recv(1) == b""
    assert site.process.wait(timeout=10) == 0
    assert readers
    assert not any(Path(f"/proc/{pid}").exists() for pid in readers)
