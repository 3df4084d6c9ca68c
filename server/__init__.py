"""The SPARQL endpoint and its pages; uses the graph side of `kg` only."""
