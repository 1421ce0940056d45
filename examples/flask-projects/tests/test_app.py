from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, json

from app import create_app
from conftest import HERE, POLICY, SEED, SignIn
from licet import Forbidden, Licet
from licet.testing import MemoryControlPlane, failed_tests
from models import Project, db
from service import find, set_archived
from tokens import signed_in


def test_a_list_holds_what_one_may_read_and_no_more(sign_in: SignIn) -> None:
    seen = {person: [project["id"] for project in sign_in(person).get("/acme/projects").json or ()] for person in ("ann", "ben", "mia")}
    assert seen == {"ann": [1, 2, 3, 4, 5], "ben": [1, 3, 4, 5], "mia": [1, 2, 3, 4, 5]}


def test_a_project_that_one_may_not_read_looks_like_none(sign_in: SignIn) -> None:
    ben = sign_in("ben")
    private, missing, elsewhere = (ben.get(f"/acme/projects/{number}") for number in (2, 99, 6))
    assert private.status_code == missing.status_code == elsewhere.status_code == 404
    assert private.data == missing.data == elsewhere.data
    patched = [ben.patch(f"/acme/projects/{number}", json={"name": "x"}) for number in (2, 99)]
    assert patched[0].data == patched[1].data
    no_member, no_tenant = sign_in("gus").get("/acme/projects/1"), sign_in("gus").get("/nowhere/projects/1")
    assert no_member.data == no_tenant.data == missing.data


def test_a_refusal_says_what_and_why(sign_in: SignIn) -> None:
    refused = sign_in("mia").patch("/acme/projects/3", json={"name": "x"})
    assert refused.json is not None
    assert refused.json["detail"] == "`project:update` is not permitted. A rule of the access policy forbids it."


def test_a_project_begins_with_its_owner_and_can_be_archived_and_brought_back(sign_in: SignIn) -> None:
    ben = sign_in("ben")
    made = ben.post("/acme/projects", json={"name": "Garden", "private": True}).json
    assert made is not None
    assert (made["owner"], made["private"]) == ("ben", True)
    path = f"/acme/projects/{made['id']}"
    assert ben.put(f"{path}/archived").json["archived"] is True  # type: ignore[index]
    assert ben.patch(path, json={"name": "Yard"}).status_code == 403
    assert ben.delete(f"{path}/archived").json["archived"] is False  # type: ignore[index]
    assert ben.patch(path, json={"name": "Yard"}).json["name"] == "Yard"  # type: ignore[index]


@pytest.mark.parametrize("body", [[], {"owner": "ben"}, {"name": ""}, {"name": 3}, {"private": "yes"}, {"name": "x" * 101}])
def test_what_cannot_be_set_is_refused_by_name(sign_in: SignIn, body: object) -> None:
    answer = sign_in("ann").patch("/acme/projects/1", json=body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_the_command_line_is_guarded_by_the_same_service(app: Flask) -> None:
    runner = app.test_cli_runner()

    def projects(*args: str) -> tuple[int, str]:
        result = runner.invoke(args=["projects", *args])
        return result.exit_code, result.output

    assert projects("list", "acme", "--as", "ben") == (0, "1 public\n3 archived\n4 locked\n5 owner may not edit\n")
    assert projects("archive", "acme", "1", "--as", "ann") == (0, "public is archived.\n")
    assert projects("archive", "acme", "1", "--back", "--as", "mia") == (0, "public is back.\n")
    refused = projects("archive", "acme", "1", "--as", "ben")
    assert refused == (1, "Error: `project:archive` is not permitted. None of your roles allows it.\n")
    assert projects("archive", "acme", "2", "--as", "ben") == (1, "Error: There is no project 2.\n")
    with app.app_context():
        assert set_archived("acme", 1, "mia", archived=True).archived
        with pytest.raises(Forbidden):
            set_archived("acme", 4, "mia", archived=True)


def test_before_the_policy_arrives_nothing_is_said_to_be_gone(plane: MemoryControlPlane, tmp_path: Path) -> None:
    plane.down = True
    with Licet("http://licet.test", "lct_test", fetcher=plane) as unready:
        app = create_app(client=unready, instance_path=str(tmp_path), SQLALCHEMY_DATABASE_URI="sqlite://")
        with app.app_context():
            db.session.add(Project(id=1, tenant="acme", owner="ann", name="public"))
            db.session.commit()
            with pytest.raises(Forbidden, match="not_ready"):
                find("acme", 1, "ann")


def test_a_token_speaks_for_one_person_until_it_ends(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    given = app.test_cli_runner().invoke(args=["projects", "token", "ann"]).output.strip()
    with app.test_request_context(headers={"Authorization": f"Bearer {given}"}):
        assert signed_in() == "ann"
        monkeypatch.setattr("tokens.LASTS", -1)
        assert signed_in() is None
    monkeypatch.undo()
    for header in (f"Bearer {given[:-1]}", f"Basic {given}", "Bearer ", "Bearer ImFubiI.x.y"):
        with app.test_request_context(headers={"Authorization": header}):
            assert signed_in() is None


def test_the_seed_is_what_the_policy_speaks_of(app: Flask, plane: MemoryControlPlane, sign_in: SignIn) -> None:
    result = app.test_cli_runner().invoke(args=["projects", "seed"])
    assert result.exit_code == 0, result.output
    assert set(SEED["people"]) == set(POLICY["users"]) <= set(plane.users)
    assert "Hammock district" in sign_in("gus").get("/globex/projects").text


def test_the_matrix_in_the_documents_is_true_and_nothing_is_unguarded(app: Flask) -> None:
    runner = app.test_cli_runner()
    for command in (["matrix", "--check", str(HERE / "docs/authorization.md")], ["unguarded"], ["declare", "--check"]):
        result = runner.invoke(args=["licet", *command])
        assert result.exit_code == 0, result.output


def test_the_policy_answers_as_its_own_tests_say() -> None:
    assert failed_tests(POLICY) == []
    assert json.dumps(POLICY["tests"]) != "[]"


def test_the_key_of_tokens_is_made_once_and_kept_private(licet: Licet, tmp_path: Path) -> None:
    first, second = (create_app(client=licet, instance_path=str(tmp_path)).secret_key for _ in range(2))
    assert first == second
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
