"""Runs the cases that every implementation of the engine runs: `libs/conformance/cases/<rule>.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from licet._engine import decide
from licet._snapshot import create_snapshot
from licet._values import parse_timestamp
from licet.testing import snapshot_document

CASES = Path(__file__).parents[2] / "conformance" / "cases"


def every_case() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        found += [pytest.param(document["policy"], case, id=f"{path.stem}: {case['name']}") for case in document["cases"]]
    return found


def test_there_are_cases() -> None:
    assert len(every_case()) > 0, f"no conformance cases in {CASES}"


@pytest.mark.parametrize(("policy", "case"), every_case())
def test_conformance(policy: dict[str, Any], case: dict[str, Any]) -> None:
    snapshot = create_snapshot(snapshot_document(policy))
    now = parse_timestamp(case["now"])
    assert now is not None
    answer = decide(snapshot, case["request"], now.ms).as_dict()
    assert answer == {**case["expect"], "revision": 1}
