"""The client in both modes, held to the cases that every implementation of the engine runs: `libs/conformance`.

In remote mode it asks the control plane in memory, which answers by this package's own engine; and the routes that the api and the
standalone decision point mount, `libs/decision-http`, served by themselves: a case needs neither a database nor a policy written there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from conftest import KEY, QUICK, assign, user
from licet import Licet
from licet._engine import user_key
from licet._rows import id_order
from licet.testing import MemoryControlPlane
from test_conformance import cases_of, milliseconds

ROOT = Path(__file__).parents[3]
Ask = Callable[[dict[str, Any]], Licet]


class InMemory:
    """Gives clients of a control plane in memory, one for all cases of a policy."""

    def __init__(self, mode: Any) -> None:
        self._mode = mode
        self._clients: dict[str, Licet] = {}
        self.now = 0

    def __call__(self, policy: dict[str, Any]) -> Licet:
        name = json.dumps(policy)
        if name not in self._clients:
            plane = MemoryControlPlane(policy)
            client = Licet("http://licet.test", KEY, mode=self._mode, fetcher=plane, pace=QUICK, name="tests", decision_log=False)
            client.wait_ready(5)
            self._clients[name] = client
        return self._clients[name]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


class Served:
    """Gives the client of the decision point, which answers from the policy of the case, at its time."""

    def __init__(self) -> None:
        node = shutil.which("node", path=str(ROOT / "node_modules" / ".bin"))
        if node is None:
            pytest.skip("there is no Node.js of this workspace: run `npm run setup`")
        command = [node, "--conditions=@licet/source", "--no-warnings", str(ROOT / "libs/decision-http/src/cases.fixture.ts")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._url = self._process.stdout.readline().strip()
        assert self._url, "the decision point did not start"
        self._client = Licet(self._url, KEY, mode="remote", name="tests", timeout=30)
        self._http = urllib3.PoolManager()
        self._policy: dict[str, Any] | None = None
        self.now = 0

    def __call__(self, policy: dict[str, Any]) -> Licet:
        case = {"now": self.now} if policy is self._policy else {"now": self.now, "policy": policy}
        self._policy = policy
        assert self._http.request("PUT", f"{self._url}/case", json=case).status == 200
        return self._client

    def close(self) -> None:
        self._client.close()
        self._http.clear()
        self._process.communicate(timeout=30)  # it ends with its input
        assert self._process.returncode == 0


@pytest.fixture(scope="module", params=["local", "remote", "remote, served"])
def opened(request: pytest.FixtureRequest) -> Iterator[InMemory | Served]:
    made = Served() if request.param == "remote, served" else InMemory(request.param)
    yield made
    made.close()


@pytest.fixture
def at(opened: InMemory | Served, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], None]:
    """Set the clock to the time of a case."""

    def set_clock(case: dict[str, Any]) -> None:
        now = opened.now = milliseconds(case["now"])
        monkeypatch.setattr("licet._local.now_ms", lambda: now)
        monkeypatch.setattr("licet._memory_answers.now_ms", lambda: now)

    return set_clock


def parts_of(request: dict[str, Any]) -> tuple[Any, str, Any, Any]:
    """Give the parts of a case's question, as an application names them."""
    resource, action = request.get("resource"), request.get("action")
    kind = resource.get("type") if isinstance(resource, dict) else None
    name = action.get("name") if isinstance(action, dict) else None
    return request.get("subject"), f"{kind}:{name}", resource, request.get("context")


def sayable(case: dict[str, Any]) -> bool:
    """Tell whether the client asks it as it stands: it has no attributes of actions, and takes numbers for ids."""
    if not isinstance(case["request"], dict):
        return False
    action, *named = (case["request"].get(member) for member in ("action", "subject", "resource"))
    has_number = any(isinstance(entity, dict) and type(entity.get("id")) is int for entity in named)
    return not has_number and not (isinstance(action, dict) and "properties" in action)


def cases(folder: str) -> list[Any]:
    return [case for case in cases_of(folder) if sayable(case.values[1])]


