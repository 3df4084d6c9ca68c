"""Starting and ending."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.errors import ServerError, StoreError
from server.run import serve
from server.settings import ServerSettings


def test_the_server_needs_no_language_model() -> None:
    program = (
        "import sys, server, server.app, server.run, server.writer, server.reader; "
        "print(sorted({'spacy', 'thinc', 'kg.reading', 'kg.pipeline'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_a_reader_process_loads_little() -> None:
    program = (
        "import sys, server.reader; "
        "print(sorted({'flask', 'rdflib', 'spacy', 'kg.store'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_a_taken_port_is_named(small_store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=rf"^port {port} of 127\.0\.0\.1 is taken: .*--port$"):
            serve(ServerSettings(store=small_store, port=port))


def test_a_missing_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere: there is no store"):
        serve(ServerSettings(store=tmp_path / "nowhere", port=0))


def test_updates_without_a_token_are_refused(small_store: Path) -> None:
    with pytest.raises(ServerError, match="KG_TOKEN"):
        serve(ServerSettings(store=small_store, port=0, allow_update=True))


@pytest.mark.parametrize(
    ("settings", "reason"), [({"workers": 0}, "--workers"), ({"timeout": 0.0}, "--timeout")]
)
def test_settings_that_cannot_be(small_store: Path, settings: dict, reason: str) -> None:
    with pytest.raises(ServerError, match=reason):
        serve(ServerSettings(store=small_store, port=0, **settings))


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_behind(start, own_store: Path, sign: signal.Signals) -> None:
    site = start(own_store, workers=1)
    site.query("ASK {}")
    children = subprocess.run(
        ["pgrep", "-P", str(site.process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert len(children) == 2
    site.process.send_signal(sign)
    status = site.process.wait(timeout=10)
    assert status == (-signal.SIGKILL if sign is signal.SIGKILL else 0)
    deadline = time.monotonic() + 5
    while any(_runs(int(child)) for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
