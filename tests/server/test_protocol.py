from __future__ import annotations

from urllib.parse import unquote_to_bytes, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import RequestError
from server.messages import Dataset
from server.protocol import (
    FORM,
    QUERY,
    UPDATE,
    GraphTarget,
    Parameters,
    QueryRequest,
    UpdateRequest,
    absolute_iri,
    bearer_token,
    input_format,
    is_repeatable,
    percent_decoded,
    read_query,
    read_target,
    read_update,
)

ASK = "ASK {}"
NO_DATASET = Dataset()


@pytest.mark.parametrize(
    ("method", "query_string", "content_type", "body", "expected"),
    [
        ("GET", b"query=ASK+%7B%7D", None, b"", QueryRequest(ASK, NO_DATASET, None)),
        ("HEAD", b"query=ASK%20{}", None, b"", QueryRequest(ASK, NO_DATASET, None)),
        ("GET", b"", None, b"", None),
        ("GET", b"format=turtle", None, b"", None),
        ("POST", b"", FORM, b"query=ASK+{}", QueryRequest(ASK, NO_DATASET, None)),
        ("POST", b"", f"{FORM}; charset=UTF-8", b"query=ASK+{}", QueryRequest(ASK, NO_DATASET, None)),
        ("POST", b"", QUERY, b"ASK {}", QueryRequest(ASK, NO_DATASET, None)),
        (
            "POST",
            b"",
            'Application/SPARQL-Query;charset="utf-8"',
            b"ASK {}",
            QueryRequest(ASK, NO_DATASET, None),
        ),
        (
            "POST",
            b"default-graph-uri=http://e/a&default-graph-uri=http://e/b&named-graph-uri=http://e/c",
            QUERY,
            b"ASK {}",
            QueryRequest(ASK, Dataset(("http://e/a", "http://e/b"), ("http://e/c",)), None),
        ),
        (
            "POST",
            b"",
            FORM,
            b"query=ASK+{}&named-graph-uri=http://e/c&format=xml&unknown=1",
            QueryRequest(ASK, Dataset((), ("http://e/c",)), "xml"),
        ),
        # SPARQLWrapper says it three times
        (
            "GET",
            b"query=ASK+{}&format=json&output=json&results=json",
            None,
            b"",
            QueryRequest(ASK, NO_DATASET, "json"),
        ),
    ],
)
def test_queries(
    method: str, query_string: bytes, content_type: str | None, body: bytes, expected: QueryRequest | None
) -> None:
    assert read_query(method, query_string, content_type, body) == expected


@pytest.mark.parametrize(
    ("method", "query_string", "content_type", "body", "status", "reason"),
    [
        ("GET", b"query=ASK{}&query=ASK{}", None, b"", 400, "2 times"),
        ("POST", b"query=ASK{}", FORM, b"query=ASK{}", 400, "2 times"),
        ("POST", b"query=ASK{}", QUERY, b"ASK {}", 400, "body already"),
        ("POST", b"", FORM, b"update=CLEAR+ALL", 400, "no parameter 'query'"),
        ("POST", b"", None, b"ASK {}", 415, "without Content-Type"),
        ("POST", b"", "text/plain", b"ASK {}", 415, "text/plain"),
        ("POST", b"", UPDATE, b"CLEAR ALL", 415, UPDATE),
        ("POST", b"", f"{QUERY}; charset=utf-16", b"ASK {}", 415, "utf-16"),
        ("POST", b"", QUERY, b"\xff\xfe", 400, "not UTF-8"),
        ("GET", b"query=%FF%FE", None, b"", 400, "not UTF-8"),
        ("GET", b"query=ASK{}&default-graph-uri=relative", None, b"", 400, "absolute IRI"),
        ("GET", b"query=ASK{}&named-graph-uri=http://e/%3E", None, b"", 400, "absolute IRI"),
        ("GET", b"a&" * 1001, None, b"", 400, "more than 1000"),
    ],
)
def test_refused_queries(
    method: str, query_string: bytes, content_type: str | None, body: bytes, status: int, reason: str
) -> None:
    with pytest.raises(RequestError, match=reason) as caught:
        read_query(method, query_string, content_type, body)
    assert caught.value.status == status
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("query_string", "content_type", "body", "expected"),
    [
        (b"", UPDATE, b"CLEAR ALL", UpdateRequest("CLEAR ALL", NO_DATASET)),
        (b"", FORM, b"update=CLEAR+ALL", UpdateRequest("CLEAR ALL", NO_DATASET)),
        (
            b"using-graph-uri=http://e/a",
            UPDATE,
            b"CLEAR ALL",
            UpdateRequest("CLEAR ALL", Dataset(("http://e/a",), ())),
        ),
        (
            b"",
            FORM,
            b"update=CLEAR+ALL&using-named-graph-uri=http://e/a",
            UpdateRequest("CLEAR ALL", Dataset((), ("http://e/a",))),
        ),
    ],
)
def test_updates(query_string: bytes, content_type: str, body: bytes, expected: UpdateRequest) -> None:
    assert read_update(query_string, content_type, body) == expected


