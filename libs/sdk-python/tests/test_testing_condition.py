from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from licet._testing_condition import read_condition

CONFORMANCE = Path(__file__).parents[2] / "conformance"


def every_condition() -> list[Any]:
    found = []
    for path in sorted(CONFORMANCE.glob("*/*.json")):
        rows = json.loads(path.read_text(encoding="utf-8"))["policy"].get("conditions", ())
        found += [pytest.param(row["expression"], row["tree"], id=f"{path.stem}: {row['id']}") for row in rows]
    return found


def test_there_are_conditions() -> None:
    assert len(every_condition()) > 100


@pytest.mark.parametrize(("expression", "tree"), every_condition())
def test_a_condition_is_read_as_the_control_plane_reads_it(expression: str, tree: Any) -> None:
    assert read_condition(expression) == tree


def test_conditions_are_read_over_lines_with_comments_and_escapes() -> None:
    text = "subject.id == 'it\\'s' // one\n  || subject.id in [r'a\\n', \"\\u00e9\\x41\\101\\n\", ]"
    assert read_condition(text) == {
        "op": "or",
        "args": [
            {"op": "eq", "args": [{"op": "var", "path": ["subject", "id"]}, {"op": "lit", "value": "it's"}]},
            {
                "op": "in",
                "args": [
                    {"op": "var", "path": ["subject", "id"]},
                    {"op": "list", "args": [{"op": "lit", "value": "a\\n"}, {"op": "lit", "value": "éAA\n"}]},
                ],
            },
        ],
    }


def test_a_chain_is_one_however_it_is_bracketed() -> None:
    parts = [{"op": "var", "path": ["context", name]} for name in "abc"]
    for text in ("context.a && context.b && context.c", "context.a && (context.b && context.c)", "(context.a && context.b) && context.c"):
        assert read_condition(text) == {"op": "and", "args": parts}
    mixed = read_condition("context.a && (context.b || context.c)")
    assert mixed == {"op": "and", "args": [parts[0], {"op": "or", "args": parts[1:]}]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a ==",
        "a b",
        "a = b",
        "(a",
        "[1, 2",
        "a ? b : c",
        "1 + 2",
        "a.matches('x')",
        "size()",
        "has(a)",
        "-a",
        "'open",
        "a[0]",
        "f(a)",
        "&& a",
    ],
)
def test_what_is_not_of_the_profile_is_refused_and_never_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="cannot read the condition"):
        read_condition(text)
