"""Plain queries, which are answered without uvicorn: what counts as one, and what connections do then."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.front.asked import block, read_alike, read_block, read_bytes

ONE = quote("SELECT (1 AS ?one) {}")
LONG = quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
ENDLESS = quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r }")
HEADERS = b"Host: e\r\nAccept: text/csv\r\n"
SECONDS = 3.0  # the limit of the server's queries


def get(query: str, *fields: str, path: str = "/sparql") -> bytes:
    lines = (f"GET {path}?query={query} HTTP/1.1", "Host: e", "Accept: text/csv", *fields)
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def test_a_plain_query_is_read() -> None:
    asked = read_bytes(get(ONE, "Accept-Encoding: gzip", "Connection: keep-alive", "X-Other:"))
    assert asked is not None
    assert (asked.method, asked.query.text, asked.url) == ("GET", "SELECT (1 AS ?one) {}", "http://e/sparql")
    assert asked.formats.solutions == "text/csv"
    assert asked.gzip
    assert asked.repeatable


def test_one_with_the_same_headers_is_read_alike() -> None:
    lines = block(get(ONE, "Accept-Encoding: gzip"))
    wishes = read_block(lines)
    assert wishes is not None
    data = get(LONG + "&format=json", "Accept-Encoding: gzip")
    assert read_alike(data, lines, wishes) == read_bytes(data)
    assert read_alike(get(LONG), lines, wishes) is None


@pytest.mark.parametrize(
    "data",
    [
        get(ONE)[:-1],
        get(ONE) + b"G",
        get(ONE) + get(ONE),
        b"\r\n" + get(ONE),
        get(ONE).replace(b"HTTP/1.1", b"HTTP/1.0"),
        get(ONE).replace(b"\r\n", b"\n"),
        get(ONE).replace(b"GET", b"HEAD"),
        get(ONE).replace(b"query", b"other"),
        get(ONE).replace(b"?query", b"?query#"),
        get(ONE).replace(b"Host: e\r\n", b""),
        get(ONE, path="/sparql/"),
        get(ONE, path="//sparql"),
        get(ONE, path="http://e/sparql"),
        get(quote("SELECT"), "Host: f"),
        get(ONE, " folded"),
        get(ONE, "X : 1"),
        get(ONE, "X_Y: 1"),
        get(ONE, "X: é"),
        get(ONE, "X: \x00"),
        get(ONE, "Content-Length: 1"),
        get(ONE, "content-length: 0"),
        get(ONE, "Transfer-Encoding: chunked"),
        get(ONE, "Connection: close"),
        get(ONE, "Connection: keep-alive, Upgrade"),
        get(ONE, "Upgrade: h2c"),
        get(ONE, "Expect: 100-continue"),
        get(ONE, "If-None-Match: x"),
        get(ONE, "Range: bytes=0-1"),
        get(ONE, "Accept: text/html"),
        get(ONE + "&query=" + ONE),
        get(ONE + "&format=png"),
        get("%ff"),
        get(ONE, "X: " + "a" * (1 << 14)),
    ],
)
def test_all_else_is_left_to_the_parser(data: bytes) -> None:
    assert read_bytes(data) is None


class Parsed:
    """What the parser of HTTP makes of some bytes."""

    def __init__(self, data: bytes) -> None:
        self.url, self.headers, self.ended = b"", list[tuple[bytes, bytes]](), 0
        self._parser = httptools.HttpRequestParser(self)
        self._parser.feed_data(data)
        self.version, self.method = self._parser.get_http_version(), self._parser.get_method()
        self.is_kept = self._parser.should_keep_alive()

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_body(self, _body: bytes) -> None:
        raise AssertionError("it has a body")

    def on_message_complete(self) -> None:
        self.ended += 1


PIECES = [
    *(b"GET /sparql?", b"query=ASK{}", b"query=", b"&", b"%41", b"#", b" ", b" HTTP/1.1"),
    *(b"\r\n", b"\n", b"\r", b"\t", b":", b"\x00", b"\xc3\xa9", b"\x7f", b"a", b"Host: e", b"Host:"),
    *(b"Accept: */*", b"Connection: ", b"close", b"keep-alive", b"Content-Length: 1"),
    *(b"Transfer-Encoding: chunked", b"Upgrade: x", b"X: "),
]


@given(some.lists(some.sampled_from(PIECES), max_size=6), some.integers(0, 90))
def test_no_parser_reads_it_otherwise(pieces: list[bytes], place: int) -> None:
    whole = get("ASK{}")
    data = whole[:place] + b"".join(pieces) + whole[place:]
    asked, lines = read_bytes(data), block(whole)
    wishes = read_block(lines)
    assert wishes is not None
    assert read_alike(data, lines, wishes) in (None, asked)
    if asked is None:
        return
    parsed = Parsed(data)
    assert (parsed.ended, parsed.method, parsed.version, parsed.is_kept) == (1, b"GET", "1.1", True)
    assert [value.strip(b" \t") for name, value in parsed.headers if name == b"host"] == [b"e"]
    assert asked.url == "http://e/sparql"
    assert parsed.url.startswith(b"/sparql?")
    assert not {b"content-length", b"transfer-encoding", b"upgrade"} & {name for name, _ in parsed.headers}


@pytest.fixture(scope="module")
def server(small_store: Path) -> Iterator[tuple[tuple[str, int], subprocess.Popen[str]]]:
    """A server with one reader and the short one; address and process."""
    program = (
        "from pathlib import Path; from server import run; from server.settings import ServerSettings; "
        f"run.serve(ServerSettings(store=Path({str(small_store)!r}), port=0, workers=1, timeout={SECONDS}))"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    parts = urlsplit(process.stderr.readline().split()[-1])
    assert parts.hostname is not None
    assert parts.port is not None
    yield (parts.hostname, parts.port), process
    process.terminate()
    process.wait(timeout=10)
    said = process.stderr.read()
    process.stderr.close()
    assert "Traceback" not in said, said


@pytest.fixture
def connection(server) -> Iterator[socket.socket]:
    with socket.create_connection(server[0], timeout=20) as connected:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connected


def replies(connection: socket.socket, count: int) -> list[tuple[int, bytes]]:
    """Status and body of so many answers."""
    found = []
    with connection.makefile("rb") as file:
        for _ in range(count):
            status, fields = int(file.readline().split()[1]), {}
            while line := file.readline().strip():
                name, _, value = line.partition(b":")
                fields[name.lower()] = value.strip()
            if fields.get(b"transfer-encoding") != b"chunked":
                found.append((status, file.read(int(fields[b"content-length"]))))
                continue
            body = b""
            while size := int(file.readline(), 16):
                body += file.read(size + 2)[:-2]
            file.readline()
            found.append((status, body))
    return found


def number(value: int) -> bytes:
    return get(quote(f"SELECT ({value} AS ?one) {{}}"))


def slow(value: int, pattern: str = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i") -> bytes:
    """A query that takes a while, and answers `value`."""
    return get(quote(f"SELECT (SUM(0) + {value} AS ?one) {{ {pattern} FILTER(?a != ?i) }}"))


def test_requests_behind_one_at_work_are_answered_in_order(connection: socket.socket) -> None:
    post = b"POST /sparql HTTP/1.1\r\nContent-Type: application/sparql-query\r\n" + HEADERS
    body = b"SELECT (4 AS ?one) {}"
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    last = number(5)
    for piece in (slow(1), number(2), number(3) + post, length + body + last[:20], last[20:]):
        connection.sendall(piece)
        time.sleep(0.02)
    assert [body.split()[-1] for _status, body in replies(connection, 5)] == [b"1", b"2", b"3", b"4", b"5"]
    connection.sendall(number(6))
    assert replies(connection, 1)[0][1].split()[-1] == b"6"


def test_what_stands_behind_one_at_work_and_is_no_request_is_refused_after_it(
    connection: socket.socket,
) -> None:
    connection.sendall(slow(11))
    time.sleep(0.02)
    connection.sendall(b"what is this\r\n\r\n")
    (first, body), (second, _problem) = replies(connection, 2)
    assert (first, body.split()[-1], second) == (200, b"11", 400)
    assert connection.recv(1) == b""


def test_a_flood_behind_one_at_work_takes_no_memory(server, connection: socket.socket) -> None:
    process = server[1]
    before = resident(process.pid)
    connection.sendall(get(ENDLESS))
    connection.settimeout(1.0)
    with pytest.raises(OSError, match=r"timed out|reset|[Bb]roken"):
        connection.sendall(b"X" * 2**26)
    assert resident(process.pid) - before < 16


def resident(process: int) -> int:
    """MiB of a process."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) >> 10


