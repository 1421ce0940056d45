"""Answers what a page asks about the current user, as `useCan()` of `@licet/sdk-node/react` does.

Rules kept here:

- Whom the questions are about, in which tenant and context, the application says, never the page.
- An answer is a boolean, without reasons; what is wrong with a single question makes it false. Nothing is logged as a decision.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response, current_app, request

from licet._flask_bound import bound_to
from licet._flask_declared import mark_public
from licet._search import ANY_ID
from licet.decision import UNDECIDED

LIMIT: Final = 200
"""So many questions one request may ask."""
_MOST_BYTES: Final = 512 * 1024
_NO_QUESTIONS: Final = (
    f'The body must be {{"questions": [...]}} with at most {LIMIT} of {{"permission": "type:action", "resource": ...}}, '
    f"in {_MOST_BYTES} bytes."
)


def can_view(*, context: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None = None) -> Callable[[], Response]:
    """Give the view that answers a page's questions about the current user: for display only.

        app.post("/can")(can_view())

    It takes `{"questions": [{"permission": "task:delete", "resource": {"id": "t1", "properties": {...}}}]}` and gives
    `{"answers": [true]}`; otherwise a problem document: 400, or 503 where Licet could not tell. `context` is as `require` takes it.
    """

    def licet_can() -> Response:
        questions = _questions()
        if questions is None:
            return _problem(400, "invalid_request", "The request is not valid", _NO_QUESTIONS)
        bound = bound_to(current_app)
        situation = context() if callable(context) else context
        answers = bound.client.check_many(bound.subject, questions, situation, tenant=bound.tenant(), log=False)
        if any(answer.reason in UNDECIDED for answer in answers):
            response = _problem(503, "unavailable", "Not available now", "Permissions could not be checked just now.")
            response.headers["Retry-After"] = "5"
            return response
        return _json(200, {"answers": [answer.allowed for answer in answers]}, "application/json")

    return mark_public(licet_can, "pages ask here what to show; the answers protect nothing")


def _questions() -> list[tuple[str, Any]] | None:
    """Read the questions; None where the body holds none, or anything besides: a page that names a subject is refused."""
    if request.content_length is None or request.content_length > _MOST_BYTES:
        return None
    try:
        body = request.get_json(force=True, silent=True)
    except RecursionError:
        return None
    questions = body.get("questions") if isinstance(body, dict) and _has_only(body, "questions") else None
    if not isinstance(questions, list) or len(questions) > LIMIT:
        return None
    asked = [_question(each) for each in questions]
    return None if None in asked else [each for each in asked if each is not None]


def _question(value: Any) -> tuple[str, Any] | None:
    if not _has_only(value, "permission", "resource") or not isinstance(value.get("permission"), str):
        return None
    resource = value.get("resource", ANY_ID)
    if isinstance(resource, str):
        return value["permission"], resource
    return (value["permission"], {"id": ANY_ID, **resource}) if _has_only(resource, "id", "properties") else None


def _has_only(value: Any, *names: str) -> bool:
    return isinstance(value, dict) and value.keys() <= set(names)


def _problem(status: int, code: str, title: str, detail: str) -> Response:
    document = {"type": f"urn:licet:error:{code}", "title": title, "status": status, "code": code, "detail": detail}
    return _json(status, document, "application/problem+json")


def _json(status: int, document: Mapping[str, Any], kind: str) -> Response:
    return Response(json.dumps(document), status, {"Cache-Control": "no-store"}, content_type=kind)
