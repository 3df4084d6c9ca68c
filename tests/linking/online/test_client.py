"""The client: polite, patient, and never wrong about an answer it did not get."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from kg.errors import ServiceError
from kg.linking.online.client import Client, ClientOptions, Request, retry_after

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
OPTIONS = ClientOptions(contact="https://example.org/me", timeout=0.3, attempts=4)


@pytest.fixture
def client() -> Iterator[tuple[Client, list[float]]]:
    """A client that does not wait but notes how long it would."""
    waits: list[float] = []
    made = Client(OPTIONS, sleep=waits.append)
    yield made, waits
    made.close()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Fri, 02 Jan 2026 03:04:35 GMT", 30.0),
        ("Fri, 02 Jan 2026 03:04:35", 30.0),
        ("Fri, 02 Jan 2026 03:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, now=NOW) == seconds


FAULTS = {
    "429 seconds": (7.0, 7.0),
    "429 date": (6.0, 9.0),
    "500": (1.0, 1.0),
    "broken": (1.0, 1.0),
    "html": (1.0, 1.0),
    "cut": (1.0, 1.0),
    "slow": (1.0, 1.0),
}


@pytest.mark.parametrize(("fault", "bounds"), FAULTS.items(), ids=FAULTS)
def test_a_fault_is_waited_out(
    fault: str,
    bounds: tuple[float, float],
    serve: Callable[[str], Any],
    proxy: Callable[[Any, Sequence[str]], Any],
    client: tuple[Client, list[float]],
) -> None:
    (sender, waits), server = client, serve("0.2")
    assert sender.json(Request(proxy(server, [fault]).address))["name"] == "World"
    assert len(waits) == 1
    assert bounds[0] <= waits[0] <= bounds[1]
    assert sender.requests == 2


def test_backoff_doubles_and_ends(
    serve: Callable[[str], Any], proxy: Callable[..., Any], client: tuple[Client, list[float]]
) -> None:
    sender, waits = client
    address = proxy(serve("0.2"), ["500"] * 9).address
    with pytest.raises(ServiceError, match=r"answered 500, 4 times; run the command again") as caught:
        sender.json(Request(address))
    assert caught.value.address == address
    assert waits == [1.0, 2.0, 4.0]


def test_a_refusal_is_not_tried_again(
    serve: Callable[[str], Any], client: tuple[Client, list[float]]
) -> None:
    sender, waits = client
    with pytest.raises(ServiceError, match="answered 400"):
        sender.json(Request(serve("0.2").address, form={"queries": "{"}))
    assert waits == []
    assert sender.requests == 1


def test_what_a_request_says_of_us(serve: Callable[[str], Any], client: tuple[Client, list[float]]) -> None:
    server = serve("0.2")
    client[0].json(Request(server.address))
    headers = server.log[0].headers
    assert headers["User-Agent"].startswith("Sitrep/")
    assert "(https://example.org/me) urllib3/" in headers["User-Agent"]
    assert headers["Accept-Encoding"] == "gzip"  # the server sends gzip then


def test_a_delay_between_requests(serve: Callable[[str], Any]) -> None:
    waits: list[float] = []
    sender, request = Client(ClientOptions(delay=0.5), sleep=waits.append), Request(serve("0.2").address)
    for _ in range(3):
        sender.json(request)
    sender.close()
    assert waits == [0.5, 0.5]


def test_a_busy_answer_is_waited_out(serve: Callable[[str], Any], client: tuple[Client, list[float]]) -> None:
    sender, waits = client
    reasons = iter(["is busy (maxlag)", None])
    sender.json(Request(serve("0.2").address), busy=lambda _: next(reasons))
    assert waits == [1.0]
