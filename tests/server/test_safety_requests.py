"""Requests made to break the server: refused with a problem that says what is wrong, never a 500."""

from __future__ import annotations

import json
import socket
import string
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ONE = "SELECT (1 AS ?one) {}"
N = 100_000
QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def open_site(start: Callable, tmp_path_factory: pytest.TempPathFactory):
    """A server that takes updates, with a short limit."""
    from kg.store import Store

    path: Path = tmp_path_factory.mktemp("open") / "store"
    Store.create_or_open(path, base_iri="http://e/id/")
    return start(path, workers=2, timeout=3.0, allow_update=True, token="a-long-secret")  # noqa: S106


def check_refused(answer, *statuses: int) -> dict:
    """The problem that an answer has; one line of JSON."""
    assert answer.status in statuses, answer.text[:300]
    assert answer.media_type == "application/problem+json"
    problem = json.loads(answer.body)
    assert problem["status"] == answer.status
    assert problem["detail"].strip()
    assert len(answer.body) < 2000
    assert answer.text.count("\n") == 1
    return problem


@pytest.mark.parametrize(
    "query",
    [
        "ASK { BIND(" + "(" * N + "1" + ")" * N + " AS ?x) }",
        "ASK { FILTER" + "(" * N,
        "ASK " + "{" * N + "}" * N,
        "ASK { ?s " + "(" * N + "<a:p>" + ")" * N + " ?o }",
        "ASK { ?s " + "^" * N + "<a:p> ?o }",
        "ASK { ?s ?p " + "[ ?p " * N + "1" + "]" * N + " }",
        "ASK { ?s ?p " + "( " * N + "1" + ")" * N + " }",
        "ASK " + "{ SELECT * { " * (N // 4) + "}" * (N // 2),
        "ASK { FILTER(" + "NOT EXISTS { FILTER(" * (N // 4),
        "SELECT (" + "IF(1," * N + "1" + ",1)" * N + " AS ?x) {}",
        "ASK { " + "<<( ?s ?p " * N + "1" + ")>>" * N + " }",
    ],
    ids=range(11),
)
def test_nesting_a_hundred_thousand_deep(open_site, query: str) -> None:
    answer = open_site.ask("POST", "/sparql", query.encode(), {"Content-Type": QUERY})
    check_refused(answer, 400, 413, 503)
    assert open_site.query(ONE).status == 200


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:s> <a:p> " + "( " * N + "1" + ")" * N + " }",
        "DELETE WHERE " + "{" * N + "}" * N,
        "INSERT { ?s ?p ?o } WHERE { FILTER" + "(" * N + "1" + ")" * N + " }",
        ";" * N,
        "PREFIX a: <" + "x" * 10 + ">" + " PREFIX b:" * N,
    ],
    ids=range(5),
)
def test_updates_nested_deeply(open_site, update: str) -> None:
    check_refused(open_site.update(update), 400, 413, 503)
    assert open_site.update("INSERT DATA { <a:s> <a:p> 1 }").status == 204


def test_huge_values_are_answered_or_refused(open_site) -> None:
    rows = " ".join(str(number) for number in range(150_000))
    query = f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {rows} }} }}"
    answer = open_site.ask("POST", "/sparql", query.encode(), {"Content-Type": QUERY})
    assert answer.status == 200
    query = f"SELECT * {{ VALUES ?x {{ {rows} {rows} }} }}"
    check_refused(open_site.ask("POST", "/sparql", query.encode(), {"Content-Type": QUERY}), 413)


