"""The bundles of the pages: built by `make setup`, found by templates, kept by browsers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from server import assets

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "server" / "static" / "build"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "map.js").write_text("draw()")
    app = Flask("pages", static_folder=str(tmp_path), static_url_path="/static")
    assets.register(app)
    return app


def address(app: Flask, name: str) -> str | None:
    with app.test_request_context():
        return app.jinja_env.from_string("{{ asset(name) or '' }}").render(name=name) or None


def test_an_address_changes_with_the_content(app: Flask, tmp_path: Path) -> None:
    first = address(app, "map.js")
    assert first is not None
    assert re.fullmatch(r"/static/build/map\.js\?v=[0-9a-f]{12}", first)
    (tmp_path / "build" / "map.js").write_text("draw(more)")
    other = Flask("pages", static_folder=str(tmp_path), static_url_path="/static")
    assets.register(other)
    assert address(other, "map.js") != first


def test_what_was_not_built_has_no_address(app: Flask) -> None:
    assert address(app, "graph.js") is None


@pytest.mark.parametrize(
    ("suffix", "kept"), [("", False), ("?v=0123456789ab", False), ("?v=", False), (None, True)]
)
def test_only_the_newest_address_is_kept_for_long(app: Flask, suffix: str | None, kept: bool) -> None:
    asked = address(app, "map.js") if suffix is None else f"/static/build/map.js{suffix}"
    assert asked is not None
    with app.test_client().get(asked) as answer:
        assert answer.status_code == 200
        assert ("immutable" in answer.cache_control.to_header()) == kept


@pytest.mark.parametrize(
    "name", ["map.js", "map.css", "graph.js", "graph.css", "query.js", "query.css", "suggest.js"]
)
def test_the_bundles_are_built(name: str) -> None:
    assert (BUILD / name).is_file()


def test_the_basemap_has_the_countries_with_the_places_of_their_names() -> None:
    world = json.loads((BUILD / "land.json").read_text())
    countries = {entry["properties"]["name"]: entry for entry in world["objects"]["countries"]["geometries"]}
    assert len(countries) > 200
    longitude, latitude = countries["Syria"]["properties"]["at"]
    assert 35 < longitude < 43
    assert 32 < latitude < 38


def test_the_licences_of_what_is_bundled_are_said() -> None:
    text = (BUILD / "LICENSES.txt").read_text()
    wanted = json.loads((ROOT / "web" / "package.json").read_text())["dependencies"]
    assert [name for name, version in wanted.items() if f"\n{name} {version} (" not in text] == []
    assert "esbuild" not in re.findall(r"^={78}\n(\S+)", text, re.MULTILINE)


def test_packages_are_locked_to_bytes_and_to_no_registry() -> None:
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    del packages[""]
    assert [path for path, package in packages.items() if "integrity" not in package] == []
    assert [path for path, package in packages.items() if "resolved" in package] == []


def test_no_bundle_loads_from_another_host() -> None:
    for script in BUILD.glob("*.css"):
        assert re.findall(r"url\(['\"]?https?:[^)]*\)|@import[^;]*https?:", script.read_text()) == []
