from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask_login import login_user
from sqlalchemy import event

from app import create_app
from conftest import HERE, PASSWORD, POLICY, Person
from licet import Licet
from licet.testing import MemoryControlPlane, failed_tests
from models import Task, User, db
from tasks import visible_tasks

Join = Callable[[str], Person]


def write_task(person: Person, title: str) -> str:
    answer = person.post("/tasks/new", title=title, details="some details")
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def test_people_see_and_change_their_own_tasks_only(join: Join) -> None:
    alice, bob = join("alice"), join("bob")
    task = write_task(alice, "Water the plants")
    assert "Water the plants" in alice.get("/tasks").text
    assert "Water the plants" not in bob.get("/tasks").text
    assert alice.post(f"{task}/edit", title="Water all plants", done="on").status_code == 302
    for answer in (bob.get(task), bob.get(f"{task}/edit"), bob.post(f"{task}/edit", title="x"), bob.post(f"{task}/delete")):
        assert answer.status_code == 403
    assert "Water all plants" in alice.get(task).text
    assert alice.post(f"{task}/delete").status_code == 302
    assert alice.get(task).status_code == 404


def test_whoever_the_policy_says_works_with_all_tasks(join: Join) -> None:
    task = write_task(join("alice"), "Water the plants")
    ada = join("ada")
    assert "Water the plants" in ada.get("/tasks").text
    assert ada.get("/analytics").status_code == 200
    assert ada.post(f"{task}/delete").status_code == 302


def test_pages_for_few_are_refused_and_not_linked_for_others(join: Join) -> None:
    ada, alice = join("ada"), join("alice")
    assert 'href="/users"' in ada.get("/tasks").text
    page = alice.get("/tasks").text
    assert 'href="/users"' not in page
    assert 'href="/analytics"' not in page
    assert alice.get("/users").status_code == alice.get("/analytics").status_code == 403


def test_every_page_shows(join: Join, visit: Callable[[], Person]) -> None:
    stranger, ada = visit(), join("ada")
    task = write_task(ada, "Water the plants")
    for person, path, heading in (
        (stranger, "/login", "Sign in"),
        (stranger, "/register", "Make an account"),
        (ada, "/tasks", "Tasks"),
        (ada, "/tasks/new", "New task"),
        (ada, task, "Water the plants"),
        (ada, f"{task}/edit", "Edit task"),
        (ada, "/users", "Accounts"),
        (ada, "/analytics", "Analytics"),
    ):
        answer = person.get(path)
        assert answer.status_code == 200
        assert f"<h1>{heading}</h1>" in answer.text
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "There is nothing here" in ada.get("/tasks/999").text
    assert ada.get("/").headers["Location"] == "/tasks"


def test_a_refusal_says_what_why_and_whom_to_ask(join: Join) -> None:
    answer = join("alice").get("/users")
    for words in ("You may not do this", "user-account:list", "user account", "None of your roles allows it", "whoever looks after access"):
        assert words in answer.text
    assert "no_matching_grant" in answer.text


def test_an_edit_in_licet_is_in_force_with_the_next_click(join: Join, plane: MemoryControlPlane, licet: Licet) -> None:
    alice = join("alice")
    assert alice.get("/analytics").status_code == 403
    grant = {"id": "new", "role": "user", "permission": "analytics:read", "effect": "allow", "condition": None}
    licet.wait_ready(5, revision=plane.commit(("grants", "new", grant)))
    assert alice.get("/analytics").status_code == 200
    licet.wait_ready(5, revision=plane.commit(("grants", "new", None)))
    assert alice.get("/analytics").status_code == 403


def test_disabling_an_account_signs_it_out_and_tells_licet(join: Join, plane: MemoryControlPlane, licet: Licet) -> None:
    ada, alice = join("ada"), join("alice")
    assert alice.post("/users/alice/disable").status_code == 403
    assert ada.post("/users/alice/disable").status_code == 302
    assert plane.users["alice"]["enabled"] is False
    assert licet.check("alice", "task:create").reason == "disabled_subject"
    assert alice.get("/tasks").status_code == 302
    assert alice.post("/login", username="alice", password=PASSWORD).status_code == 403
    assert ada.post("/users/alice/enable").status_code == 302
    assert alice.post("/login", username="alice", password=PASSWORD).status_code == 302
    assert "cannot disable your own" in ada.browser.get(ada.post("/users/ada/disable").headers["Location"]).text


def test_users_are_registered_when_they_sign_up_and_at_the_start(
    join: Join, plane: MemoryControlPlane, licet: Licet, tmp_path: Path
) -> None:
    plane.down = True
    alice = join("alice")
    assert "alice" not in plane.users
    refused = alice.get("/tasks")
    assert refused.status_code == 403
    assert "does not know your account yet" in refused.text
    plane.come_back()
    create_app(client=licet, instance_path=str(tmp_path))  # a start of the application
    plane.wait_for(lambda: "alice" in plane.users)
    licet.wait_ready(5, revision=plane.revision)
    assert alice.get("/tasks").status_code == 200


