from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest
from flask import Flask, json
from flask.testing import FlaskClient

from accounts import authenticated
from app import create_app
from conftest import HERE, POLICY, SEED, SignIn
from licet import Licet
from licet.testing import MemoryControlPlane, assert_matrix, failed_tests
from models import Account, db

HAMMER = {"kind": "tool", "quantity": 11}


def session() -> list[tuple[str, int]]:
    """The `curl` commands of the README, with the status that stands behind each."""
    text = (HERE / "README.md").read_text(encoding="utf-8")
    return [(command, int(status)) for command, status in re.findall(r"^(curl .+?) +# (\d{3})$", text, re.MULTILINE)]


def curl(browser: FlaskClient, command: str, passwords: dict[str, str]) -> int:
    for username in SEED["accounts"]:
        command = command.replace(f"${username.upper()}", passwords[username])
    options = argparse.ArgumentParser()
    options.add_argument("-u", dest="user")
    options.add_argument("-X", dest="method")
    options.add_argument("--json")
    options.add_argument("url")
    given = options.parse_args(shlex.split(command)[1:])
    answer = browser.open(
        given.url.removeprefix("localhost:5001"),
        method=given.method or ("POST" if given.json else "GET"),
        auth=tuple(given.user.split(":", 1)) if given.user else None,
        data=given.json,
        content_type="application/json" if given.json else None,
    )
    return answer.status_code


def test_the_session_of_the_readme_goes_as_it_says(app: Flask, passwords: dict[str, str]) -> None:
    browser = app.test_client()
    commands = session()
    assert len(commands) == 11
    assert [(command, curl(browser, command, passwords)) for command, _ in commands] == commands


def test_everybody_may_do_what_the_policy_says_and_nothing_else(sign_in: SignIn) -> None:
    outside = {"nobody": 401, "mallory": 401, "newcomer": 403, "former": 403, "elsewhere": 403}
    body = {"json": HAMMER}
    assert_matrix(
        sign_in,
        {
            "GET /items": {**outside, "sales": 200, "warehouse": 200, "manager": 200},
            "GET /items/hammer": {**outside, "sales": 200, "warehouse": 200, "manager": 200},
            "PUT /items/hammer": {**outside, "sales": 403, "warehouse": 200, "manager": 200},
            # Of an item that is there already: who gets that far may create.
            "POST /items": {**outside, "sales": 403, "warehouse": 403, "manager": 409},
            "DELETE /items/hammer": {**outside, "sales": 403, "warehouse": 403, "manager": 204},  # and last, since it is gone then
        },
        {"PUT /items/hammer": body, "POST /items": {"json": {"name": "nails", "record": {}}}},
    )


def test_an_edit_in_licet_is_in_force_with_the_next_request(sign_in: SignIn, plane: MemoryControlPlane, licet: Licet) -> None:
    seller, saw = sign_in("sales"), {"name": "saw", "record": {"kind": "tool"}}
    assert seller.post("/items", json=saw).status_code == 403
    grant = {"id": "new", "role": "sales", "permission": "item:create", "effect": "allow", "condition": None}
    licet.wait_ready(5, revision=plane.commit(("grants", "new", grant)))
    assert seller.post("/items", json=saw).headers["Location"] == "/items/saw"
    assert seller.get("/items/saw").json == saw


def test_a_refusal_says_what_and_why(sign_in: SignIn) -> None:
    refused = sign_in("sales").delete("/items/hammer")
    assert refused.content_type == "application/problem+json"
    assert refused.json is not None
    assert refused.json["detail"] == "`item:delete` is not permitted. None of your roles allows it."
    page = sign_in("sales").delete("/items/hammer", headers={"Accept": "text/html"})
    assert "whoever looks after access in your organisation" in page.text


def test_who_is_not_signed_in_is_asked_for_a_password_whatever_there_is(app: Flask, passwords: dict[str, str]) -> None:
    for path in ("/items", "/items/hammer", "/items/nothing"):
        answer = app.test_client().get(path)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert app.test_client().get("/items", headers={"Authorization": "Bearer x"}).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/items/nothing", {}, 404),
        ("PUT", "/items/hammer", {"json": [1]}, 422),
        ("PUT", "/items/hammer", {"data": "{", "content_type": "application/json"}, 400),
        ("PUT", "/items/hammer", {"data": "x"}, 415),
        ("POST", "/items", {"json": {"name": "../x", "record": {}}}, 422),
        ("POST", "/items", {"json": {"name": "saw"}}, 422),
        ("POST", "/items", {"json": ["saw"]}, 422),
        ("POST", "/items/hammer", {"json": {}}, 405),
        ("PUT", "/items/hammer", {"json": {"note": "x" * 100_000}}, 413),
    ],
)
def test_what_is_wrong_is_a_problem_document(sign_in: SignIn, method: str, path: str, sent: dict[str, object], status: int) -> None:
    answer = sign_in("manager").open(path, method=method, **sent)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


def test_passwords_are_kept_as_slow_hashes_and_made_up_on_the_spot(licet: Licet, tmp_path: Path) -> None:
    app = create_app(client=licet, instance_path=str(tmp_path))
    printed = [
        dict(line.split(" ") for line in app.test_cli_runner().invoke(args=["accounts", "seed"]).output.splitlines()) for _ in range(2)
    ]
    assert list(printed[0]) == SEED["accounts"]
    assert set(printed[0].values()).isdisjoint(printed[1].values())
    with app.app_context():
        for account in db.session.scalars(db.select(Account)):
            assert account.password_hash.startswith("scrypt:")
    username, password = printed[1].popitem()
    with app.test_request_context(auth=(username, password)):
        assert authenticated() == username
    with app.test_request_context(auth=(username, printed[0][username])):
        assert authenticated() is None


def test_seeding_says_so_where_licet_cannot_be_told(app: Flask, plane: MemoryControlPlane) -> None:
    plane.down = True
    said = app.test_cli_runner().invoke(args=["accounts", "add", "zoe"])
    assert said.exit_code == 1
    assert "zoe is here, and Licet could not be told" in said.output


def test_the_matrix_in_the_documents_is_true_and_nothing_is_unguarded(app: Flask) -> None:
    runner = app.test_cli_runner()
    for command in (["matrix", "--check", str(HERE / "docs/authorization.md")], ["unguarded"]):
        result = runner.invoke(args=["licet", *command])
        assert result.exit_code == 0, result.output


def test_licet_knows_every_permission_that_the_application_asks_for(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["licet", "declare", "--check"])
    assert result.exit_code == 0, result.output


def test_the_policy_answers_as_its_own_tests_say() -> None:
    assert failed_tests(POLICY) == []


def test_the_seed_makes_nobody_whom_the_policy_does_not_know() -> None:
    assert json.dumps(sorted(POLICY["users"])) == json.dumps(sorted(SEED["accounts"]))