@pytest.mark.parametrize(
    "target",
    [
        *("/sparql?query=%", "/sparql?query=%4", "/sparql?query=%zz", "/sparql?query=%00"),
        *("/sparql?query=%FF", "/sparql?query=%C0%AF", "/sparql?query=%ED%A0%80"),
        "/sparql?query=a%0d%0aX-Injected:%201",
        *("/sparql?&&&&=&query", "/sparql?query=" + "&query=".join("ab"), "/sparql?query=ASK{}&format=%00"),
        *("/graph-store?graph=%00", "/graph-store?graph=http://e/%0d%0aX:1", "/graph-store?graph=%FF"),
        *("/describe?iri=%00", "/describe?iri=http://e/%20", "/describe?iri=%FF", "/id/%00", "/id/%FF%FE"),
        *("/search?q=%00", "/search?q=%FF", "/search?q=a&limit=%C2%B2", "/search?q=" + "a" * 600),
        *("/search/suggest?q=%00", "/reconcile?queries=%00", "/reconcile?queries=[]"),
        *("/reconcile?extend={", "/reconcile/preview?id=%00", "/reconcile/suggest/entity?prefix=%FF"),
        *("/static/%00", "/static/..%2f"),
        *("/" + "a" * 30_000, "/%2e%2e/%2e%2e/etc/passwd", "//127.0.0.1/", "/sparql/" + "%2F" * 1000),
    ],
)  # fmt: skip
def test_broken_encoding_and_odd_values(open_site, target: str) -> None:
    answer = open_site.ask("GET", target)
    assert answer.status < 500, answer.text[:300]
    assert "x-injected" not in answer.headers
    if answer.status >= 400:
        check_refused(answer, *range(400, 500))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/json"}, 415),
        ({"Content-Type": ";;;=,"}, 415),
        ({"Content-Type": f"{QUERY}; charset=utf-16"}, 415),
        ({"Content-Type": QUERY, "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "multipart/form-data"}, 415),
        ({"Content-Type": QUERY, "Accept": "image/png"}, 406),
        ({"Content-Type": QUERY, "Accept": ";q=2,,/;x"}, 406),
        ({"Content-Type": "x" * 5000}, 415),
    ],
)
def test_headers_that_do_not_fit(open_site, headers: dict[str, str], status: int) -> None:
    problem = check_refused(open_site.ask("POST", "/sparql", b"ASK {}", headers), status, 400)
    assert problem["title"]


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a b<>\"'\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: e:99999999\r\n\r\n",
        b"GET /sparql HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET /sparql HTTP/1.1\r\n" + b"X: 1\r\n" * 10_000 + b"\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: e\r\nContent-Length: -5\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: e\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"POST /sparql HTTP/1.1\r\nHost: e\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: e\r\nX: a\x00b\r\n\r\n",
        b"GET /sparql\x00 HTTP/1.1\r\nHost: e\r\n\r\n",
        b"GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: e\r\n\r\n",
        b"G\xc3\x89T / HTTP/1.1\r\nHost: e\r\n\r\n",
        b"BREW /sparql HTTP/1.1\r\nHost: e\r\n\r\n",
        b'GET / HTTP/9.9\r\nHost: e\r\nIf-None-Match: "\x80, W/\r\n\r\n',
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: e\r\nRange: bytes=9-1,a\r\nIf-None-Match: *\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=range(20),
)
def test_heads_that_are_no_request(open_site, head: bytes) -> None:
    parts = urlsplit(open_site.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(head)
        try:
            connection.shutdown(socket.SHUT_WR)
            answer = connection.makefile("rb").read()
        except OSError:  # refused, and the connection closed, before all was sent
            answer = b""
    status = answer.split(b" ", 2)[1] if answer.startswith(b"HTTP/") else b""
    if status.startswith(b"4"):
        assert b"application/problem+json" in answer
    assert not status.startswith(b"5") or status in (b"501", b"505"), answer[:300]
    assert open_site.query(ONE).status == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "place"),
    [
        ("POST", "/sparql", "SELECT * {\n ?s ?p }", (2, 9)),
        ("POST", "/update", "INSERT DATA {\n\n <a:s> <a:p> }", (3, 14)),
    ],
)
def test_a_syntax_error_has_its_place(
    open_site, method: str, path: str, body: str, place: tuple[int, int]
) -> None:
    media_type = QUERY if path == "/sparql" else UPDATE
    headers = {"Content-Type": media_type, "Authorization": "Bearer a-long-secret"}
    problem = check_refused(open_site.ask(method, path, body.encode(), headers), 400)
    assert (problem["line"], problem["column"]) == place


SPARQL = (
    "SELECT ASK CONSTRUCT DESCRIBE WHERE { } ( ) * ?x $y <http://e/> <a b> _:b e:x PREFIX e: BASE FROM "
    "NAMED OPTIONAL UNION MINUS FILTER BIND AS VALUES UNDEF SERVICE SILENT LIMIT 1 -1 1e9 'a' \"b '''c @en "
    "^^ . ; , | / ^ + ! GRAPH = < > && || NOT EXISTS IN COUNT DISTINCT GROUP BY ORDER HAVING << >> <<( )>> "
    "[ ] a true # \\ \\u0000 \x00 \ud7ff é 𝄞 INSERT DELETE DATA LOAD CLEAR ALL DROP WITH USING INTO TO COPY"
)
WORDS = st.sampled_from(SPARQL.split(" "))
TEXTS = st.lists(WORDS, max_size=40).map(" ".join) | st.text(max_size=200).map(
    lambda text: text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
)
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(
    body=TEXTS.map(str.encode) | st.binary(max_size=300),
    kind=st.sampled_from([QUERY, FORM, "text/plain", ""]),
)
def test_any_body_of_a_query(open_site, body: bytes, kind: str) -> None:
    check_any(open_site.ask("POST", "/sparql", body, {"Content-Type": kind}))


