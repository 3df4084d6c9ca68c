"""The ontology holds every term of the contract, said well, and nothing that the code does not know."""

from __future__ import annotations

import re

import pytest
from rdflib import Graph, Literal, URIRef

from kg import __version__
from kg.facts import Status
from kg.vocab import DCTERMS, ONTOLOGY_IRI, OWL, RDF, RDFS, SIT, SKOS, VANN

TREE = """
Entity: Actor Place Facility Weapon
Actor: Person Organization Group
Organization: ArmedGroup StateForce SecurityForce Coalition Government InternationalOrganization
Organization: AidOrganization MonitoringGroup MediaOrganization PoliticalParty Company
Place: Country Region Settlement Neighbourhood NaturalFeature
Facility: Prison Camp MilitaryBase Checkpoint Hospital School ReligiousSite Airport Market GovernmentBuilding
Facility: Infrastructure Residence
Weapon: Vehicle Aircraft Explosive Firearm Missile
Event: ConflictEvent CoercionEvent HarmEvent MovementEvent SpeechEvent CooperationEvent CivicEvent
ConflictEvent: Attack Clash Siege PrisonBreak Escape TakeControl
Attack: AirStrike DroneStrike Shelling Bombing Ambush Raid Assassination
Bombing: SuicideBombing
CoercionEvent: Capture Detention HostageTaking Execution Release
HarmEvent: Killing Injury Destruction Displacement
MovementEvent: Deployment Advance Withdrawal
SpeechEvent: Statement Claim Denial Confirmation Accusation Threat Condemnation Praise Demand
CooperationEvent: Agreement Meeting Support Aid
CivicEvent: Protest Sanction Trial
"""
PARENTS = {
    child: parent
    for parent, children in (line.split(":") for line in TREE.strip().splitlines())
    for child in children.split()
}
ROOTS = {"Report", "Entity", "Event", "EventCluster", "Status"}
RELATIONS = """
fights attacks supports alliedWith holds captured killed controls leads memberOf partOf
locatedIn accuses metWith displacedFrom conducts
"""
ROLES = """
agent target participant place instrument origin destination speaker addressee
"""
OTHERS = """
mentionedIn about causedBy date endDate timeText status attributedTo evidence confidence reason
minCount maxCount countText relatedTo
inputDigest readWith
partOfCluster toldIn eventKind copyOf reportCount sourceCount
deadLow deadBest deadHigh injuredLow injuredBest injuredHigh
"""
INVERSES = {
    "mentionedIn": "mentions",
    "causedBy": "causes",
    "attacks": "attackedBy",
    "supports": "supportedBy",
    "holds": "heldBy",
    "captured": "capturedBy",
    "killed": "killedBy",
    "controls": "controlledBy",
    "leads": "ledBy",
    "memberOf": "hasMember",
    "partOf": "hasPart",
    "locatedIn": "locationOf",
    "accuses": "accusedBy",
    "conducts": "conductedBy",
}
# No code of PLOVER or ACLED says this much and no more.
UNCODED = {
    "Event",
    "Displacement",
    "SpeechEvent",
    "Statement",
    "Claim",
    "Denial",
    "Confirmation",
    "CivicEvent",
}
PLOVER = {
    "AGREE": "",
    "CONSULT": "visit third-party multilateral phone",
    "SUPPORT": "",
    "CONCEDE": "",
    "COOPERATE": "",
    "AID": "",
    "RETREAT": "withdraw release disarm ceasefire access resign",
    "REQUEST": "assist change yield meet",
    "REJECT": "assist change yield meet",
    "ACCUSE": "disapprove investigate allege",
    "THREATEN": "restrict arrest relations expel territory violence",
    "PROTEST": "demo riot strike hunger boycott obstruct vandalize",
    "SANCTION": "convict expel withdraw discontinue",
    "MOBILIZE": "troops weapons police militia",
    "COERCE": "seize restrict censor curfew martial-law arrest deport withhold misinformation cyber",
    "ASSAULT": "abduct beat torture sexual targeted destroy primitive firearms explosives suicide-attack "
    "aerial drone heavy-weapons crowd-control unconventional",
}
ACLED = """
Armed clash; Government regains territory; Non-state actor overtakes territory; Chemical weapon;
Air/drone strike; Suicide bomb; Shelling/artillery/missile attack;
Remote explosive/landmine/IED; Grenade; Sexual violence; Attack; Abduction/forced disappearance;
Peaceful protest; Protest with intervention; Excessive force against protesters;
Violent demonstration; Mob violence; Agreement; Arrests; Change to group/activity;
Disrupted weapons use; Headquarters or base established; Looting/property destruction;
Non-violent transfer of territory; Other
"""
CODES = (
    {f"plover:{kind}" for kind in PLOVER}
    | {f"plover:{kind}-{mode}" for kind, modes in PLOVER.items() for mode in modes.split()}
    | {f"acled:{code.strip()}" for code in ACLED.split(";")}
)


def own(graph: Graph, kind: URIRef) -> set[str]:
    """Local names of the ontology's terms of a type."""
    namespace = str(SIT._NS)
    return {str(s).removeprefix(namespace) for s in graph.subjects(RDF.type, kind) if namespace in str(s)}


def test_classes_are_those_of_the_contract(terms: Graph) -> None:
    assert own(terms, OWL.Class) == ROOTS | set(PARENTS)


