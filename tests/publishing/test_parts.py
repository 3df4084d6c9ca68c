"""Requests, journal, client and command, each by itself."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.cli import main
from kg.errors import ServiceError, StoreError
from kg.publishing.client import Client, Credentials
from kg.publishing.graphs import content, in_order
from kg.publishing.journal import open_journal
from kg.publishing.protocols import Change, Request, graph_store, update
from kg.store import Store

LINE = b"<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n"
TARGET = "http://127.0.0.1:1/store"
_ESCAPED = re.compile(rb"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")  # letters, before all else by section 19.2


class _Answers(BaseHTTPRequestHandler):
    """Answers what the test says next, and keeps what it was asked."""

    answers: list[tuple[int, dict[str, str], bytes]]
    asked: list[tuple[str, str, dict[str, str], bytes]]

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append((self.command, self.path, dict(self.headers), body))
        status, headers, text = self.answers.pop(0)
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(text))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_DELETE = do_PUT  # noqa: N815

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def scripted() -> Iterator[Callable[..., tuple[str, list[Any]]]]:
    """A server that gives these answers, one after the other: its address, and what it was asked."""
    servers: list[ThreadingHTTPServer] = []

    def start(*answers: tuple[int, dict[str, str], bytes]) -> tuple[str, list[Any]]:
        asked: list[Any] = []
        handler = type("Handler", (_Answers,), {"answers": list(answers), "asked": asked})
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/store", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def _put(url: str) -> Request:
    return next(graph_store(url, [Change("http://example.org/g", LINE)], batch=1))


def test_the_graph_store_protocol_takes_a_request_a_step() -> None:
    steps = [
        Change("urn:a&b", LINE),
        Change("urn:a&b", LINE, adds=True),
        Change("", LINE),
        Change("urn:c", None),
    ]
    found = [(r.method, r.url, r.body) for r in graph_store("http://h/s?x=1", steps, batch=1)]
    assert found == [
        ("PUT", "http://h/s?x=1&graph=urn%3Aa%26b", LINE),
        ("POST", "http://h/s?x=1&graph=urn%3Aa%26b", LINE),
        ("PUT", "http://h/s?x=1&default", LINE),
        ("DELETE", "http://h/s?x=1&graph=urn%3Ac", None),
    ]


def test_an_update_takes_steps_together() -> None:
    steps = [Change(f"urn:{n}", LINE) for n in range(5)] + [Change("urn:x", None), Change("", b"")]
    requests = list(update("http://h/u", steps, batch=3 * len(LINE)))
    assert [len(request.changes) for request in requests] == [2, 2, 3]
    assert requests[-1].body == (
        b"DROP SILENT GRAPH <urn:4> ;\nDROP SILENT GRAPH <urn:x> ;\nDROP SILENT DEFAULT ;\n"
        b"INSERT DATA {\nGRAPH <urn:4> {\n" + LINE + b"}\n}\n"
    )


def test_new_graphs_are_dropped_by_themselves_and_blank_nodes_go_alone() -> None:
    steps = [
        Change("urn:old", LINE, digest="1"),
        Change("urn:new", LINE, digest="2", new=True),
        Change("urn:blank", b"_:b <urn:p> _:b .\n", digest="3", blank=True, new=True),
        Change("", LINE, digest="4", new=True),
    ]
    requests = list(update("http://h/u", steps, batch=10_000))
    assert [request.body for request in requests] == [
        b"DROP SILENT GRAPH <urn:new>\n",
        b"DROP SILENT GRAPH <urn:old> ;\nINSERT DATA {\n"
        b"GRAPH <urn:old> {\n" + LINE + b"}\nGRAPH <urn:new> {\n" + LINE + b"}\n}\n",
        b"DROP SILENT GRAPH <urn:blank> ;\nINSERT DATA {\nGRAPH <urn:blank> {\n_:b <urn:p> _:b .\n}\n}\n",
        b"DROP SILENT DEFAULT\n",
        b"INSERT DATA {\n" + LINE + b"}\n",
    ]
    assert [[change.digest for change in request.changes] for request in requests] == [
        [None],
        ["1", "2"],
        ["3"],
        [None],
        ["4"],
    ]
    target = ox.Store()
    for request in [*requests, *requests]:
        assert request.body is not None
        target.update(request.body.decode())
    assert len(target) == 4


@settings(deadline=None)  # a busy machine
@given(st.text(st.characters(exclude_categories=["Cs"], include_characters="\\uU\n\"'0041\x07")))
def test_any_text_survives_an_update(text: str) -> None:
    quad = ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(text), ox.NamedNode("urn:g"))
    triples = f"{quad.subject} {quad.predicate} {quad.object} .\n".encode()
    target = ox.Store()
    for request in update("http://h/u", [Change("urn:g", triples)], batch=1):
        assert request.body is not None
        (line,) = (line for line in request.body.split(b"\n") if line.startswith(b"<urn:s>"))
        first = _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)).encode(), line)
        assert list(ox.parse(first, ox.RdfFormat.N_TRIPLES)) == [ox.Quad(*quad.triple)]
        target.update(request.body.decode())
    assert list(target) == [quad]


def test_content_does_not_depend_on_order_or_labels() -> None:
    rest = [LINE.replace(b"/b", b"/b%d" % n) for n in range(50)]
    one = [b"_:x <urn:p> _:y .\n", b'_:y <urn:p> "\\" _:z" .\n', *rest]
    two = [b"_:n1 <urn:p> _:n2 .\n", *reversed(rest), b'_:n2 <urn:p> "\\" _:z" .\n']
    with in_order(one) as first, in_order(two) as second:
        assert (first.digest, first.triples) == (second.digest, 52)
        pieces = list(first.pieces(100))
    assert b"".join(pieces).count(b"\n") == 52
    assert len(pieces) > 10
    assert pieces[0].count(b"_:b") == 3  # in one request
    assert not any(piece.startswith(b"_:") or b" _:b" in piece for piece in pieces[1:])
    with in_order(rest) as third:
        assert third.digest != first.digest


def test_an_empty_graph_has_a_piece_too() -> None:
    store = ox.Store()
    with content(store, "urn:none") as found:
        assert list(found.pieces(100)) == [b""]


def test_the_journal_remembers_and_forgets(tmp_path: Path) -> None:
    with open_journal(tmp_path, TARGET) as journal:
        journal.begun(["urn:a", "urn:b", "urn:c"])
        journal.done({"urn:a": "1", "urn:b": "2"})
        journal.gone(["urn:b"])
    with open_journal(tmp_path, TARGET) as journal:
        assert journal.known == {"urn:a": "1", "urn:c": None}
    with open_journal(tmp_path, TARGET + "2") as journal:
        assert journal.known == {}


def test_a_journal_whose_writer_died_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    with open_journal(tmp_path, TARGET) as journal:
        journal.done({"urn:a": "1"})
    (file,) = tmp_path.glob("*.jsonl")
    with file.open("a") as torn:
        torn.write('{"graph": "urn:a", "dig')
    with open_journal(tmp_path, TARGET) as journal:
        assert journal.known == {"urn:a": "1"}
        journal.begun(["urn:a"])
        with pytest.raises(StoreError, match="another process is publishing"), open_journal(tmp_path, TARGET):
            pass
    file.write_text("what?\n")
    with pytest.raises(StoreError, match="delete it"), open_journal(tmp_path, TARGET):
        pass


def test_a_busy_server_is_asked_again(scripted: Callable[..., tuple[str, list[Any]]]) -> None:
    url, asked = scripted((503, {}, b""), (429, {"Retry-After": "7"}, b""), (502, {}, b""), (204, {}, b""))
    pauses: list[float] = []
    Client(Credentials(user="me", password="p:w"), pause=pauses.append).send(_put(url))  # noqa: S106
    assert pauses == [0.5, 7.0, 2.0]
    assert [(method, path, body) for method, path, _, body in asked] == [
        ("PUT", "/store?graph=http%3A%2F%2Fexample.org%2Fg", LINE)
    ] * 4
    assert asked[0][2]["Authorization"] == "Basic bWU6cDp3"
    assert asked[0][2]["Content-Type"] == "application/n-triples"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((401, {}, b""), "KG_PUBLISH_TOKEN"),
        ((403, {}, b""), "rights"),
        ((404, {}, b""), "nothing is there"),
        ((413, {}, b""), "smaller --batch"),
        ((400, {}, b"line 1:\n  what?"), "answers 400: line 1: what\\?"),
        ((308, {"Location": "https://example.org/"}, b""), "give https://example.org/"),
    ],
)
def test_a_refusal_is_one_line(
    scripted: Callable[..., tuple[str, list[Any]]], answer: tuple[int, dict[str, str], bytes], reason: str
) -> None:
    url, asked = scripted(answer)
    with pytest.raises(ServiceError, match=reason) as raised:
        Client(Credentials()).send(_put(url))
    assert str(raised.value).startswith(f"{url}: ")
    assert "\n" not in str(raised.value)
    assert len(asked) == 1


def test_a_busy_server_is_given_up_in_the_end(scripted: Callable[..., tuple[str, list[Any]]]) -> None:
    url, asked = scripted(*[(503, {}, b"full")] * 6)
    with pytest.raises(ServiceError, match="answers 503: full"):
        Client(Credentials(), pause=lambda _: None).send(_put(url))
    assert len(asked) == 6


def test_what_is_already_gone_is_no_failure(scripted: Callable[..., tuple[str, list[Any]]]) -> None:
    url, _ = scripted((404, {}, b""))
    Client(Credentials()).send(next(graph_store(url, [Change("urn:g", None)], batch=1)))


def test_nobody_listening_is_one_line() -> None:
    with pytest.raises(ServiceError, match="is the server running"):
        Client(Credentials()).send(_put(TARGET))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of one triple."""
    path = tmp_path_factory.mktemp("parts") / "store"
    with Store.create_or_open(path, base_iri=None).writing() as batch:
        batch.database.load(LINE, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode("http://example.org/g"))
    return path


