"""Runs the cases that every implementation of the engine runs: `libs/conformance`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from licet._engine import decide, parse_user_key
from licet._explain import explain
from licet._plan import filter_plan
from licet._rows import id_order
from licet._search import search_actions, search_resources, search_subjects
from licet._snapshot import create_snapshot
from licet._values import parse_timestamp
from licet.testing import snapshot_document

ROOT = Path(__file__).parents[2] / "conformance"


def cases_of(folder: str) -> list[Any]:
    found = []
    for path in sorted((ROOT / folder).glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        found += [pytest.param(document["policy"], case, id=f"{path.stem}: {case['name']}") for case in document["cases"]]
    assert found, f"no conformance cases in {ROOT / folder}"
    return found


def milliseconds(text: str) -> int:
    instant = parse_timestamp(text)
    assert instant is not None
    return instant.ms


@pytest.mark.parametrize(("policy", "case"), cases_of("cases"))
def test_decisions(policy: dict[str, Any], case: dict[str, Any]) -> None:
    answer = decide(create_snapshot(snapshot_document(policy)), case["request"], milliseconds(case["now"])).as_dict()
    assert answer == {**case["expect"], "revision": 1}


@pytest.mark.parametrize(("policy", "case"), cases_of("explain"))
def test_explanations(policy: dict[str, Any], case: dict[str, Any]) -> None:
    answer = explain(create_snapshot(snapshot_document(policy)), case["request"], milliseconds(case["now"])).as_dict()
    assert answer == {**case["expect"], "decision": {**case["expect"]["decision"], "revision": 1}}


SEARCHES: dict[str, tuple[Callable[..., Iterator[str]], Callable[[str, Any], Any]]] = {
    "subjects": (search_subjects, lambda key, _: dict(zip(("type", "id"), parse_user_key(key), strict=True))),
    "resources": (search_resources, lambda name, request: {"type": request["resource"]["type"], "id": name}),
    "actions": (search_actions, lambda name, _: {"name": name}),
}


@pytest.mark.parametrize(("policy", "case"), cases_of("search"))
def test_searches(policy: dict[str, Any], case: dict[str, Any]) -> None:
    search, result = SEARCHES[case["search"]]
    found = list(search(create_snapshot(snapshot_document(policy)), case["request"], milliseconds(case["now"])))
    left = [name for name in found if id_order(name) > id_order(case["page"].get("after", ""))]
    page = left[: min(case["page"]["limit"], 1000)]
    following = None if len(left) <= len(page) else page[-1] if page else case["page"].get("after", "")
    assert {"results": [result(name, case["request"]) for name in page], "next": following} == case["expect"]


@pytest.mark.parametrize(("policy", "case"), cases_of("plan"))
def test_filter_plans(policy: dict[str, Any], case: dict[str, Any]) -> None:
    snapshot, now = create_snapshot(snapshot_document(policy)), milliseconds(case["now"])
    assert filter_plan(snapshot, case["request"], now).as_dict() == {**case["expect"], "revision": 1}
    for row in case["rows"]:
        resource = {"type": case["request"]["resource"]["type"], "id": row["id"], "properties": row["properties"]}
        assert decide(snapshot, {**case["request"], "resource": resource}, now).allowed is row["allowed"]
