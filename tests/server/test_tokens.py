from __future__ import annotations

import time

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.messages import Dataset
from server.tokens import asks_others, names_dataset, tokens, with_dataset


@pytest.mark.parametrize(
    "query",
    [
        "ASK { SERVICE <http://e/> {} }",
        "ASK { service<http://e/>{} }",
        "ASK { SeRvIcE ?x {} }",
        "ASK { SERVICE SILENT ?x {} SERVICE ?x {} }",
        "ASK{SERVICE?x{}}",
        "ASK { ?s ?p 1.SERVICE <http://e/> {} }",
        "ASK { ?s ?p true.SERVICE <http://e/> {} }",
        "ASK { ?s ?p ?o.SERVICE <http://e/> {} }",
        "ASK { ?s ?p 'x'SERVICE <http://e/> {} }",
        "ASK { # comment\nSERVICE <http://e/> {} }",
        "ASK { # comment\rSERVICE <http://e/> {} }",
        "ASK { ?s <http://e/#a> 'b' SERVICE <http://e/> {} }",
        "ASK { ?s <http://e/\\u0041#> ?o . SERVICE <http://e/> {} }",
        "ASK { ?s ?p '''it's #''' . SERVICE <http://e/> {} }",
        'ASK { ?s ?p "\\"" . SERVICE <http://e/> {} }',
        "ASK { ?s e:a\\' 1 . SERVICE <http://e/> {} }",
        "ASK { ?s e:a\\# 1 . SERVICE <http://e/> {} }",
        "ASK { ?s ?p 'x'@en-GB . SERVICE <http://e/> {} }",
        "ASK { FILTER(?a < 1) SERVICE <http://e/> {} }",
        "ASK { SERVICE SILENT <http://e/> {} }",
        "ASK { SERVICESILENT<http://e/> {} }",
        "ASK { ?s ?p 1e5SERVICE <http://e/> {} }",
        "ASK { ?s ?p trueSERVICE <http://e/> {} }",
        "ASK { GRAPH ?g { OPTIONAL { { SERVICE ?x {} } UNION {} } } }",
        "ASK { FILTER NOT EXISTS { SERVICE ?x {} } }",
        "SELECT * { { SELECT * { SERVICE ?x {} } } }",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://e/> { ?s ?p ?o } }",
        "DELETE DATA { <a:s> <a:p> 1 } ; DELETE { ?s ?p ?o } WHERE { SERVICE <http://e/> { ?s ?p ?o } }",
    ],
)
def test_a_service_clause_is_seen(query: str) -> None:
    assert asks_others(query)


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?service ?p $SERVICE }",
        "ASK { <http://e/#SERVICE> ?p <http://e/SERVICE> }",
        "ASK { ?s e:SERVICE service:x }",
        "ASK { ?s ?p _:service }",
        "ASK { ?s ?p 'SERVICE <http://e/> {}' }",
        'ASK { ?s ?p """a " SERVICE "" b""" }',
        "ASK { ?s ?p 'x'@service }",
        "ASK {} # SERVICE <http://e/> {}",
        "ASK { ?s e:service-description e:a.service }",
        "ASK { ?s ?p ?services . }",
    ],
)
def test_an_innocent_mention_is_not(query: str) -> None:
    assert not asks_others(query)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * FROM <http://e/> {}", True),
        ("SELECT * from named <http://e/> {}", True),
        ("SELECT * { ?s ?p 'FROM' ; e:from ?o }", False),
        ("SELECT ?from { { SELECT * { ?from ?p ?o } } }", False),
    ],
)
def test_names_dataset(query: str, expected: bool) -> None:
    assert names_dataset(query) is expected


@given(st.text(alphabet=st.sampled_from(list("aS:.<>\"'\\#?@{}\n 1-%_é"))))
def test_tokens_lie_where_they_say(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.begin < token.end
        assert text[token.begin : token.end].upper() == token.text
        end = token.end


@pytest.mark.parametrize("unit", ["a.", "<a", '"a\n', "'''", '"""x', "\\", "a:", "@a-", "{", "'"])
def test_a_megabyte_of_anything_is_read_in_linear_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    asks_others(text)
    assert time.process_time() - started < 8  # quadratic would be hours


USING = Dataset(("http://e/1", "http://e/2"), ("http://e/n",))


@pytest.mark.parametrize(
    ("update", "dataset", "expected"),
    [
        ("DELETE WHERE { ?s ?p ?o }", Dataset(), "DELETE WHERE { ?s ?p ?o }"),
        (
            "INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
            USING,
            "INSERT { ?s ?p 1 } USING <http://e/1> USING <http://e/2> USING NAMED <http://e/n> "
            "WHERE { ?s ?p ?o }",
        ),
        (
            "DELETE WHERE { ?s ?p '}' }; CLEAR ALL",
            Dataset(("http://e/1",)),
            "DELETE { ?s ?p '}' } USING <http://e/1> WHERE { ?s ?p '}' }; CLEAR ALL",
        ),
        (
            "INSERT { ?s ?p 1 } WHERE { { SELECT ?s ?p WHERE { ?s ?p ?o } } }",
            Dataset(("http://e/1",)),
            "INSERT { ?s ?p 1 } USING <http://e/1> WHERE { { SELECT ?s ?p WHERE { ?s ?p ?o } } }",
        ),
        ("INSERT DATA { <http://e/> <http://e/> 'WHERE' }", USING, None),
    ],
)
def test_dataset_of_an_update(update: str, dataset: Dataset, expected: str | None) -> None:
    rewritten = with_dataset(update, dataset)
    assert " ".join(rewritten.split()) == (expected or update)
    ox.Store().update(rewritten)  # still parses


@pytest.mark.parametrize("clause", ["USING <http://e/>", "USING NAMED <http://e/>"])
def test_two_datasets_conflict(clause: str) -> None:
    with pytest.raises(ValueError, match="USING or WITH"):
        with_dataset(f"DELETE {{ ?s ?p ?o }} {clause} WHERE {{ ?s ?p ?o }}", USING)
    with pytest.raises(ValueError, match="USING or WITH"):
        with_dataset("WITH <http://e/> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", USING)