def test_the_command(
    store: Path, scripted: Callable[..., tuple[str, list[Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_PUBLISH_TOKEN", "secret")
    url, asked = scripted((201, {}, b""), (201, {}, b""))
    told = CliRunner().invoke(main, ["publish", url, "--store", str(store), "--dry-run"])
    assert told.stdout.splitlines()[0] == "send http://example.org/g 1"
    assert not asked
    done = CliRunner().invoke(main, ["publish", url, "--store", str(store)])
    assert done.exit_code == 0
    assert done.stderr.startswith("2 graphs sent (")
    assert [headers["Authorization"] for _, _, headers, _ in asked] == ["Bearer secret"] * 2
    again = CliRunner().invoke(main, ["publish", url, "--store", str(store)])
    assert again.stderr == "0 graphs sent (0 triples), 0 removed, 2 unchanged\n"


@pytest.mark.parametrize(
    ("url", "environment", "reason"),
    [
        ("http://me:secret@127.0.0.1/", {}, "can be seen by others"),
        ("ftp://127.0.0.1/", {}, "no address of a server"),
        ("127.0.0.1:80", {}, "no address of a server"),
        (TARGET, {"KG_PUBLISH_TOKEN": "a", "KG_PUBLISH_USER": "b"}, "leave one out"),
    ],
)
def test_wrong_usage(store: Path, url: str, environment: dict[str, str], reason: str) -> None:
    result = CliRunner().invoke(main, ["publish", url, "--store", str(store)], env=environment)
    assert result.exit_code == 2
    assert reason in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("url", "open_to_others"),
    [("http://a.invalid/", True), ("https://a.invalid/", False), ("http://[::1]:1/", False), (TARGET, False)],
)
def test_a_password_in_the_open_is_said_so(store: Path, url: str, open_to_others: bool) -> None:
    environment = {"KG_PUBLISH_USER": "me", "KG_PUBLISH_PASSWORD": "secret"}
    result = CliRunner().invoke(main, ["publish", url, "--store", str(store), "--dry-run"], env=environment)
    assert ("is not encrypted" in result.stderr) == open_to_others
    assert "secret" not in result.stderr
