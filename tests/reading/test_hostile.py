"""Texts of the worst kind: reading ends, says the same twice, and its offsets hold the words it names."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Literal

from kg.errors import LanguageError
from kg.facts import Report
from kg.mapping import map_report
from kg.reading import Reader
from kg.reading.parsing import Limits, parse
from kg.vocab import NIF

TELLING = "Rebels killed 12 civilians in Goma on Monday, the Congolese army said."
NAMES = "Adam Bako, Dana Melko, Ivan Shuri, Omar Zenko"
ODD = [
    *("\x00", "\x07", "\x0b", "\x1b[31m", "\x1c", "\x7f", "\x85", "\ufeff", "\ufffd", "\ufffe", "\U0010ffff"),
    *(
        "\u200b",
        "\u200d",
        "\u2060",
        "\u00ad",
        "\u202e",
        "\u2066",
        "\u0301",
        "\u0338\u0338",
        "\u2028",
        "\u2029",
    ),
    *(
        "قال الجيش",
        "המורדים",
        "叛军",
        "повстанцы",
        "ʿAlī",
        "İĞŞ",
        "ß",
        "ﬁ",
        "½",
        "²",
        "٣",
        "𝟙𝟚",
        "🇸🇾",
        "👨‍👩‍👧‍👦",
    ),
    *(
        "<p>",
        "</div><br/>",
        "&nbsp;&amp;",
        "&#x1F4A3;",
        "<!--",
        "]]>",
        "http://a.b/c?d=e#f",
        "a@b.c",
        "\\n",
        "%s",
    ),
    *(
        "((((",
        "[1][2]",
        '""""',
        "“”’",
        "...",
        "…",
        "–—",
        "••",
        ";;",
        "$5m",
        "#1",
        "@x",
        "a.b.c.d",
        "x-y-z-",
        "/",
    ),
    *("\n", "\n\n\n", "\t", "  ", " \n ", "\r"),
]
WORDS = [*re.findall(r"\w+|[^\w\s]", TELLING + " " + NAMES), "IS", "US", "he", "it", "they", "the", "attack"]
MIXED = st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(ODD), st.text(max_size=4)), max_size=40)
SEPARATOR = st.sampled_from([" ", " ", "", "\n"])

NASTY = {
    "nothing": "",
    "one character": "x",
    "a combining mark alone": "\u0301",
    "only punctuation": "?!.,;:'()[]{}" * 60,
    "only newlines": "\n" * 3000,
    "only spaces of all kinds": " \t\u00a0\u2003\u3000\u2028\n" * 200,
    "only quotation marks": "\"“”'" * 200,
    "only controls": "".join(map(chr, range(32))) * 20,
    "a long word": "a" * 20_000,
    "a long word of marks": "([" * 400,
    "a long name": f"General {'Abu' * 3_000} said that he fled.",
    "a long number": f"{'9' * 5_000} people were killed.",
    "an Arabic sentence": f"{'قال الجيش إن المتمردين قتلوا 12 مدنيا في حلب. ' * 3}\n{TELLING}\n" * 5,
    "direction turned": f"\u202e{TELLING}\u202c \u2067{TELLING}\u2069",
    "joiners between letters": "\u200d".join(TELLING),
    "marks on letters": "".join(f"{c}\u0301" for c in TELLING),
    "emoji between words": TELLING.replace(" ", " 💥 "),
    "markup": f'<div class="x"><p>{TELLING}</p><script>if (a < b) {{ kill(12); }}</script></div>' * 5,
    "letters apart": " ".join(TELLING),
    "capitals": TELLING.upper() * 5,
    "no capitals": TELLING.lower() * 5,
    "a line a word": TELLING.replace(" ", "\n"),
    "one sentence again and again": f"{TELLING} " * 60,
    "a sentence without end": "rebels attacked the town and then the soldiers who had fled said that " * 30,
    "names without end": f"{NAMES}, " * 60,
    "a chain of conjunctions": "Rebels killed " + " and ".join(["soldiers"] * 350) + ".",
    "nested quotations": 'The army said "rebels said ' * 60,
    "brackets nested": "(" * 300 + "rebels" + ")" * 300,
    "days without end": "from Monday to 3 May 2022 and between June " * 40,
    "numbers without end": "at least 12 or 13 to 14 of 15, " * 30,
    "the word IS": "IS " * 300,
    "all surnames alike": ". ".join(f"{n} Hassan spoke" for n in ("Ali", "Omar", "Zaid")) * 40,
}


