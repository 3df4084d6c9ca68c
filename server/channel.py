"""What waitress lacks: limits for clients that send or take their bytes slowly, and refusals as JSON."""

from __future__ import annotations

import json
import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from server.explain import problem

RECEIVING_SECONDS = 60.0  # for a whole request: 10 MB at 170 kB/s


class _Refusal(ErrorTask):
    """Answers a request that waitress itself does not take: no HTTP, headers or a body that are too large."""

    def execute(self) -> None:
        error = self.request.error  # type: ignore[attr-defined]
        body = json.dumps(problem(error.code, f"{error.reason}: {error.body}")).encode() + b"\n"
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/problem+json"))  # type: ignore[attr-defined]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):
    """A connection.

    It is closed when a request takes longer to come in than `RECEIVING_SECONDS`, or longer to be answered
    than `longest` seconds: then its client takes the answer too slowly, and a thread waits for it.
    """

    error_task_class = _Refusal

    def __init__(self, *arguments: Any, longest: float, **named: Any) -> None:
        self._longest = longest
        self._receiving: float | None = None  # since when
        self._serving: float | None = None
        super().__init__(*arguments, **named)

    def received(self, data: bytes) -> bool:
        """Take what has come in."""
        if self._receiving is None:
            self._receiving = time.monotonic()
        taken = bool(super().received(data))
        if self.request is None:
            self._receiving = None
        return taken

    def service(self) -> None:
        """Answer a request; runs in a thread of its own."""
        self._serving = time.monotonic()
        try:
            super().service()
        finally:
            self._serving = None

    def writable(self) -> bool:
        """Whether there is something to do; asked about once a second."""
        now, receiving, serving = time.monotonic(), self._receiving, self._serving
        if receiving is not None and now - receiving > RECEIVING_SECONDS:
            self.will_close = True
        if serving is not None and now - serving > self._longest:
            self.will_close = True
        return bool(super().writable())
