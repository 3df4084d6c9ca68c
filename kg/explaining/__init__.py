"""Why the graph says what it says: `nodes.py` puts explanations together, `look.py` looks things up."""

from kg.explaining.nodes import Explanation, Item, Part, explain, explain_relation

__all__ = ["Explanation", "Item", "Part", "explain", "explain_relation"]