def test_too_long_a_query_is_stopped_and_its_connection_kept(connection: socket.socket) -> None:
    started = time.monotonic()
    connection.sendall(get(ENDLESS + "%20"))
    time.sleep(0.1)
    connection.sendall(number(21))
    (first, problem), (second, body) = replies(connection, 2)
    assert (first, second, body.split()[-1]) == (503, 200, b"21")
    assert b"it took longer than 3 s" in problem
    assert time.monotonic() - started < SECONDS + 5  # the short reader had it for a second, maybe


def test_a_long_answer_goes_out_in_chunks_and_the_connection_is_kept(connection: socket.socket) -> None:
    rows = quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    for encoding in ("identity", "gzip"):
        connection.sendall(get(rows, f"Accept-Encoding: {encoding}"))
        time.sleep(0.01)
        connection.sendall(number(31))
        (first, body), (second, short) = replies(connection, 2)
        assert (first, second, short.split()[-1]) == (200, 200, b"31")
        assert len(body) > 100_000


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


def busy(server) -> int:
    """The reader that works most."""
    time.sleep(0.3)
    used = {}
    for pid in children(server[1].pid):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used[pid] = (fields[0] == "R", int(fields[11]))
    return max(used, key=lambda pid: used[pid])


def test_a_reader_that_is_killed_at_work_is_told_of_and_replaced(server, connection: socket.socket) -> None:
    connection.sendall(get(ENDLESS + "%20%20"))
    os.kill(busy(server), signal.SIGKILL)
    status, body = replies(connection, 1)[0]
    assert (status, b"ended unexpectedly" in body) == (500, True)
    for value in range(41, 45):  # by all readers there are
        connection.sendall(number(value))
        assert replies(connection, 1)[0][1].split()[-1] == b"%d" % value


