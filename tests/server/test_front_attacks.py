"""What clients may try with their connections, and what the server must not take from it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

ONE = quote("SELECT (1 AS ?one) {}")
ROWS = quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 10000")  # one answer that is kept
ENDLESS = quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r }")


@dataclass
class Victim:
    """A server of its own, with a limit of three seconds, that is impatient with its clients."""

    address: tuple[str, int]
    process: subprocess.Popen[str]

    def connect(self, received: int | None = None) -> socket.socket:
        """A connection; `received` is bytes that the client's system takes in before it reads."""
        connection = socket.socket()
        if received is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received)
        connection.settimeout(20)
        connection.connect(self.address)
        return connection

    def say(self, text: bytes) -> bytes:
        """All that comes back."""
        with self.connect() as connection:
            connection.sendall(text)
            return connection.makefile("rb").read()

    def resident(self) -> int:
        """MiB of the server's memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) >> 10


@pytest.fixture(scope="module")
def victim(small_store: Path) -> Iterator[Victim]:
    program = (
        "from pathlib import Path; from server.front import connection; from server import run; "
        "from server.settings import ServerSettings; "
        "connection.IDLE_SECONDS = 1.0; "
        f"run.serve(ServerSettings(store=Path({str(small_store)!r}), port=0, workers=1, timeout=3.0))"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    parts = urlsplit(process.stderr.readline().split()[-1])
    assert parts.hostname is not None
    assert parts.port is not None
    yield Victim((parts.hostname, parts.port), process)
    process.terminate()
    process.wait(timeout=10)
    said = process.stderr.read()
    process.stderr.close()
    assert "Traceback" not in said, said


def get(query: str, *fields: str) -> bytes:
    lines = (f"GET /sparql?query={query} HTTP/1.1", "Host: e", "Accept: text/csv", *fields)
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def post(*fields: str, path: str = "/sparql") -> bytes:
    lines = (f"POST {path} HTTP/1.1", "Host: e", "Content-Type: application/sparql-query", *fields)
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


CHUNKED = "Transfer-Encoding: chunked"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"


def test_a_trailer_is_no_header(victim: Victim) -> None:
    body = b"c\r\nASK { FILTER\r\n7\r\n(true)}\r\n0\r\nAccept: image/png\r\n\r\n"
    answer = victim.say(post(CHUNKED, "Connection: close") + body)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"true" in answer


@pytest.mark.parametrize("begun", [b"1\r\na\r\n0\r\nX: ", b"1;"])
def test_trailers_and_extensions_of_chunks_have_an_end(victim: Victim, begun: bytes) -> None:
    with victim.connect() as connection:
        connection.sendall(post(CHUNKED) + begun)
        with pytest.raises(OSError, match=r"reset|[Bb]roken"):
            connection.sendall(b"a" * 64 * 2**20)


def test_a_body_in_chunks_is_refused_where_it_is_too_large_and_not_cut(victim: Victim) -> None:
    form = (f"POST /sparql HTTP/1.1\r\nHost: e\r\n{CHUNKED}\r\n" + FORM).encode()
    with victim.connect() as connection:
        connection.sendall(form + b"c\r\nquery=ASK{}&\r\n" + (b"100000\r\n" + b"x" * 2**20 + b"\r\n") * 10)
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_answers_do_not_pile_up_for_who_does_not_read(victim: Victim) -> None:
    size = len(victim.say(get(ROWS, "Connection: close")))
    assert size > 2**20
    before = victim.resident()
    with victim.connect(received=4096) as connection:
        connection.sendall(get(ROWS) * 60)
        time.sleep(2)
        assert victim.resident() - before < 60 * size / 2 / 2**20


@pytest.mark.parametrize("fields", [(), ("Connection: close",)])
def test_who_leaves_an_answer_unread_is_given_up(victim: Victim, fields: tuple[str, ...]) -> None:
    victim.say(get(ROWS, "Connection: close"))  # it is kept from now on, and sent in one piece
    with victim.connect(received=4096) as connection:
        connection.sendall(get(ROWS) + get(ROWS, *fields))
        mine = connection.getsockname()[1]
        time.sleep(1.5)
        assert mine in open_ports(victim)
        time.sleep(12)  # three times the limit of a query and two seconds, and some
        assert mine not in open_ports(victim)


def open_ports(victim: Victim) -> set[int]:
    """Ports of the clients whose connections the server holds (proc(5), net/tcp)."""
    ours = f":{victim.address[1]:04X}"
    links = Path(f"/proc/{victim.process.pid}/fd").iterdir()
    held = {str(link.readlink())[8:-1] for link in links if str(link.readlink()).startswith("socket:")}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[2].partition(":")[2], 16) for row in rows if row[1].endswith(ours) and row[9] in held}


def test_who_leaves_with_more_requests_on_the_way_is_let_go(victim: Victim) -> None:
    with victim.connect() as connection:
        connection.sendall(get(ENDLESS) + get(ONE) + get(ONE))
        time.sleep(0.3)
    assert victim.say(get(ONE, "Connection: close")).endswith(b"one\r\n1\r\n")
    # the server's end says whether it took that for a mistake of its own


def test_short_queries_go_on_while_two_long_ones_wait(victim: Victim) -> None:
    with victim.connect() as first, victim.connect() as second:
        first.sendall(get(ENDLESS))
        time.sleep(0.1)
        second.sendall(get(ENDLESS + "%20"))  # soon put off by the reader for short ones
        time.sleep(1.6)
        fresh = quote("SELECT (2 AS ?one) {}")
        assert victim.say(get(fresh, "Connection: close")).endswith(b"one\r\n2\r\n")
        first.setblocking(False)
        with pytest.raises(BlockingIOError):  # still at work: nobody has waited for its end
            first.recv(1)


def test_the_end_comes_at_once_and_is_no_mistake(start: Callable[..., Any], small_store: Path) -> None:
    site = start(small_store, workers=1, timeout=20.0)
    parts = urlsplit(site.url)
    asked = (
        get(quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")),  # an answer that is not read
        get(ENDLESS),
        get(ENDLESS + "%20", "If-None-Match: x"),  # waits in a thread
        post("Content-Length: 9"),
    )
    with ExitStack() as stack:
        for request in asked:
            connection = stack.enter_context(socket.create_connection((parts.hostname, parts.port)))
            connection.sendall(request)
            time.sleep(0.2)
        site.process.send_signal(signal.SIGINT)
        assert site.process.wait(timeout=5) == 0
    assert site.process.stderr is not None
    assert "Traceback" not in site.process.stderr.read()


def test_a_large_form_keeps_nobody_waiting(victim: Victim) -> None:
    form = b"query=ASK{}&stray=%zz" + b"%41" * 3_000_000
    fields = f"Content-Length: {len(form)}\r\nConnection: close\r\n{FORM}"
    with victim.connect() as connection:
        connection.sendall(f"POST /sparql HTTP/1.1\r\nHost: e\r\n{fields}".encode() + form)
        connection.setblocking(False)
        waits = []
        while True:
            asked = time.monotonic()
            assert victim.say(b"GET /health HTTP/1.1\r\nHost: e\r\nConnection: close\r\n\r\n")
            waits.append(time.monotonic() - asked)
            try:
                assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
                break
            except BlockingIOError:
                continue
    assert max(waits) < 1.0  # unquoted in Python it takes more, all of it in one go


def test_readers_are_not_held_by_those_who_do_not_read(victim: Victim) -> None:
    long = get(quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"))
    with victim.connect(received=4096) as first, victim.connect(received=4096) as second:
        first.sendall(long)
        second.sendall(long)
        time.sleep(6.0)  # twice the limit of a query: both readers have been replaced
        fresh = quote("SELECT (3 AS ?one) {}")
        assert victim.say(get(fresh, "Connection: close")).endswith(b"one\r\n3\r\n")
