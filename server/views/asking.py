"""What the pages of nodes ask, by way of the server's readers."""

from __future__ import annotations

import csv
import io

from server.messages import Formats, Table
from server.prologue import PROLOGUE
from server.views.common import client, endpoint


class NewestGraph:
    """The union of all graphs, as the newest checkpoint has it."""

    def table(self, query: str, *, limit: int) -> Table:
        """At most `limit` rows of the answer."""
        return endpoint().table(PROLOGUE + query, client(), limit=limit, union=True)

    def rows(self, query: str) -> list[list[str]]:
        """All rows of the answer as strings, from the cache of answers if it has them."""
        answer = endpoint().query(PROLOGUE + query, Formats("text/csv", None), client(), union=True)
        body = b"".join(answer).decode()
        return list(csv.reader(io.StringIO(body, newline="")))[1:]