def test_a_start_does_not_enable_whom_licet_disabled(join: Join, plane: MemoryControlPlane, licet: Licet, tmp_path: Path) -> None:
    join("alice")
    licet.users.sync([{"id": "alice", "enabled": False}])
    seen = len(plane.requests)
    create_app(client=licet, instance_path=str(tmp_path))
    plane.wait_for(lambda: any(path == "/api/v1/users/sync" for _, path, _ in plane.requests[seen:]))
    assert plane.users["alice"]["enabled"] is False


def test_the_api_answers_json_and_problems(join: Join) -> None:
    alice, bob = join("alice"), join("bob")
    task = write_task(alice, "Water the plants").removeprefix("/tasks/")
    assert alice.browser.get("/api/tasks").json == [
        {"id": int(task), "title": "Water the plants", "details": "some details", "done": False, "owner": "alice"}
    ]
    assert bob.browser.get("/api/tasks").json == []
    refused = bob.browser.delete(f"/api/tasks/{task}")
    assert refused.status_code == 403
    assert refused.content_type == "application/problem+json"
    assert refused.json is not None
    assert refused.json["permission"] == "task:delete"
    missing = bob.browser.delete("/api/tasks/999")
    assert missing.status_code == 404
    assert missing.content_type == "application/problem+json"
    assert alice.browser.delete(f"/api/tasks/{task}").status_code == 204


def test_nobody_is_sent_to_sign_in(visit: Callable[[], Person]) -> None:
    person = visit()
    for path in ("/tasks", "/tasks/new", "/tasks/1/edit", "/users", "/analytics"):
        answer = person.get(path)
        assert answer.status_code in (302, 404)
        assert "/login" in answer.headers.get("Location", "/login")
    assert person.browser.get("/api/tasks").status_code == 401


def test_signing_in_and_out(join: Join, visit: Callable[[], Person]) -> None:
    join("alice")
    person = visit()
    assert person.post("/login", username="alice", password="wrong").status_code == 401
    assert person.post("/login", username="nobody", password="wrong").status_code == 401
    assert person.post("/login?next=/analytics", username="Alice ", password=PASSWORD).headers["Location"] == "/analytics"
    person.post("/logout")
    assert person.get("/tasks").status_code == 302


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "tasks"])
def test_signing_in_leads_nowhere_else(join: Join, visit: Callable[[], Person], target: str) -> None:
    join("alice")
    assert visit().post(f"/login?next={target}", username="alice", password=PASSWORD).headers["Location"] == "/tasks"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"username": "A!", "name": "A", "password": PASSWORD}, "small letters"),
        ({"username": "ada", "name": "", "password": PASSWORD}, "your name"),
        ({"username": "ada", "name": "A", "password": "short"}, "at least 12"),
        ({"username": "taken", "name": "A", "password": PASSWORD}, "is taken"),
    ],
)
def test_signing_up_says_what_is_wrong(join: Join, visit: Callable[[], Person], form: dict[str, str], words: str) -> None:
    join("taken")
    answer = visit().post("/register", **form)
    assert answer.status_code == 422
    assert words in answer.text
    assert PASSWORD not in answer.text


def test_a_form_without_its_token_is_refused(join: Join) -> None:
    alice = join("alice")
    task = write_task(alice, "Water the plants")
    assert alice.browser.post(f"{task}/delete").status_code == 400
    assert alice.get(task).status_code == 200


def test_what_people_write_stays_text(join: Join) -> None:
    alice = join("alice")
    task = write_task(alice, "<script>alert(1)</script>")
    assert "<script>alert" not in alice.get(task).text + alice.get("/tasks").text


def test_the_session_key_is_made_once_and_kept_private(licet: Licet, tmp_path: Path) -> None:
    first, second = (create_app(client=licet, instance_path=str(tmp_path)).secret_key for _ in range(2))
    assert first == second
    assert len(str(first)) == 64
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_the_policy_answers_as_its_own_tests_say() -> None:
    assert failed_tests(POLICY) == []


def test_the_matrix_in_the_documents_is_true_and_nothing_is_unguarded(app: Flask) -> None:
    runner = app.test_cli_runner()
    for command in (["matrix", "--check", str(HERE / "docs/authorization.md")], ["unguarded"], ["declare", "--check"]):
        result = runner.invoke(args=["licet", *command])
        assert result.exit_code == 0, result.output


def test_a_list_is_one_query_and_holds_what_a_check_of_each_task_would(join: Join, app: Flask, licet: Licet) -> None:
    for name in ("ada", "alice", "bob"):
        write_task(join(name), f"of {name}")
    statements: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    for name in ("ada", "alice", "bob"):
        with app.test_request_context():
            login_user(db.session.scalar(db.select(User).filter_by(username=name)))
            statements.clear()
            seen = visible_tasks()
            assert len(statements) == 1
            every = db.session.scalars(db.select(Task))
            assert {task.id for task in seen} == {task.id for task in every if licet.check(name, "task:read", task)}


@pytest.mark.parametrize("url", ["http://localhost:4000", "https://licet.example.org/"])
def test_without_a_key_the_start_says_where_to_get_one(url: str) -> None:
    environment = {**os.environ, "LICET_URL": url, "LICET_API_KEY": ""}
    done = subprocess.run([sys.executable, str(HERE / "run.py")], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"{url.rstrip('/')}/#/api-keys" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
