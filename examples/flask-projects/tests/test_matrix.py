"""Everybody asks for everything: own and others' projects, in every state, here and in another organisation."""

from __future__ import annotations

from flask import Flask, Response, request
from flask.testing import FlaskClient

from conftest import SignIn, fill
from licet.testing import assert_matrix

# Who is no member of the organisation: nobody may know what there is.
OUTSIDE = {"nobody": 401, "mallory": 404, "newcomer": 404, "former": 404, "gus": 404}


def row(**statuses: int) -> dict[str, int]:
    return {**OUTSIDE, **statuses}


MATRIX = {
    "GET /acme/projects": row(ben=200, ann=200, mia=200),
    "POST /acme/projects": row(ben=201, ann=201, mia=201),
    # Reading hides what is private.
    "GET /acme/projects/1": row(ben=200, ann=200, mia=200),
    "GET /acme/projects/2": row(ben=404, ann=200, mia=200),
    "GET /acme/projects/3": row(ben=200, ann=200, mia=200),
    "GET /acme/projects/6": row(ben=404, ann=404, mia=404),
    # Whoever may read and not write is told so; whoever may not read is not.
    "PATCH /acme/projects/1": row(ben=403, ann=200, mia=200),
    "PATCH /acme/projects/2": row(ben=404, ann=200, mia=200),
    "PATCH /acme/projects/3": row(ben=403, ann=403, mia=403),
    "PATCH /acme/projects/4": row(ben=403, ann=403, mia=403),
    "PATCH /acme/projects/5": row(ben=403, ann=403, mia=200),
    "PUT /acme/projects/1/archived": row(ben=403, ann=200, mia=200),
    "PUT /acme/projects/2/archived": row(ben=404, ann=200, mia=200),
    "PUT /acme/projects/4/archived": row(ben=403, ann=403, mia=403),
    "PUT /acme/projects/5/archived": row(ben=403, ann=403, mia=200),
    "DELETE /acme/projects/3/archived": row(ben=403, ann=200, mia=200),
    "PUT /acme/projects/1/locked": row(ben=403, ann=403, mia=200),
    "DELETE /acme/projects/4/locked": row(ben=403, ann=403, mia=200),
    "PUT /acme/projects/5/allow_owner_edits": row(ben=403, ann=403, mia=200),
    "DELETE /acme/projects/1/allow_owner_edits": row(ben=403, ann=403, mia=200),
    "DELETE /acme/projects/1": row(ben=403, ann=403, mia=204),
    "DELETE /acme/projects/2": row(ben=404, ann=403, mia=204),
    "DELETE /acme/projects/4": row(ben=403, ann=403, mia=403),
    # The other organisation, and one that there is not.
    "GET /globex/projects": {**dict.fromkeys(("mallory", "newcomer", "former", "ben", "ann", "mia"), 404), "nobody": 401, "gus": 200},
    "GET /nowhere/projects": row(ben=404, ann=404, mia=404),
}
BODIES = {
    "POST /acme/projects": {"json": {"name": "new"}},
    **{name: {"json": {"name": "renamed"}} for name in MATRIX if name.startswith("PATCH")},
}


def test_everybody_may_do_what_the_policy_says_and_nothing_else(app: Flask, sign_in: SignIn) -> None:
    changed = []

    @app.after_request
    def note(response: Response) -> Response:
        if response.status_code < 400 and request.method not in ("GET", "HEAD"):
            changed.append(request.path)
        return response

    def anew(person: str) -> FlaskClient:
        if changed:
            fill(app)
            changed.clear()
        return sign_in(person)

    assert_matrix(anew, MATRIX, BODIES)
