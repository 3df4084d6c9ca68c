"""The description of the routes holds: none is missing, no answer is one that it does not tell of."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from server.app import create_app
from server.openapi import describe
from server.settings import ServerSettings

SECONDS = 120  # it takes ten on a machine that does nothing else
HOOKS = """
import schemathesis

for media_type in ("application/sparql-query", "application/sparql-update"):
    schemathesis.serializer.alias(media_type, "text/plain")
"""
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
)


def test_every_route_is_described(small_store: Path) -> None:
    app = create_app(ServerSettings(store=small_store, workers=1))
    try:
        routes = {
            (re.sub(r"<(?:[^:<>]*:)?_?(\w+)>", r"{\1}", rule.rule), method.lower())
            for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }
    finally:
        app.extensions["sitrep"].close()
    paths = describe(root="http://e/", version="1")["paths"]
    assert routes - {("/id/", "get")} == {(path, method) for path in paths for method in paths[path]}


def test_it_is_served(site) -> None:
    answer = site.get("/openapi.json")
    assert (answer.status, answer.media_type) == (200, "application/json")
    document = json.loads(answer.body)
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": site.url.rstrip("/")}]


@pytest.mark.parametrize("name", ["site", "writable"])
def test_a_fuzzer_finds_nothing_else(request: pytest.FixtureRequest, name: str, tmp_path: Path) -> None:
    site = request.getfixturevalue(name)
    (tmp_path / "hooks.py").write_text(HOOKS)
    command = [Path(sys.executable).with_name("schemathesis"), "run", f"{site.url}openapi.json"]
    command += ["--checks", ",".join(CHECKS)]
    command += ["--max-examples", "4", "--seed", "1", "--generation-deterministic", "--no-color"]
    command += ["--phases", "examples,coverage,fuzzing", "--request-timeout", "20"]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(tmp_path)}
    if name == "writable":
        command += ["--header", f"Authorization: Bearer {site.token}"]
        command += ["--include-path-regex", "^/(update|graph-store|sparql)"]  # the others are as without
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=SECONDS, check=False, cwd=tmp_path, env=environment
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert site.get("/health").status == 200
