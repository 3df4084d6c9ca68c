"""What the index takes from the graph. Plain strings: readers of the server start without rdflib.

The tests hold them against kg.vocab.
"""

from __future__ import annotations

from enum import IntEnum

SIT = "https://w3id.org/sitrep/ontology#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
ALIAS = "http://www.w3.org/2004/02/skos/core#altLabel"
WORDS = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#anchorOf"
SENTENCE = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#Sentence"
ENTITY = f"{SIT}Entity"
EVENT = f"{SIT}Event"
CLUSTER = f"{SIT}EventCluster"  # the events of several reports that are one
REPORT = f"{SIT}Report"
MENTIONED = f"{SIT}mentionedIn"
STATUS = f"{SIT}status"


class Field(IntEnum):
    """Where a text stands."""

    LABEL = 0
    ALIAS = 1
    SENTENCE = 2


class Kind(IntEnum):
    """What a text is the text of."""

    ENTITY = 0
    EVENT = 1
    REPORT = 2
    SENTENCE = 3
    OTHER = 4
