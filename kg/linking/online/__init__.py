"""Links from a live service: a W3C Reconciliation API service, or Wikidata's own search.

`decision`, `kinds` and `reconciliation` are pure, `client` talks to the network, `services` joins them. A
build imports nothing of it.
"""
