"""What the owners of a host permit to programs: robots.txt (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_LONGEST = 512_000  # bytes that have to be read (RFC 9309, 2.5)


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one origin. `rules` is None where all is permitted, `problem` says why nothing is."""

    rules: Any = None
    problem: str | None = None

    def permits(self, url: str, agent: str) -> bool:
        """Whether the agent may ask for the URL."""
        return self.problem is None and (self.rules is None or bool(self.rules.can_fetch(url, _token(agent))))

    def delay(self, agent: str) -> float:
        """Seconds that the agent has to let pass between two requests; 0 where nothing is said."""
        if self.rules is None:
            return 0.0
        rate = self.rules.request_rate(_token(agent))
        return max(
            self.rules.crawl_delay(_token(agent)) or 0.0, rate.seconds / rate.requests if rate else 0.0
        )


def read_robots(status: int, body: bytes) -> Robots:
    """The rules of an answer: none where the file does not exist, all forbidden where the server fails."""
    from protego import Protego  # imported late: only fetching needs it

    if status == 200:
        return Robots(Protego.parse(body[:_LONGEST].decode("utf-8", "replace")))
    if status == 429 or status >= 500:
        return Robots(problem=f"its robots.txt was answered with status {status}")
    return Robots()


def _token(agent: str) -> str:
    """The name by which robots.txt speaks of an agent: "sitrep" of "sitrep/0.1 (…)"."""
    return agent.split("/")[0].split()[0]
