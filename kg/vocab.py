"""The one file with vocabulary IRIs: closed namespaces, so that a typing slip raises."""

from __future__ import annotations

from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, SH, SKOS, VOID, XSD, Namespace, URIRef
from rdflib.namespace import DefinedNamespace

__all__ = [
    "DCTERMS",
    "FORMATS",
    "GEO",
    "ITSRDF",
    "NIF",
    "ONTOLOGY_IRI",
    "OWL",
    "PREFIXES",
    "PROV",
    "RDF",
    "RDFS",
    "SD",
    "SH",
    "SIT",
    "SKOS",
    "VANN",
    "VOID",
    "WD",
    "WGS84",
    "XSD",
]

ONTOLOGY_IRI = URIRef("https://w3id.org/sitrep/ontology")


class SIT(DefinedNamespace):
    """Sitrep's own ontology (`ontology/sitrep.ttl`)."""

    _NS = Namespace("https://w3id.org/sitrep/ontology#")
    _fail = True

    Report: URIRef

    Entity: URIRef
    Event: URIRef
    Actor: URIRef
    Place: URIRef
    Facility: URIRef
    Weapon: URIRef

    Person: URIRef
    Organization: URIRef
    ArmedGroup: URIRef
    StateForce: URIRef
    SecurityForce: URIRef
    Coalition: URIRef
    Government: URIRef
    InternationalOrganization: URIRef
    AidOrganization: URIRef
    MonitoringGroup: URIRef
    MediaOrganization: URIRef
    PoliticalParty: URIRef
    Company: URIRef
    Group: URIRef

    Country: URIRef
    Region: URIRef
    Settlement: URIRef
    Neighbourhood: URIRef
    NaturalFeature: URIRef

    Prison: URIRef
    Camp: URIRef
    MilitaryBase: URIRef
    Checkpoint: URIRef
    Hospital: URIRef
    School: URIRef
    ReligiousSite: URIRef
    Airport: URIRef
    Market: URIRef
    GovernmentBuilding: URIRef
    Infrastructure: URIRef
    Residence: URIRef

    Vehicle: URIRef
    Aircraft: URIRef
    Explosive: URIRef
    Firearm: URIRef
    Missile: URIRef

    ConflictEvent: URIRef
    Attack: URIRef
    AirStrike: URIRef
    DroneStrike: URIRef
    Shelling: URIRef
    Bombing: URIRef
    SuicideBombing: URIRef
    Ambush: URIRef
    Raid: URIRef
    Assassination: URIRef
    Clash: URIRef
    Siege: URIRef
    PrisonBreak: URIRef
    Escape: URIRef
    TakeControl: URIRef

    CoercionEvent: URIRef
    Capture: URIRef
    Detention: URIRef
    HostageTaking: URIRef
    Execution: URIRef
    Release: URIRef

    HarmEvent: URIRef
    Killing: URIRef
    Injury: URIRef
    Destruction: URIRef
    Displacement: URIRef

    MovementEvent: URIRef
    Deployment: URIRef
    Advance: URIRef
    Withdrawal: URIRef

    SpeechEvent: URIRef
    Statement: URIRef
    Claim: URIRef
    Denial: URIRef
    Confirmation: URIRef
    Accusation: URIRef
    Threat: URIRef
    Condemnation: URIRef
    Praise: URIRef
    Demand: URIRef

    CooperationEvent: URIRef
    Agreement: URIRef
    Meeting: URIRef
    Support: URIRef
    Aid: URIRef

    CivicEvent: URIRef
    Protest: URIRef
    Sanction: URIRef
    Trial: URIRef

    Status: URIRef

    Reported: URIRef
    Possible: URIRef
    Attempted: URIRef
    Planned: URIRef
    Denied: URIRef

    mentionedIn: URIRef
    mentions: URIRef

    agent: URIRef
    target: URIRef
    participant: URIRef
    place: URIRef
    instrument: URIRef
    origin: URIRef
    destination: URIRef
    speaker: URIRef
    addressee: URIRef

    about: URIRef
    causedBy: URIRef
    causes: URIRef

    EventCluster: URIRef
    partOfCluster: URIRef
    eventKind: URIRef
    toldIn: URIRef
    copyOf: URIRef
    inputDigest: URIRef
    readWith: URIRef
    reportCount: URIRef
    sourceCount: URIRef
    deadLow: URIRef
    deadBest: URIRef
    deadHigh: URIRef
    injuredLow: URIRef
    injuredBest: URIRef
    injuredHigh: URIRef

    date: URIRef
    endDate: URIRef
    timeText: URIRef
    status: URIRef
    attributedTo: URIRef
    evidence: URIRef
    confidence: URIRef
    reason: URIRef

    memberOf: URIRef
    minCount: URIRef
    maxCount: URIRef
    countText: URIRef

    relatedTo: URIRef
    fights: URIRef
    attacks: URIRef
    supports: URIRef
    alliedWith: URIRef
    holds: URIRef
    captured: URIRef
    killed: URIRef
    controls: URIRef
    leads: URIRef
    partOf: URIRef
    locatedIn: URIRef
    accuses: URIRef
    metWith: URIRef
    displacedFrom: URIRef

    conducts: URIRef

    attackedBy: URIRef
    supportedBy: URIRef
    heldBy: URIRef
    capturedBy: URIRef
    killedBy: URIRef
    controlledBy: URIRef
    ledBy: URIRef
    hasMember: URIRef
    hasPart: URIRef
    locationOf: URIRef
    accusedBy: URIRef
    conductedBy: URIRef