def check(reader: Reader, text: str) -> int:
    """Asserts what must hold of any text; the number of phrases and sentences."""
    report = Report("hostile", text)
    facts = reader.read(report)
    assert reader.read(report) == facts
    graph = map_report(facts, base_iri="https://example.org/", keep_text=False)
    anchors = list(graph.subject_objects(NIF.anchorOf))
    for node, words in anchors:
        offsets = [graph.value(node, p) for p in (NIF.beginIndex, NIF.endIndex)]
        begin, end = (o.value for o in offsets if isinstance(o, Literal))
        assert 0 <= begin < end <= len(text)
        assert str(words) == text[begin:end]
    named = {s for e in facts.entities for s in e.mentions} | {s for e in facts.events for s in e.triggers}
    assert len(anchors) == len(named) + len(facts.sentences)
    return len(anchors)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_a_nasty_text_is_read(text: str, reader: Reader) -> None:
    check(reader, text)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(parts=MIXED, separator=SEPARATOR)
def test_words_among_rubbish_are_read(parts: list[str], separator: str, reader: Reader) -> None:
    with suppress(LanguageError):  # words of another language may be nearly all of it
        check(reader, separator.join(parts))


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_rubbish_beside_a_sentence_moves_its_offsets_only(odd: str, reader: Reader) -> None:
    """The facts of a sentence are found behind rubbish of its own paragraph."""
    facts = reader.read(Report("plain", TELLING))
    text = f"{odd}\n\n{TELLING}"
    assert check(reader, text) > 0
    found = reader.read(Report("odd", text))
    killed = [e for e in facts.events if e.kind == "Killing"]
    moved = [text[s.begin : s.end] for e in found.events if e.kind == "Killing" for s in e.triggers]
    assert moved == [TELLING[s.begin : s.end] for e in killed for s in e.triggers] == ["killed"]


LIMITS = Limits(text=200, word=40, part=60, sentence=25)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 500, id="word"),
        pytest.param(f"{TELLING} " * 5 + "([" * 100 + f" {TELLING}", id="word among words"),
        pytest.param((f"{TELLING}\n\n" + "x " * 80) * 3, id="lines"),
        pytest.param("\n" * 900, id="newlines"),
        pytest.param("a\n\n" + " " * 900 + "b", id="spaces"),
        pytest.param("rebels and soldiers " * 30, id="sentence"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_cut_for_the_model_is_whole_again(text: str, reader: Reader) -> None:
    doc = parse(text, reader.nlp, cues=reader.lexicon.cues, limits=LIMITS)
    assert doc.text == text
    assert all(len(sentence) <= LIMITS.sentence for sentence in doc.sents)
    assert all(len(token) <= LIMITS.word or token.is_space for token in doc)


def test_cutting_changes_nothing_within_a_paragraph(reader: Reader) -> None:
    """A text that is read in pieces has the tokens, tags and sentences of one that is read as a whole."""
    paragraph = f"{TELLING} He fled to Kampala.\n\n"
    whole = parse(paragraph * 6, reader.nlp, cues=reader.lexicon.cues)
    cut = parse(paragraph * 6, reader.nlp, cues=reader.lexicon.cues, limits=LIMITS)
    assert [(t.text, t.tag_, t.sent.start) for t in cut] == [(t.text, t.tag_, t.sent.start) for t in whole]


def test_a_name_that_the_parser_parts_stands_in_one_sentence(reader: Reader) -> None:
    """The small model ends a sentence within this name."""
    check(reader, "He fled ,\nMédecins Sans Frontières said.")
