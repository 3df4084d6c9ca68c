"""Reports that are read together say the same as one by one, to the last bit of what the model found."""

from __future__ import annotations

import random

import pytest

from kg.errors import LanguageError
from kg.facts import Report
from kg.reading import Reader
from kg.reading.parsing import Limits, parse, parse_all

TELLING = "Rebels killed 12 civilians in Goma on Monday, the Congolese army (FARDC) said."
LIMITS = Limits(text=300, word=40, part=50, sentence=30)  # so small that ordinary texts are cut
TEXTS = [
    *("", " ", "\n\n\n", "x", "IS", "Hello.\n\n\n\n", "  \n\n \n He fled", "a" * 600, "?!.,;:'()[]{}" * 20),
    *(TELLING, TELLING.upper(), TELLING.lower(), f"{TELLING} " * 25, TELLING.replace(" ", "\n")),
    "Islamic State (IS) fighters “seized” the prison – IS said so.\n\n- On 20 January, 3 died\n- Others fled",
    "rebels attacked the town and then the soldiers who had fled said that " * 20,
    "General Abu Omar, Ivan Shuri and Dana Melko, who met in Kyiv, denied the air strike. It was theirs.",
    "قال الجيش إن المتمردين قتلوا 12 مدنيا في حلب.",
]
GERMAN = (
    "Die Rebellen haben am Montag mehrere Dörfer im Osten des Landes angegriffen und viele Menschen getötet."
)


@pytest.mark.parametrize("limits", [Limits(), LIMITS], ids=["whole", "cut"])
@pytest.mark.parametrize("size", [2, 3, 8, len(TEXTS)])
def test_docs_have_the_same_bytes(size: int, limits: Limits, reader: Reader) -> None:
    texts = random.Random(size).sample(TEXTS, len(TEXTS))  # noqa: S311 (no secret)
    cues = reader.lexicon.cues
    together = [
        doc.to_bytes()
        for begin in range(0, len(texts), size)
        for doc in parse_all(texts[begin : begin + size], reader.nlp, cues=cues, limits=limits)
    ]
    assert together == [parse(text, reader.nlp, cues=cues, limits=limits).to_bytes() for text in texts]


def test_facts_are_the_same_and_a_text_in_another_language_costs_itself_only(reader: Reader) -> None:
    texts = [TELLING, GERMAN * 3, *TEXTS[9:-1], GERMAN * 4, ""]
    reports = [Report(str(number), text) for number, text in enumerate(texts)]
    found = reader.read_together(reports)
    refused = [number for number, one in enumerate(found) if isinstance(one, LanguageError)]
    assert refused == [1, len(texts) - 2]
    for number, one in enumerate(found):
        if number not in refused:
            assert one == reader.read(reports[number])
    assert reader.read_together([]) == []
