"""/login and /logout: a session for those who write on pages, and what their forms must show."""

from __future__ import annotations

import secrets
import time
from typing import cast

from flask import Blueprint, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kg.errors import RequestError
from server.login import (
    FAILURE_SECONDS,
    SESSION_SECONDS,
    Failures,
    Place,
    foreign,
    form_token,
    is_form_token,
    is_private,
    is_session,
    new_session,
    session_key,
)
from server.views.common import endpoint

blueprint = Blueprint("login", __name__)

COOKIE = "sitrep-session"
_AFTER_LOGIN = "/add"


@blueprint.after_request
def private(response: Response) -> Response:
    """Nothing of these pages is kept by anyone; their forms say which site they were sent from."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@blueprint.route("/login", methods=["GET"])
def login() -> ResponseReturnValue:
    """The form that asks for the token; those who have a session go on."""
    check_place()
    return redirect(_AFTER_LOGIN, 303) if session() else render_template("login.html", error=None)


@blueprint.route("/login", methods=["POST"])
def log_in() -> ResponseReturnValue:
    """Begin a session for who shows the token."""
    check_place()
    check_origin()
    now, address, failures = time.time(), _address(), _failures()
    if not failures.may_try(address, now=now):
        raise RequestError(429, f"too many wrong tokens; try again in {FAILURE_SECONDS:g} seconds")
    try:
        endpoint().authorise(f"Bearer {request.form.get('token', '')}")
    except RequestError as error:
        if error.status != 401:
            raise
        failures.add(address, now=now)
        return render_template("login.html", error="That is not the token."), 403
    response = redirect(_AFTER_LOGIN, 303)
    value = new_session(_key(), now=now, nonce=secrets.token_hex(16))
    response.set_cookie(
        COOKIE,
        value,
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="Strict",
        secure=_place().scheme == "https",
    )
    return response


@blueprint.route("/logout", methods=["POST"])
def log_out() -> ResponseReturnValue:
    """End the session in this browser."""
    found = writer()
    check_origin()
    if not has_form_token(found):
        raise RequestError(403, "the form is of another login; load its page again")
    response = redirect("/login", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=_place().scheme == "https")
    return response


def check_place() -> None:
    """RequestError 403 where nobody may log in: on a server that takes no writes, or in the open."""
    settings = endpoint().settings
    if not settings.allow_update:
        raise RequestError(
            403, "this server is read-only; kg serve --allow-update makes one that takes reports"
        )
    if not is_private(_place()):
        raise RequestError(
            403,
            "writing on pages needs HTTPS, or a browser on the server's own machine (http://127.0.0.1): "
            "else others could read the token on its way. Behind a proxy that speaks HTTPS, start "
            "kg serve with --trust-proxy",
        )


def session() -> str | None:
    """The session of the request, None where it has none that holds."""
    shown = request.cookies.get(COOKIE, "")
    return shown if is_session(shown, _key(), now=time.time()) else None


def writer() -> str:
    """The session of who may write; RequestError 403 for anyone else."""
    check_place()
    found = session()
    if found is None:
        raise RequestError(
            403,
            "your login has ended: log in again, then go back to the form, which your browser may still have",
        )
    return found


def has_form_token(found: str) -> bool:
    """Whether the form carries the token of this session."""
    return is_form_token(request.form.get("form-token", ""), found, _key())


def form_token_of(found: str) -> str:
    """What the forms of this session carry."""
    return form_token(found, _key())


def check_origin() -> None:
    """RequestError 403 where the form was not sent from a page of ours."""
    reason = foreign(_place())
    if reason is not None:
        raise RequestError(403, f"refused: {reason}")


def _key() -> bytes:
    return session_key(endpoint().settings.token or "")


def _failures() -> Failures:
    return cast(Failures, current_app.extensions["sitrep-failures"])


def _place() -> Place:
    return Place(
        scheme=_by_proxy("X-Forwarded-Proto") or request.scheme,
        host=request.headers.get("Host", ""),
        origin=request.headers.get("Origin"),
        fetch_site=request.headers.get("Sec-Fetch-Site"),
    )


def _address() -> str:
    return _by_proxy("X-Forwarded-For") or request.remote_addr or ""


def _by_proxy(header: str) -> str | None:
    """What the proxy says, if there is one: it adds to the end of what clients claim."""
    if not endpoint().settings.trust_proxy:
        return None
    return request.headers.get(header, "").rpartition(",")[2].strip().lower() or None
