"""Tiles for the maps from a server of the operator's choice; without that, maps have the basemap only."""

from __future__ import annotations

import re

from flask import Flask, Response

from kg.errors import ServerError
from server import headers

_ADDRESS = re.compile(r"(?P<origin>https?://[A-Za-z0-9.-]+(?::[0-9]+)?)(?P<path>/[!-~]*)")


def register(app: Flask, address: str | None, credit: str) -> None:
    """Tell templates the tiles' address and credit, and let pages load images from its host.

    `address` has {z}, {x} and {y} where the numbers of a tile go. ServerError for one that cannot be.
    """
    origin = tile_origin(address) if address else None
    app.jinja_env.globals["tiles"] = {"address": address, "credit": credit} if address else None
    if origin is None:
        return

    def allow(response: Response) -> Response:
        if response.mimetype == "text/html":
            policy = response.headers.get("Content-Security-Policy", headers.POLICY)
            response.headers["Content-Security-Policy"] = f"{policy}; img-src 'self' data: {origin}"
        return response

    app.after_request(allow)


def tile_origin(address: str) -> str:
    """Scheme and host of the tiles, as a policy names them."""
    found = _ADDRESS.fullmatch(address)
    if found is None or any(f"{{{name}}}" not in found["path"] for name in "zxy"):
        example = "https://tiles.example.org/{z}/{x}/{y}.png"
        raise ServerError(f"--tiles must be an address like {example}, not {address!r}")
    return found["origin"]