@pytest.mark.parametrize(("policy", "case"), cases("cases"))
def test_decisions(opened: Ask, at: Callable[[dict[str, Any]], None], policy: dict[str, Any], case: dict[str, Any]) -> None:
    at(case)
    subject, permission, resource, context = parts_of(case["request"])
    answer = opened(policy).check(subject, permission, resource, context)
    if case["expect"]["reason"] == "invalid_request":
        assert (answer.allowed, answer.reason) == (False, "invalid_request")
    else:
        assert answer.as_dict() == {**case["expect"], "revision": 1}


@pytest.mark.parametrize(("policy", "case"), cases("explain"))
def test_explanations(opened: Ask, at: Callable[[dict[str, Any]], None], policy: dict[str, Any], case: dict[str, Any]) -> None:
    at(case)
    subject, permission, resource, context = parts_of(case["request"])
    answer = opened(policy).explain(subject, permission, resource, context).as_dict()
    revision = answer["decision"]["revision"] if case["expect"]["decision"]["reason"] == "invalid_request" else 1
    assert answer == {**case["expect"], "decision": {**case["expect"]["decision"], "revision": revision}}


@pytest.mark.parametrize(("policy", "case"), cases("plan"))
def test_filter_plans(opened: Ask, at: Callable[[dict[str, Any]], None], policy: dict[str, Any], case: dict[str, Any]) -> None:
    at(case)
    subject, permission, resource, context = parts_of(case["request"])
    answer = opened(policy).filter_plan(subject, permission, resource.get("properties"), context).as_dict()
    revision = answer["revision"] if case["expect"].get("reason") == "invalid_request" else 1
    assert answer == {**case["expect"], "revision": revision}


def askable(case: dict[str, Any]) -> bool:
    """Attributes that all candidates are taken to have are not the application's business."""
    subject, resource = case["request"].get("subject") or {}, case["request"].get("resource") or {}
    searched = {"subjects": subject, "resources": resource}.get(case["search"], {})
    return isinstance(subject.get("type"), str) and (case["search"] == "subjects" or "id" in subject) and "properties" not in searched


@pytest.mark.parametrize(("policy", "case"), [case for case in cases("search") if askable(case.values[1])])
def test_searches(opened: Ask, at: Callable[[dict[str, Any]], None], policy: dict[str, Any], case: dict[str, Any]) -> None:
    at(case)
    client, page = opened(policy), case["page"]
    subject, permission, resource, context = parts_of(case["request"])

    def find() -> list[str]:
        if case["search"] == "subjects":
            return client.who_can(permission, resource, context, type=subject["type"])
        if case["search"] == "resources":
            return client.what_can(subject, permission, context)
        return client.actions_on(subject, resource["type"], resource, context)

    # Pages are not its business either: what is found after a name is a part of all that is found.
    try:
        found = [name for name in find() if id_order(name) > id_order(page.get("after", ""))][: page["limit"]]
    except ValueError:
        found = []  # what is no question finds nothing
    wanted = [
        result.get("name") or (user_key(result["type"], result["id"]) if case["search"] == "subjects" else result["id"])
        for result in case["expect"]["results"]
    ]
    assert found == wanted


def test_a_search_that_has_many_pages_is_whole_and_in_order(opened: Ask) -> None:
    names = sorted(f"u{number}" for number in range(2300))
    policy: dict[str, Any] = {
        "tenants": [{"id": "default"}],
        "resource-types": [{"id": "task", "attributes": {}}],
        "permissions": [{"id": "task:read"}],
        "roles": [{"id": "reader"}],
        "grants": [{"id": "g", "role": "reader", "permission": "task:read", "effect": "allow", "condition": None}],
        "groups": [{"id": "everyone"}, {"id": "anyone"}],
        "users": [user(name) for name in names],
        "resources": [{"id": f"task:{name}", "tenant": None, "attributes": {}} for name in names],
        "assignments": [assign("a", "reader", group="everyone")],
    }
    client = opened(policy)
    assert client.who_can("task:read", "u7") == names
    assert client.what_can("u7", "task:read") == names
    assert client.what_can("u7", "task:read", limit=1500) == names[:1500]