@FUZZ
@given(body=TEXTS.map(str.encode) | st.binary(max_size=300), kind=st.sampled_from([UPDATE, FORM, "a/b"]))
def test_any_body_of_an_update(open_site, body: bytes, kind: str) -> None:
    headers = {"Content-Type": kind, "Authorization": "Bearer a-long-secret"}
    check_any(open_site.ask("POST", "/update", body, headers))


@FUZZ
@given(
    body=st.binary(max_size=300) | TEXTS.map(str.encode),
    kind=st.sampled_from(
        [
            *("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"),
            UPDATE,
            "x/y",
        ]
    ),
    method=st.sampled_from(["PUT", "POST", "PATCH"]),
)
def test_any_document_for_the_graph_store(open_site, body: bytes, kind: str, method: str) -> None:
    headers = {"Content-Type": kind, "Authorization": "Bearer a-long-secret"}
    check_any(open_site.ask(method, "/graph-store?graph=http://e/fuzz", body, headers))


@FUZZ
@given(
    path=st.sampled_from(
        ["/sparql", "/query", "/describe", "/search", "/reconcile", "/graph-store", "/id/x", "/void"]
    ),
    parameters=st.lists(
        st.tuples(
            st.sampled_from(
                ["query", "iri", "q", "graph", "default", "format", "queries", "default-graph-uri", "limit"]
            ),
            st.text(max_size=40),
        ),
        max_size=4,
    ),
    accept=st.text(alphabet=string.printable.strip(), max_size=40),
)
def test_any_parameters(open_site, path: str, parameters: list[tuple[str, str]], accept: str) -> None:
    encoded = "&".join(
        f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in parameters
    )
    check_any(open_site.ask("GET", f"{path}?{encoded}", headers={"Accept": accept}))


def check_any(answer) -> None:
    """Any answer but a mistake of the server; a time limit may be reached."""
    assert answer.status < 500 or (answer.status == 503 and "longer than" in answer.text), answer.text[:500]
    if answer.status >= 400 and answer.media_type != "text/html":
        check_refused(answer, answer.status)


DEEP = 20_000
XML = (
    b"<!DOCTYPE r [%s]><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='http://e/'>"
    b"<rdf:Description rdf:about='http://e/'><e:p>%s</e:p></rdf:Description></rdf:RDF>"
)
ENTITIES = [
    b'<!ENTITY a0 "%s">' % (b"x" * 1000),
    *(b'<!ENTITY a%d "%s">' % (number, b"&a%d;" % (number - 1) * 10) for number in range(1, 8)),
]


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/turtle", b"<a:s> <a:p> " + b"(" * DEEP + b")" * DEEP + b" ."),
        ("text/turtle", b"<a:s> <a:p> " + b"[ <a:p> " * DEEP + b"1" + b"]" * DEEP + b" ."),
        ("application/rdf+xml", b"<a>" * DEEP),
        (
            "application/rdf+xml",
            XML % (b"".join(ENTITIES), b"&a7;"),
        ),
        (
            "application/rdf+xml",
            XML % (b'<!ENTITY a SYSTEM "file:///etc/passwd">', b"&a;"),
        ),
        ("application/ld+json", b'{"a":' * DEEP + b"1" + b"}" * DEEP),
        ("application/ld+json", b"[" * 100_000),
        ("application/ld+json", b'{"@context": "http://127.0.0.1:9/", "@id": "http://e/", "e:p": 1}'),
        ("application/ld+json", b'{"@context": "file:///etc/passwd", "@id": "http://e/", "e:p": 1}'),
        ("application/trig", b"<a:g> { <a:s> <a:p> 1 }"),
    ],
    ids=range(10),
)  # fmt: skip
def test_documents_that_are_bombs(open_site, media_type: str, body: bytes) -> None:
    headers = {"Content-Type": media_type, "Authorization": "Bearer a-long-secret"}
    answer = open_site.ask("PUT", "/graph-store?graph=http://e/bomb", body, headers)
    assert answer.status in (201, 204, 400, 413, 503)
    assert b"root:" not in open_site.get("/graph-store?graph=http://e/bomb", "text/turtle").body
    assert open_site.query(ONE).status == 200
    assert open_site.update("INSERT DATA { <a:s> <a:p> 1 }").status == 204