@pytest.mark.parametrize(("child", "parent"), sorted(PARENTS.items()))
def test_each_class_has_its_one_parent(terms: Graph, child: str, parent: str) -> None:
    assert list(terms.objects(SIT[child], RDFS.subClassOf)) == [SIT[parent]]


def test_properties_are_those_of_the_contract_and_their_inverses(terms: Graph) -> None:
    properties = own(terms, OWL.ObjectProperty) | own(terms, OWL.DatatypeProperty)
    assert properties == set(f"{RELATIONS} {ROLES} {OTHERS}".split()) | set(INVERSES.values())


def test_statuses_are_those_of_the_facts(terms: Graph) -> None:
    statuses = {SIT[status.value] for status in Status}
    assert set(terms.subjects(RDF.type, SIT.Status)) == statuses
    one_of = terms.value(SIT.Status, OWL.oneOf)
    assert one_of is not None
    assert set(terms.items(one_of)) == statuses
    different = terms.value(predicate=RDF.type, object=OWL.AllDifferent)
    assert different is not None
    assert set(terms.items(terms.value(different, OWL.distinctMembers))) == statuses  # type: ignore[arg-type]


def test_the_closed_namespace_holds_the_same_terms(terms: Graph) -> None:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.NamedIndividual)
    assert {name for kind in kinds for name in own(terms, kind)} == set(SIT.__annotations__) - {
        "_NS",
        "_fail",
    }


def test_every_direct_relation_is_a_kind_of_related_to(terms: Graph) -> None:
    assert set(terms.subjects(RDFS.subPropertyOf, SIT.relatedTo)) == {SIT[name] for name in RELATIONS.split()}


def test_inverse_pairs(terms: Graph) -> None:
    pairs = {(str(o), str(s)) for s, o in terms.subject_objects(OWL.inverseOf)}
    assert pairs == {(str(SIT[name]), str(SIT[inverse])) for name, inverse in INVERSES.items()}
    for name, inverse in INVERSES.items():
        assert (
            terms.value(SIT[name], RDFS.domain) == terms.value(SIT[inverse], RDFS.range)
            or inverse == "locationOf"
        )


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (OWL.SymmetricProperty, {"fights", "alliedWith", "metWith"}),
        (OWL.TransitiveProperty, {"locatedIn", "locationOf", "partOf", "hasPart"}),
        (
            OWL.FunctionalProperty,
            {
                *("status", "date", "endDate", "timeText", "confidence"),
                *("minCount", "maxCount", "countText", "inputDigest", "readWith"),
            },
        ),
    ],
)
def test_characteristics(terms: Graph, kind: URIRef, names: set[str]) -> None:
    assert own(terms, kind) == names


def test_disjoint_classes_are_those_of_the_contract(terms: Graph) -> None:
    groups = {
        frozenset(str(member).removeprefix(str(SIT._NS)) for member in terms.items(members))
        for node in terms.subjects(RDF.type, OWL.AllDisjointClasses)
        for members in terms.objects(node, OWL.members)
    }
    assert groups == {
        frozenset({"Event", "Report", "Actor", "Weapon"}),
        frozenset({"Person", "Organization", "Group"}),
        frozenset({"Place", "Facility"}),
    }


def test_every_term_is_labelled_explained_and_placed(terms: Graph) -> None:
    described = [s for s in set(terms.subjects(RDF.type)) if str(s).startswith(str(SIT._NS))]
    for term in described:
        (label,) = terms.objects(term, RDFS.label)
        (comment,) = terms.objects(term, RDFS.comment)
        assert isinstance(label, Literal)
        assert isinstance(comment, Literal)
        assert (label.language, comment.language) == ("en", "en"), term
        assert str(comment).endswith("."), term
        spoken = re.sub(r"(?<!^)(?=[A-Z])", " ", str(term).removeprefix(str(SIT._NS))).lower()
        assert str(label) == spoken
        assert list(terms.objects(term, RDFS.isDefinedBy)) == [ONTOLOGY_IRI], term
    assert len(described) == len(set(SIT.__annotations__) - {"_NS", "_fail"})


def test_no_property_has_two_domains_or_ranges(terms: Graph) -> None:
    for slot in (RDFS.domain, RDFS.range):
        for term in terms.subjects(slot):
            assert len(list(terms.objects(term, slot))) == 1, term


def test_metadata_agrees_with_the_package(terms: Graph) -> None:
    version = URIRef(f"{ONTOLOGY_IRI}/{__version__}")
    assert terms.value(ONTOLOGY_IRI, OWL.versionIRI) == version
    assert terms.value(ONTOLOGY_IRI, OWL.versionInfo) == Literal(__version__)
    assert terms.value(ONTOLOGY_IRI, VANN.preferredNamespacePrefix) == Literal("sit")
    assert terms.value(ONTOLOGY_IRI, VANN.preferredNamespaceUri) == Literal(str(SIT._NS))
    for name in ("title", "description", "creator", "license", "created", "modified"):
        assert (ONTOLOGY_IRI, DCTERMS[name], None) in terms, name


def test_event_classes_carry_codes_that_exist(terms: Graph) -> None:
    coded = {s for s, _ in terms.subject_objects(SKOS.notation)}
    assert {str(code) for _, code in terms.subject_objects(SKOS.notation)} <= CODES
    events = {
        SIT[name] for name in PARENTS if SIT.Event in terms.transitive_objects(SIT[name], RDFS.subClassOf)
    }
    assert coded == (events | {SIT.Event}) - {SIT[name] for name in UNCODED}
