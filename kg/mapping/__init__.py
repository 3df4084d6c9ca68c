"""From facts to RDF: the graph of a report, of the known entities and of the dataset."""

from kg.mapping.dataset import LICENCE, map_dataset
from kg.mapping.known import map_entities
from kg.mapping.report import map_report

__all__ = ["LICENCE", "map_dataset", "map_entities", "map_report"]
