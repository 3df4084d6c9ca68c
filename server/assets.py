"""The bundled scripts, styles and data of the pages: their addresses, which change with their content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, url_for

_FOLDER = "build"
_PARTS = f"{_FOLDER}/part-"  # pieces that several bundles share; their names have a hash already
_FOREVER = "public, max-age=31536000, immutable"


def register(app: Flask) -> None:
    """Give templates `asset(name)`, and let browsers keep what they ask for by such an address."""
    root = Path(app.static_folder or "")

    @cache
    def version(filename: str) -> str | None:
        try:
            return hashlib.sha256((root / filename).read_bytes()).hexdigest()[:12]
        except FileNotFoundError:
            return None

    def asset(name: str) -> str | None:
        """Address of a file of the bundles; None if they were not built: pages can be read without them."""
        filename = f"{_FOLDER}/{name}"
        found = version(filename)
        return url_for("static", filename=filename, v=found) if found else None

    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200:
            filename = (request.view_args or {})["filename"]
            asked = request.args.get("v")
            if filename.startswith(_PARTS) or (asked and asked == version(filename)):
                response.headers["Cache-Control"] = _FOREVER
        return response

    app.jinja_env.globals["asset"] = asset
    app.after_request(keep)