class NIF(DefinedNamespace):
    """NLP Interchange Format, core."""

    _NS = Namespace("http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#")
    _fail = True

    Context: URIRef
    Phrase: URIRef
    Sentence: URIRef
    anchorOf: URIRef
    beginIndex: URIRef
    endIndex: URIRef
    isString: URIRef
    referenceContext: URIRef
    sentence: URIRef


class ITSRDF(DefinedNamespace):
    """Internationalization Tag Set."""

    _NS = Namespace("http://www.w3.org/2005/11/its/rdf#")
    _fail = True

    taConfidence: URIRef
    taIdentRef: URIRef


class GEO(DefinedNamespace):
    """GeoSPARQL."""

    _NS = Namespace("http://www.opengis.net/ont/geosparql#")
    _fail = True

    Geometry: URIRef
    asWKT: URIRef
    hasGeometry: URIRef
    wktLiteral: URIRef


class WGS84(DefinedNamespace):
    """Basic geo vocabulary."""

    _NS = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
    _fail = True

    lat: URIRef
    long: URIRef


class VANN(DefinedNamespace):
    """Annotations of vocabularies."""

    _NS = Namespace("http://purl.org/vocab/vann/")
    _fail = True

    preferredNamespacePrefix: URIRef
    preferredNamespaceUri: URIRef


class SD(DefinedNamespace):
    """SPARQL 1.1 Service Description."""

    _NS = Namespace("http://www.w3.org/ns/sparql-service-description#")
    _fail = True

    BasicFederatedQuery: URIRef
    Function: URIRef
    Service: URIRef
    SPARQL11Query: URIRef
    SPARQL11Update: URIRef
    UnionDefaultGraph: URIRef
    endpoint: URIRef
    extensionFunction: URIRef
    feature: URIRef
    inputFormat: URIRef
    resultFormat: URIRef
    supportedLanguage: URIRef


WD = Namespace("http://www.wikidata.org/entity/")
FORMATS = Namespace("http://www.w3.org/ns/formats/")  # one IRI a media type; too many to close

PREFIXES: dict[str, str] = {
    "dcterms": str(DCTERMS),
    "geo": str(GEO._NS),
    "itsrdf": str(ITSRDF._NS),
    "nif": str(NIF._NS),
    "owl": str(OWL),
    "prov": str(PROV),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "sit": str(SIT._NS),
    "skos": str(SKOS),
    "void": str(VOID),
    "wd": str(WD),
    "wgs84": str(WGS84._NS),
    "xsd": str(XSD),
}
