"""Headers that answers have, whoever makes them. Pure."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
SAFETY = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
CORS = {
    "Access-Control-Allow-Origin": "*",  # for reading; no credentials, so nothing of a user's is at risk
    "Access-Control-Expose-Headers": "ETag, Retry-After, Sitrep-Row-Limit",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
NEGOTIATED = {  # by Accept; caches must ask again
    "Vary": "Accept",
    "Cache-Control": "no-cache",
}


def etag(version: str, made: int, text: str, parts: tuple[object, ...]) -> str:
    """A tag for the answer that the data of a version made then gives to a request.

    It is described by `text` and `parts`; these are often the same and short, and are written down once.
    """
    return sha256(_written(version, made, parts) + text.encode()).hexdigest()[:32]


@lru_cache(maxsize=64)
def _written(version: str, made: int, parts: tuple[object, ...]) -> bytes:
    return repr((version, made, parts)).encode()


def content_type(media_type: str) -> str:
    """The value of Content-Type."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