def test_readers_that_are_killed_while_idle_are_replaced(server, connection: socket.socket) -> None:
    connection.sendall(number(50))
    assert replies(connection, 1)[0][0] == 200
    for pid in children(server[1].pid):
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)
    statuses = []
    for value in range(51, 55):
        connection.sendall(number(value))
        statuses += [status for status, _body in replies(connection, 1)]
    assert statuses[-2:] == [200, 200]
    assert set(statuses) <= {200, 500}


def test_an_answer_whose_reader_is_killed_is_cut(server, connection: socket.socket) -> None:
    connection.sendall(get(LONG))
    begun = connection.recv(1000)
    assert begun.startswith(b"HTTP/1.1 200 ")
    assert re.search(rb"(?i)transfer-encoding: chunked", begun)
    for pid in children(server[1].pid):
        os.kill(pid, signal.SIGKILL)
    answer = b""
    try:
        while piece := connection.recv(1 << 20):
            answer = answer[-5:] + piece
    except ConnectionResetError:
        pass
    assert not answer.endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("behind", [b"", number(1), b"GET /spar"])
@pytest.mark.parametrize("query", [ENDLESS, LONG])
def test_who_leaves_frees_the_reader(server, query: str, behind: bytes) -> None:
    for _ in range(2):  # both readers
        with socket.create_connection(server[0], timeout=20) as leaving:
            leaving.sendall(get(query))
            time.sleep(0.1)
            leaving.sendall(behind)
    started = time.monotonic()
    with socket.create_connection(server[0], timeout=20) as connection:
        connection.sendall(get(quote(f"SELECT ({len(behind)} AS ?one) {{ FILTER(1 = {len(query)}) }}")))
        assert replies(connection, 1)[0][0] == 200
    assert time.monotonic() - started < 2.0


def test_who_shuts_one_half_is_let_go(server) -> None:
    with socket.create_connection(server[0], timeout=20) as connection:
        connection.sendall(get(ENDLESS))
        connection.shutdown(socket.SHUT_WR)
        started = time.monotonic()
        assert connection.recv(100) == b""
        assert time.monotonic() - started < 1.0


def test_the_server_answers_what_is_at_work_before_it_ends(start, small_store: Path) -> None:
    site = start(small_store, workers=1, timeout=5.0)
    parts = urlsplit(site.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(number(60))
        assert replies(connection, 1)[0][0] == 200
        connection.sendall(slow(61, "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j a ?k"))
        time.sleep(0.3)
        site.process.send_signal(signal.SIGTERM)
        assert replies(connection, 1)[0][1].split()[-1] == b"61"
        assert connection.recv(1) == b""
    assert site.process.wait(timeout=10) == 0
