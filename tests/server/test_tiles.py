"""Tiles for maps: pages may load images from the host that the operator names, and from no other."""

from __future__ import annotations

import pytest
from flask import Flask

from kg.errors import ServerError
from server import headers, tiles

ADDRESS = "https://tiles.example.org:8443/{z}/{x}/{y}.png"
PAGE = "{{ tiles.address if tiles else 'none' }} {{ tiles.credit if tiles }}"


def app_with(address: str | None) -> Flask:
    app = Flask("pages")
    tiles.register(app, address, "Example maps")
    app.add_url_rule("/", "page", lambda: app.jinja_env.from_string(PAGE).render())
    return app


def test_pages_are_told_of_the_tiles_and_may_load_them() -> None:
    answer = app_with(ADDRESS).test_client().get("/")
    assert answer.text == f"{ADDRESS} Example maps"
    policy = answer.headers["Content-Security-Policy"]
    assert policy == f"{headers.POLICY}; img-src 'self' data: https://tiles.example.org:8443"


def test_without_the_setting_nothing_is_allowed() -> None:
    answer = app_with(None).test_client().get("/")
    assert answer.text.strip() == "none"
    assert "Content-Security-Policy" not in answer.headers  # what all pages have is set elsewhere


@pytest.mark.parametrize(
    "address",
    [
        "https://tiles.example.org/",
        "https://tiles.example.org/{z}/{x}.png",
        "ftp://tiles.example.org/{z}/{x}/{y}.png",
        "/tiles/{z}/{x}/{y}.png",
        "https://{s}.example.org/{z}/{x}/{y}.png",
        "https://a;script-src/{z}/{x}/{y}.png",
        "https:///{z}/{x}/{y}.png",
    ],
)
def test_what_is_no_address_of_tiles_is_refused_by_name(address: str) -> None:
    with pytest.raises(ServerError, match=r"--tiles must be an address like .*\{z\}"):
        tiles.tile_origin(address)
