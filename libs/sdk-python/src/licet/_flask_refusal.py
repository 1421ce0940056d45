"""What a Flask application answers when a permission is not given: a friendly page, or a problem document (RFC 9457)."""

from __future__ import annotations

import json
import logging
from typing import Any, Final

from flask import Response, current_app, make_response, render_template, request
from werkzeug.exceptions import Forbidden as HttpForbidden
from werkzeug.exceptions import HTTPException, ServiceUnavailable, Unauthorized

from licet._flask_bound import ANONYMOUS
from licet.decision import UNDECIDED
from licet.errors import Forbidden

logger = logging.getLogger("licet")

_EXPLANATIONS: Final = {
    "no_matching_grant": "None of your roles allows it.",
    "denied_by_grant": "A rule of the access policy forbids it.",
    "unknown_subject": "The access policy does not know your account yet.",
    "disabled_subject": "Your account is disabled.",
    "unknown_resource_type": "The access policy does not know this kind of thing.",
    "unknown_action": "The access policy does not know this action.",
    "unknown_tenant": "The access policy does not know this organisation.",
    "other_tenant": "This belongs to another organisation.",
    "invalid_request": "The question could not be put to the access policy.",
    "not_ready": "The access policy has not arrived yet. Please try again in a moment.",
    "stale": "The access policy is not up to date just now. Please try again in a moment.",
    "unreachable": "The access policy cannot be asked just now. Please try again in a moment.",
}
_PROBLEMS: Final = {
    401: ("unauthenticated", "Authentication is needed"),
    403: ("forbidden", "Not permitted"),
    503: ("unavailable", "Not available now"),
}


class NotPermitted(Forbidden, HttpForbidden):
    """The current user lacks a permission. `anonymous` tells that nobody is signed in."""

    anonymous = False


class SignInNeeded(NotPermitted, Unauthorized):
    """The current user lacks a permission, and nobody is signed in: an application's own handler for 401 gets it, and none for 403."""

    code = 401
    description = "Nobody is signed in."
    anonymous = True


class Undecided(Forbidden, ServiceUnavailable):
    """Licet could not tell whether the current user has a permission, and so refused."""


def refusal_response(error: Forbidden) -> Response:
    """Answer a refusal. Nobody signed in: to the sign-in page of Flask-Login, or 401."""
    anonymous = _is_anonymous(error)
    status = 503 if error.decision.reason in UNDECIDED else 401 if anonymous else 403
    if not _wants_page():
        return _problem(error, status)
    if status == 401 and hasattr(current_app, "login_manager"):
        return _sign_in()
    page = render_template("licet/forbidden.html", status=status, **_words(error))
    return _uncached(Response(page, status, content_type="text/html; charset=utf-8"), status)


def refusal_text(error: Forbidden) -> str:
    """Say in a sentence or two what is refused and why: for command lines, and wherever else people read it."""
    return f"`{error.permission}` is not permitted. {_why(error)}"


def _why(error: Forbidden) -> str:
    return "Nobody is signed in." if _is_anonymous(error) else _EXPLANATIONS[error.decision.reason]


def _is_anonymous(error: Forbidden) -> bool:
    """Tell whether nobody is signed in: also where a service asked `licet.client.require(licet.subject, ...)`."""
    return getattr(error, "anonymous", False) or error.subject is ANONYMOUS


def _sign_in() -> Response:
    try:
        return make_response(current_app.login_manager.unauthorized())  # type: ignore[attr-defined]
    except HTTPException as error:  # without a `login_view` it aborts with 401
        return make_response(error.get_response())


def _wants_page() -> bool:
    """Browsers name HTML when they go to a page; scripts and command lines do not."""
    return any(kind in ("text/html", "application/xhtml+xml") and quality > 0 for kind, quality in request.accept_mimetypes)


def _words(error: Forbidden) -> dict[str, Any]:
    resource_type, _, action = error.permission.partition(":")
    return {
        "permission": error.permission,
        "action": _spaced(action),
        "thing": _spaced(resource_type),
        "reason": error.decision.reason,
        "explanation": _why(error),
        "contact": current_app.config["LICET_CONTACT"],
        "revision": error.decision.revision,
    }


def _spaced(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").replace(".", " ")


def _problem(error: Forbidden, status: int) -> Response:
    code, title = _PROBLEMS[status]
    document = {
        "type": f"urn:licet:error:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": refusal_text(error),
        "permission": error.permission,
        "reason": error.decision.reason,
    }
    return _uncached(Response(json.dumps(document), status, content_type="application/problem+json"), status)


def _uncached(response: Response, status: int) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response
