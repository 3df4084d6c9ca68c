"""SHACL validation of a graph, and the pruning of what violates the shapes.

    Validator ─┬─ reference.py  pySHACL: `validate`, and whatever the plan leaves to it
               └─ plan.py ── compiling.py ── constraints.py, shapes.py, sparql.py, paths.py
                      └── data.py, the graph in dictionaries
    pruning.py   what goes because of a breach

A graph is validated with the class tree and the relations' tree of the ontology beside it, so that a shape
about actors finds a Prison out of place. Ontology and shapes are parsed once, when the `Validator` is made.
A build prunes by the plan, the shapes compiled to Python functions, a tenth of pySHACL's cost and less; what
the plan does not know is left to pySHACL as a whole, so that both ways say the same (docs/validation.md).
"""

from kg.validation.pruning import remove_node
from kg.validation.results import Pruned, ShapeResult, ValidationResult
from kg.validation.validator import Validator

__all__ = ["Pruned", "ShapeResult", "ValidationResult", "Validator", "remove_node"]
