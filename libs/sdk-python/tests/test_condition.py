from __future__ import annotations

from typing import Any

import pytest

from licet._condition import Scope, compile_condition
from licet._operators import ConditionFault
from licet._values import Timestamp, parse_timestamp

NOW = 1_780_000_000_000


def lit(value: Any) -> dict[str, Any]:
    return {"op": "lit", "value": value}


def var(path: str) -> dict[str, Any]:
    return {"op": "var", "path": path.split(".")}


def op(name: str, *args: Any, **more: Any) -> dict[str, Any]:
    return {"op": name, "args": list(args), **more}


def run(tree: Any, **properties: Any) -> Any:
    request = {
        "subject": {"type": "user", "id": "alice"},
        "action": {"name": "read"},
        "resource": {"type": "task", "id": "t1", "properties": properties},
    }
    return compile_condition(tree)(Scope(request, NOW, {"team": "red"}, {"stored": 1}))


R = "resource.properties."


@pytest.mark.parametrize(
    ("tree", "properties", "expected"),
    [
        (op("eq", lit(1), lit(1.0)), {}, True),
        (op("eq", lit(1), lit(True)), {}, False),
        (op("eq", var(R + "n"), lit(9007199254740992)), {"n": 9007199254740993}, True),  # both are the same double
        (op("eq", var(R + "n"), var(R + "m")), {"n": 10**400, "m": 10**500}, True),
        (op("lt", lit(False), lit(True)), {}, ConditionFault("type_mismatch", "lt")),
        (op("lt", lit("\ue000"), lit("\U00010000")), {}, True),  # by code point, not by UTF-16 unit
        (op("eq", op("size", lit("\U0001f600")), lit(1)), {}, True),
        (op("eq", var(R + "a"), var(R + "b")), {"a": [{"x": [1, True]}], "b": [{"x": [1.0, True]}]}, True),
        (op("eq", var(R + "a"), var(R + "b")), {"a": [1], "b": [True]}, False),
        (op("eq", var("now"), lit(NOW)), {}, False),
        (op("le", op("timestamp", lit("2026-01-01T00:00:00+01:00")), var("now")), {}, True),
        (op("eq", op("timestamp", lit("tomorrow")), var("now")), {}, ConditionFault("invalid_timestamp", "timestamp")),
        (op("eq", op("timestamp", lit(5)), var("now")), {}, ConditionFault("type_mismatch", "timestamp")),
        (var(R + "flag"), {"flag": "yes"}, ConditionFault("not_boolean", "condition")),
        (op("not", var(R + "flag")), {"flag": 0}, ConditionFault("not_boolean", "not")),
        (op("and", var(R + "gone"), lit(False)), {}, False),
        (op("or", var(R + "gone"), lit(True)), {}, True),
        (op("and", var(R + "gone"), lit(True)), {}, ConditionFault("missing_attribute", R + "gone")),
        (op("or", lit(1), var(R + "gone")), {}, ConditionFault("not_boolean", "or")),
        (op("eq", var(R + "a.b.c"), lit(1)), {"a": {}}, ConditionFault("missing_attribute", R + "a.b")),
        (op("eq", var(R + "a.b.c"), lit(1)), {"a": 5}, ConditionFault("missing_attribute", R + "a.b")),
        ({"op": "has", "path": ["resource", "properties", "a"]}, {"a": None}, True),
        ({"op": "has", "path": ["resource", "properties", "a", "b"]}, {"a": {}}, False),
        ({"op": "has", "path": ["resource", "properties", "a", "b"]}, {}, ConditionFault("missing_attribute", R + "a")),
        (op("eq", var(R + "stored"), lit(1)), {}, True),
        (op("eq", var(R + "stored"), lit(None)), {"stored": None}, True),  # the request's own wins, even as null
        (op("in", lit("stored"), var("resource.properties")), {"x": 1}, True),
        (op("in", lit(1), var("resource.properties")), {}, ConditionFault("type_mismatch", "in")),
        (op("in", lit(1), op("list", lit("1"), lit(1.0))), {}, True),
        (op("startsWith", var("subject.properties.team"), lit("r")), {}, True),
        (op("contains", lit("abc"), lit(1)), {}, ConditionFault("type_mismatch", "contains")),
        (op("exists", var(R + "l"), op("eq", var("x"), lit(2)), each="x"), {"l": [1, 2]}, True),
        (op("all", var(R + "l"), op("lt", var("x"), lit(2)), each="x"), {"l": ["a", 3]}, False),
        (op("all", var(R + "l"), op("lt", var("x"), lit(2)), each="x"), {"l": ["a", 1]}, ConditionFault("type_mismatch", "lt")),
        (op("exists", var(R + "l"), var("x"), each="x"), {"l": []}, False),
        (op("exists", var(R + "l"), var("x"), each="x"), {"l": [0]}, ConditionFault("not_boolean", "exists")),
        (op("exists", var(R + "l"), var("x"), each="x"), {"l": "abc"}, ConditionFault("type_mismatch", "exists")),
        (op("exists", var(R + "l"), var("x"), each="x"), {"l": [True] * 1001}, ConditionFault("too_long", "exists")),
        (op("exists", var(R + "l"), op("eq", var("subject.id"), lit("inner")), each="subject"), {"l": [{"id": "inner"}]}, True),
        (op("eq", var("action.name"), lit("read")), {}, True),
        (op("eq", var("subject.nick"), lit("x")), {}, ConditionFault("missing_attribute", "subject.nick")),
        (op("eq", var("context.ip"), lit("x")), {}, ConditionFault("missing_attribute", "context.ip")),
    ],
)
def test_a_condition_gives_its_value_or_its_fault(tree: Any, properties: dict[str, Any], expected: Any) -> None:
    assert run(tree, **properties) == expected
    assert type(run(tree, **properties)) is type(expected)


def test_an_exists_within_an_exists_sees_both_items() -> None:
    inner = op("exists", var(R + "b"), op("eq", var("x"), var("y")), each="y")
    assert run(op("exists", var(R + "a"), inner, each="x"), a=[1, 2], b=[2, 3]) is True
    assert run(op("exists", var(R + "a"), inner, each="x"), a=[1], b=[2, 3]) is False


@pytest.mark.parametrize("tree", [None, {}, {"op": "eval"}, op("eq", lit(1)), op("nope", lit(1)), lit({}), {"op": "var", "path": []}])
def test_what_is_no_tree_is_refused(tree: Any) -> None:
    with pytest.raises(ValueError, match="condition"):
        compile_condition(tree)


def test_a_tree_that_is_too_deep_is_refused() -> None:
    tree = lit(True)
    for _ in range(100_000):
        tree = op("not", tree)
    with pytest.raises(ValueError, match="too deep"):
        compile_condition(tree)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31t23:59:59.9999z", -1),
        ("2000-02-29T00:00:00+00:30", 951_780_600_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("0000-01-01T00:00:00Z", None),
        ("2026-02-29T00:00:00Z", None),
        ("2026-01-01T24:00:00Z", None),
        ("2026-01-01T00:00:60Z", None),
        ("2026-01-01T00:00:00", None),
        ("2026-01-01 00:00:00Z", None),
        ("2026-01-01T00:00:00Z\n", None),
        ("\uff12026-01-01T00:00:00Z", None),
    ],
)
def test_timestamps(text: str, ms: int | None) -> None:
    assert parse_timestamp(text) == (None if ms is None else Timestamp(ms))
