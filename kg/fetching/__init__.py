"""Pages from the web into a folder that `kg build` reads; only `kg fetch` and who calls `fetch` ask for any.

fetch (visits.py) ── which URL when: a queue a host ──┬─ robots.py      what robots.txt permits
                                                      ├─ connection.py  one bounded request to a public host
                                                      └─ pages.py       the folder: a web archive a page
"""

from kg.fetching.connection import DEFAULT_AGENT, Limits
from kg.fetching.visits import FetchOptions, Outcome, What, fetch

__all__ = ["DEFAULT_AGENT", "FetchOptions", "Limits", "Outcome", "What", "fetch"]
