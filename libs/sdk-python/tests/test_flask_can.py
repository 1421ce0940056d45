"""What a page may ask about the current user."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, request

from conftest import Connect, assign, task_policy
from licet import Licet
from licet._flask_declared import endpoints
from licet.flask import LicetFlask, can_view
from licet.testing import MemoryControlPlane

OWN = {"permission": "task:update", "resource": {"id": "t1", "properties": {"ownerId": "alice"}}}


def serve(licet: Licet) -> Any:
    app = Flask(__name__)
    LicetFlask(app, client=licet, subject=lambda: request.headers.get("x-user"), tenant=lambda: request.headers.get("x-tenant"))
    app.post("/can")(can_view(context=lambda: {"mfa": "x-mfa" in request.headers}))
    return app.test_client()


def ask(client: Any, body: Any, **headers: str) -> Any:
    return client.post("/can", json=body, headers={f"x-{name}": value for name, value in {"user": "alice", **headers}.items()})


def test_it_is_answered_in_order_with_booleans_and_nothing_else(licet: Licet, plane: MemoryControlPlane) -> None:
    client = serve(licet)
    others = {"permission": "task:update", "resource": {"properties": {"ownerId": "bob"}}}
    questions = [{"permission": "task:read"}, {"permission": "task:update", "resource": "t1"}, OWN, others, {"permission": "nonsense"}]
    answer = ask(client, {"questions": questions})
    assert (answer.status_code, answer.get_json()) == (200, {"answers": [True, False, True, False, False]})
    assert answer.headers["cache-control"] == "no-store"
    assert ask(client, {"questions": questions}, user="bob").get_json() == {"answers": [True, False, False, True, False]}
    licet.close()
    assert plane.decisions == []


@pytest.mark.parametrize(
    "body",
    [
        {"questions": [OWN], "subject": "root"},
        {"questions": [{**OWN, "subject": {"id": "root"}}]},
        {"questions": [{**OWN, "tenant": "acme"}]},
        {"questions": [{**OWN, "context": {"mfa": True}}]},
        {"questions": [{**OWN, "resource": {"type": "task", "id": "t1"}}]},
        {"questions": [{"permission": "task:read", "resource": None}]},
        {"questions": ["task:read"]},
        {"questions": [None]},
        {"questions": {}},
        [OWN],
        {},
        None,
    ],
)
def test_it_is_refused_where_it_names_anybody_else_or_is_no_list_of_questions(licet: Licet, body: Any) -> None:
    answer = ask(serve(licet), body)
    assert (answer.status_code, answer.content_type, answer.get_json(force=True)["code"]) == (
        400,
        "application/problem+json",
        "invalid_request",
    )


def test_it_has_bounds(licet: Licet) -> None:
    client = serve(licet)
    assert ask(client, {"questions": [OWN] * 200}).status_code == 200
    assert ask(client, {"questions": [OWN] * 201}).status_code == 400
    large = {**OWN, "resource": {"id": "t1", "properties": {"text": "x" * 600_000}}}
    assert ask(client, {"questions": [large]}).status_code == 400
    deep = "[" * 100_000 + "]" * 100_000
    assert client.post("/can", data=deep, content_type="application/json").status_code == 400


def test_it_is_decided_in_the_tenant_and_the_context_that_the_application_says(licet: Licet, plane: MemoryControlPlane) -> None:
    policy = task_policy()
    policy["tenants"].append({"id": "acme"})
    policy["conditions"] = [{"id": "is-owner", "tree": {"op": "var", "path": ["context", "mfa"]}}]
    policy["assignments"] = [assign("a", "user", user="alice")]
    plane.replace(policy, 2)
    plane.cut()
    licet.wait_ready(5, revision=2)
    client = serve(licet)
    body = {"questions": [{"permission": "task:update", "resource": {"properties": {"tenant": "default"}}}]}
    said = [ask(client, body, **headers).get_json()["answers"] for headers in ({"mfa": "yes"}, {}, {"mfa": "yes", "tenant": "acme"})]
    assert said == [[True], [False], [False]]


def test_nobody_may_what_anyone_may(licet: Licet, plane: MemoryControlPlane) -> None:
    client, body = serve(licet), {"questions": [{"permission": "task:read"}]}
    assert client.post("/can", json=body).get_json() == {"answers": [False]}
    licet.wait_ready(5, revision=plane.commit(("assignments", "a-anyone", assign("a-anyone", "user", group="anyone"))))
    assert client.post("/can", json=body).get_json() == {"answers": [True]}


def test_where_licet_cannot_tell_there_is_no_answer(connect: Connect, plane: MemoryControlPlane) -> None:
    plane.go_down()
    answer = ask(serve(connect()), {"questions": [OWN]})
    assert (answer.status_code, answer.headers["retry-after"], "answers" in answer.get_json(force=True)) == (503, "5", False)


def test_it_is_not_listed_as_unguarded(licet: Licet) -> None:
    app = serve(licet).application
    assert [endpoint.public for endpoint in endpoints(app)] == ["pages ask here what to show; the answers protect nothing"]