@pytest.mark.parametrize(
    ("query_string", "content_type", "body", "status"),
    [
        (b"", QUERY, b"ASK {}", 415),
        (b"", FORM, b"query=ASK+{}", 400),
        (b"update=CLEAR+ALL", UPDATE, b"CLEAR ALL", 400),
        (b"", FORM, b"update=CLEAR+ALL&update=CLEAR+ALL", 400),
    ],
)
def test_refused_updates(query_string: bytes, content_type: str, body: bytes, status: int) -> None:
    with pytest.raises(RequestError) as caught:
        read_update(query_string, content_type, body)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("query_string", "expected"),
    [
        (b"default", GraphTarget(None)),
        (b"default=", GraphTarget(None)),
        (b"graph=http%3A%2F%2Fe%2F%2531", GraphTarget("http://e/%31")),
        (b"graph=http://e/%31", GraphTarget("http://e/1")),
        (b"", None),
    ],
)
def test_graph_targets(query_string: bytes, expected: GraphTarget | None) -> None:
    assert read_target(query_string) == expected


@pytest.mark.parametrize(
    "query_string", [b"default&graph=http://e/", b"graph=g", b"graph=http://e/&graph=http://e/"]
)
def test_refused_graph_targets(query_string: bytes) -> None:
    with pytest.raises(RequestError) as caught:
        read_target(query_string)
    assert caught.value.status == 400


@given(st.text())
def test_a_query_is_decoded_once(text: str) -> None:
    encoded = urlencode({"query": text}).encode()
    asked = read_query("GET", encoded, None, b"")
    assert asked is not None
    assert asked.text == text
    assert read_query("POST", b"", FORM, encoded) == asked


@given(st.text())
def test_no_iri_breaks_out_of_its_brackets(text: str) -> None:
    try:
        iri = absolute_iri(f"http://e/{text}")
    except RequestError:
        return
    assert not set(iri) & set('<>"{}|^`\\ \n\t')


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Basic abc", None),
        ("Bearer", None),
        ("Bearer ", None),
        ("abc", None),
        (None, None),
    ],
)
def test_bearer_token(header: str | None, expected: str | None) -> None:
    assert bearer_token(header) == expected


def test_input_formats() -> None:
    assert input_format("text/turtle; charset=utf-8") == "text/turtle"
    assert input_format("text/plain") == "application/n-triples"
    with pytest.raises(RequestError) as caught:
        input_format("image/png")
    assert caught.value.status == 415


@pytest.mark.parametrize(
    ("query", "expected"), [("SELECT (Now() AS ?n) {}", False), ("ASK { ?s ?p 1 }", True)]
)
def test_repeatable(query: str, expected: bool) -> None:
    assert is_repeatable(query) is expected


@given(st.binary(max_size=60) | st.text(alphabet="%=+&aF0_\r\n \t3D", max_size=60).map(str.encode))
def test_percent_signs_are_decoded_as_everywhere(data: bytes) -> None:
    assert percent_decoded(data) == unquote_to_bytes(data)


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=20)), max_size=5))
def test_parameters_come_back(pairs: list[tuple[str, str]]) -> None:
    pairs = [pair for pair in pairs if not any("\ud800" <= each <= "\udfff" for each in "".join(pair))]
    parameters = Parameters(urlencode(pairs).encode())
    for name, _value in pairs:
        assert parameters.all(name) == tuple(value for key, value in pairs if key == name)
