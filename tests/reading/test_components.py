"""Single components of the reading: grammar on Docs built by hand, paragraphs, offsets, derived relations,
errors in the lexicon, and what holds of the facts of any text."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, parse
from spacy.lang.en import English
from spacy.tokens import Doc, Token

from kg.errors import DataError
from kg.facts import Entity, Event, Kind, Report, Role, Span, Status
from kg.lexicon import ClassTree, load_lexicon
from kg.reading import Reader, grammar
from kg.reading.derivation import derive_relations
from kg.reading.parsing import paragraph_starts
from kg.reading.parsing import parse as parse_text

SIT = "https://w3id.org/sitrep/ontology#"
SUBCLASS = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
VOCAB = English().vocab


def by_hand(table: str) -> Doc:
    """A Doc from rows "word/tag/pos/dependency/head", the head by its number from 0."""
    rows = [row.split("/") for row in table.split()]
    words, tags, pos, deps, heads = (list(column) for column in zip(*rows, strict=True))
    return Doc(
        VOCAB,
        words=words,
        tags=tags,
        pos=pos,
        deps=deps,
        heads=[int(head) for head in heads],
        lemmas=[word.lower() for word in words],
    )


ACTIVE = by_hand(
    "Rebels/NNS/NOUN/nsubj/3 and/CC/CCONJ/cc/0 deserters/NNS/NOUN/conj/0 shelled/VBD/VERB/ROOT/3 "
    "towns/NNS/NOUN/dobj/3 and/CC/CCONJ/cc/4 farms/NNS/NOUN/conj/4"
)
PASSIVE = by_hand(
    "Towns/NNS/NOUN/nsubjpass/2 were/VBD/AUX/auxpass/2 shelled/VBN/VERB/ROOT/2 by/IN/ADP/agent/2 "
    "rebels/NNS/NOUN/pobj/3 and/CC/CCONJ/cc/4 deserters/NNS/NOUN/conj/4 "
    "near/IN/ADP/prep/2 Homs/NNP/PROPN/pobj/7"
)
SHARED = by_hand(
    "Soldiers/NNS/NOUN/nsubj/1 raided/VBD/VERB/ROOT/1 shops/NNS/NOUN/dobj/1 and/CC/CCONJ/cc/1 "
    "arrested/VBD/VERB/conj/1 men/NNS/NOUN/dobj/4"
)
TRIED = by_hand(
    "Rebels/NNS/NOUN/nsubj/1 tried/VBD/VERB/ROOT/1 to/TO/PART/aux/3 seize/VB/VERB/xcomp/1 "
    "Homs/NNP/PROPN/dobj/3"
)
ORDERED = by_hand(
    "Troops/NNS/NOUN/nsubj/1 ordered/VBD/VERB/ROOT/1 villagers/NNS/NOUN/dobj/1 to/TO/PART/aux/4 "
    "leave/VB/VERB/xcomp/1"
)
REDUCED = by_hand(
    "Men/NNS/NOUN/nsubj/4 abducted/VBN/VERB/acl/0 by/IN/ADP/agent/1 rebels/NNS/NOUN/pobj/2 "
    "returned/VBD/VERB/ROOT/4"
)
OUT_OF = by_hand(
    "Troops/NNS/NOUN/nsubj/1 pulled/VBD/VERB/ROOT/1 out/IN/ADP/prep/1 of/IN/ADP/prep/2 Homs/NNP/PROPN/pobj/3"
)
NOMINAL = by_hand(
    "The/DT/DET/det/1 rebels/NNS/NOUN/poss/4 's/POS/PART/case/1 night/NN/NOUN/compound/4 "
    "raid/NN/NOUN/nsubj/5 killed/VBD/VERB/ROOT/5 two/CD/NUM/nummod/7 guards/NNS/NOUN/dobj/5"
)


def words(tokens: list[Token]) -> list[str]:
    return [token.text for token in tokens]


@pytest.mark.parametrize(
    ("doc", "verb", "subjects", "objects", "agents", "passive"),
    [
        (ACTIVE, 3, ["Rebels", "deserters"], ["towns", "farms"], [], False),
        (PASSIVE, 2, ["Towns"], [], ["rebels", "deserters"], True),
        (SHARED, 4, ["Soldiers"], ["men"], [], False),
        (TRIED, 3, ["Rebels"], ["Homs"], [], False),
        (ORDERED, 4, ["villagers"], [], [], False),
        (REDUCED, 1, ["Men"], [], ["rebels"], True),
    ],
)
def test_who_does_it_to_whom(
    doc: Doc, verb: int, subjects: list[str], objects: list[str], agents: list[str], passive: bool
) -> None:
    assert words(grammar.subjects(doc[verb])) == subjects
    assert words(grammar.objects(doc[verb])) == objects
    assert words(grammar.agents(doc[verb])) == agents
    assert grammar.is_passive(doc[verb]) is passive


@pytest.mark.parametrize(
    ("doc", "verb", "found"),
    [
        (PASSIVE, 2, [("by", "rebels"), ("by", "deserters"), ("near", "Homs")]),
        (OUT_OF, 1, [("out", "Homs")]),
        (ACTIVE, 3, []),
    ],
)
def test_prepositions_with_their_objects(doc: Doc, verb: int, found: list[tuple[str, str]]) -> None:
    assert [(prep, token.text) for prep, token in grammar.prepositions(doc[verb])] == found


def test_slots_of_a_noun() -> None:
    raid = NOMINAL[4]
    assert words(grammar.possessors(raid)) == ["rebels"]
    assert words(grammar.modifiers(raid)) == ["night"]
    assert grammar.governing_verb(raid) == (NOMINAL[5], "nsubj")
    assert grammar.governing_verb(NOMINAL[3]) is None


def test_conjuncts_to_the_right() -> None:
    assert words(list(grammar.with_conjuncts(ACTIVE[0]))) == ["Rebels", "deserters"]
    assert words(list(grammar.with_conjuncts(ACTIVE[2]))) == ["deserters"]


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("One paragraph.", ["One paragraph."]),
        ("First.\n\nSecond.", ["First.", "Second."]),
        ("Rebels take town\nRebels took a town.", ["Rebels take town", "Rebels took a town."]),
        ("In brief:\n- One.\n- Two.", ["In brief:", "- One.", "- Two."]),
        (
            "A line that was wrapped by a mail program at about seventy-two characters\nruns on.",
            ["A line that was wrapped by a mail program at about seventy-two characters\nruns on."],
        ),
        ("First.\n \nSecond.", ["First.", "Second."]),
        ("", []),
    ],
)
def test_paragraphs(text: str, paragraphs: list[str]) -> None:
    starts = sorted(paragraph_starts(text))
    pieces = [text[a:b].strip() for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    assert [piece for piece in pieces if piece] == paragraphs


@pytest.mark.parametrize(
    "text",
    [
        "IS fighters attacked a prison.  The IS men fled to the US.",
        "“They’re gone,” said Amina’s brother – a trader — at the ‘old’ gate.",
        "REBELS TAKE GOMA\n\nThe WHO says AU troops\tleft.\n",
        "  A leading space,\na line end, a no-break\u00a0space and an emoji 🕊.",
    ],
)
def test_the_doc_keeps_the_words_and_offsets_of_the_report(text: str, reader: Reader) -> None:
    doc = parse_text(text, reader.nlp, cues=reader.lexicon.cues)
    assert doc.text == text
    assert all(text[t.idx : t.idx + len(t)] == t.text for t in doc)


def test_is_is_a_name_in_capitals_only(reader: Reader) -> None:
    doc = parse_text("IS is a group that the US fights.", reader.nlp, cues=reader.lexicon.cues)
    assert doc[0].text == "IS"
    assert doc[0].pos_ in ("PROPN", "NOUN")
    assert (doc[1].text, doc[1].pos_) == ("is", "AUX")


def thing(key: str, *classes: str) -> Entity:
    return Entity(key=key, kind=Kind.GROUP, name=key, classes=classes, named=True)


ENTITIES = {
    entity.key: entity
    for entity in (
        thing("army", "StateForce"),
        thing("rebels", "ArmedGroup"),
        thing("men", "Group"),
        thing("drone", "Aircraft"),
        thing("town", "Settlement"),
        thing("jail", "Prison"),
    )
}


def happening(kind: str, roles: str, *, key: str = "e1", status: Status = Status.REPORTED) -> Event:
    """An event with roles written "agent=army target=rebels"."""
    pairs = [part.split("=") for part in roles.split()]
    return Event(
        key=key,
        kind=kind,
        triggers=(Span(0, 1),),
        evidence=(Span(0, 9),),
        status=status,
        confidence=0.5,
        roles=tuple(Role(name, entity) for name, entity in pairs),
        attributed_to=("men",),
    )


DERIVED = [
    ("Clash", "agent=army target=rebels", [("army", "fights", "rebels")]),
    ("Clash", "participant=army participant=rebels", [("army", "fights", "rebels")]),
    ("Clash", "participant=army place=town", []),
    ("Attack", "agent=army target=town", [("army", "attacks", "town"), ("army", "conducts", "e1")]),
    (
        "SuicideBombing",
        "agent=rebels target=men",
        [("rebels", "attacks", "men"), ("rebels", "conducts", "e1")],
    ),
    ("PrisonBreak", "agent=men", [("men", "conducts", "e1")]),
    ("AirStrike", "agent=drone target=town", [("drone", "attacks", "town")]),  # no weapon conducts
    ("Support", "agent=army target=rebels", [("army", "supports", "rebels")]),
    (
        "Detention",
        "agent=army place=jail target=men",
        [("army", "holds", "men"), ("jail", "holds", "men")],
    ),
    ("Detention", "place=town target=men", []),
    ("Capture", "agent=army target=men", [("army", "captured", "men")]),
    ("HostageTaking", "agent=rebels target=men", [("rebels", "captured", "men")]),
    ("Killing", "agent=army target=men", [("army", "killed", "men")]),
    ("Killing", "target=men place=town", []),
    ("TakeControl", "agent=rebels target=town", [("rebels", "controls", "town")]),
    ("Accusation", "speaker=army target=rebels", [("army", "accuses", "rebels")]),
    ("Meeting", "participant=army participant=men", [("army", "metWith", "men")]),
    ("Displacement", "agent=men origin=town", [("men", "displacedFrom", "town")]),
    ("Displacement", "agent=army target=men origin=town", [("men", "displacedFrom", "town")]),
    ("Release", "agent=army target=men", []),
    ("Statement", "speaker=army", []),
]


@pytest.mark.parametrize(("kind", "roles", "relations"), DERIVED)
def test_relations_that_follow_from_a_reported_event(
    kind: str, roles: str, relations: list[tuple[str, str, str]], tree: ClassTree
) -> None:
    found = derive_relations([happening(kind, roles)], ENTITIES, tree)
    assert [(r.subject, r.predicate, r.object) for r in found] == relations
    assert all(r.derived_from == ("e1",) and r.evidence == (Span(0, 9),) for r in found)
    assert all(r.attributed_to == ("men",) for r in found)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.REPORTED])
def test_nothing_follows_from_an_event_that_is_not_reported(status: Status, tree: ClassTree) -> None:
    events = [
        happening(kind, roles, key=f"e{n}", status=status) for n, (kind, roles, _) in enumerate(DERIVED)
    ]
    assert derive_relations(events, ENTITIES, tree) == []


def test_a_relation_of_two_events_is_one(tree: ClassTree) -> None:
    events = [
        happening("Clash", "agent=army target=rebels", key="e1"),
        happening("Clash", "agent=rebels target=army", key="e2"),
    ]
    (found,) = derive_relations(events, ENTITIES, tree)
    assert (found.subject, found.object, found.derived_from) == ("army", "rebels", ("e1", "e2"))


@pytest.mark.parametrize(
    ("file", "line", "reason"),
    [
        ("events.toml", '[[trigger]]\nevent = "Explosion"', "'Explosion' is no class of events"),
        ("events.toml", '[[trigger]]\nevent = "Prison"', "'Prison' is no class of events"),
        ("events.toml", '[[trigger]]\nevent = "Raid"\nsubject = "culprit"', "unknown role 'culprit'"),
        ("events.toml", '[[trigger]]\nevent = "Raid"\nadverbs = ["fast"]', "unknown field 'adverbs'"),
        ("events.toml", '[[trigger]]\nevent = "Raid"\nonly = ["Castle"]', "unknown class 'Castle'"),
        ("kinds.toml", '[Castle]\nnouns = ["castle"]', "unknown class 'Castle'"),
        ("classes.toml", 'Company = ["Prison"]', "Prison stands under two classes"),
    ],
)
def test_a_wrong_lexicon_names_file_and_line(
    file: str, line: str, reason: str, ontology: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(ontology / "lexicon", tmp_path / "lexicon"))
    path = folder / file
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_lexicon(folder)
    where, _, what = str(caught.value).partition(": ")
    assert what.startswith(reason)
    name, _, number = where.rpartition(":")
    assert name == str(path)
    wrong = reason.split("'")[1] if "'" in reason else "Prison"
    assert wrong in path.read_text(encoding="utf-8").splitlines()[int(number) - 1]


def test_a_lexicon_that_is_no_toml_or_missing_names_the_file(ontology: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ontology / "lexicon", tmp_path / "lexicon"))
    (folder / "cues.toml").write_text("light_verbs = [", encoding="utf-8")
    with pytest.raises(DataError, match=r"cues\.toml: is not TOML"):
        load_lexicon(folder)
    (folder / "cues.toml").unlink()
    with pytest.raises(DataError, match=r"cues\.toml: cannot be read"):
        load_lexicon(folder)


def test_the_class_tree_is_the_ontologys(tree: ClassTree, ontology: Path) -> None:
    """Every class under Actor, Place, Facility, Weapon and Event, with the same parent."""
    parents = {
        triple.subject.value.removeprefix(SIT): triple.object.value.removeprefix(SIT)
        for triple in parse(path=ontology / "sitrep.ttl", format=RdfFormat.TURTLE)
        if triple.predicate == SUBCLASS
        and isinstance(triple.subject, NamedNode)
        and isinstance(triple.object, NamedNode)
        and triple.subject.value.startswith(SIT)
        and triple.object.value.startswith(SIT)
    }
    roots = {"Actor", "Place", "Facility", "Weapon", "Event"}
    assert {k: v for k, v in parents.items() if k not in roots} == dict(tree.parent)


WORDS = """The army rebels Goma IS killed attacked said that was by in on Monday at least 12 soldiers he its
Rwanda accused of denied 2022 “ ” , . : ; - ( ) according to and not will fighters who town"""
TEXTS = st.one_of(
    st.lists(st.sampled_from([*WORDS.split(), "\n", "\n\n"]), max_size=40).map(" ".join),
    st.text(max_size=120),
)


@settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=TEXTS)
@example(text="")
@example(text="\n")
@example(text="At least 12 civilians were killed by the army in Goma on Monday, it said. He denied it.")
def test_facts_of_any_text_hang_together(text: str, reader: Reader) -> None:
    report = Report(identifier="any", text=text)
    facts = reader.read(report)
    assert reader.read(report) == facts
    entities = {entity.key for entity in facts.entities}
    events = {event.key for event in facts.events}
    assert len(entities) == len(facts.entities)
    assert len(events) == len(facts.events)
    mentions = [span for entity in facts.entities for span in entity.mentions]
    triggers = [span for event in facts.events for span in event.triggers]
    evidence = [span for event in facts.events for span in event.evidence]
    evidence += [span for relation in facts.relations for span in relation.evidence]
    assert all(0 <= s.begin < s.end <= len(text) for s in (*facts.sentences, *mentions, *triggers, *evidence))
    assert set(evidence) <= set(facts.sentences)
    for span in (*mentions, *triggers):
        assert any(s.begin <= span.begin and span.end <= s.end for s in facts.sentences)
    for entity in facts.entities:
        assert entity.member_of is None or entity.member_of in entities
    for event in facts.events:
        assert {role.entity for role in event.roles} | set(event.attributed_to) <= entities
        assert set(event.about) | set(event.caused_by) <= events - {event.key}
        assert event.evidence
    for relation in facts.relations:
        assert relation.subject in entities
        assert relation.object in (events if relation.predicate == "conducts" else entities)
        assert set(relation.derived_from) <= events
