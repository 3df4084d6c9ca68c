"""The Reconciliation Service API 0.2 over the entities of the graph (W3C Entity Reconciliation CG)."""
