"""The conditions of filter plans: how they are put together, and what they say of a row (PlanCondition in the contract)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

Tree = dict[str, Any]

ALWAYS: Final[Tree] = {"op": "lit", "value": True}
NEVER: Final[Tree] = {"op": "lit", "value": False}
_OPPOSITES: Final = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
_ID: Final = ["resource", "id"]


def all_of(conditions: Iterable[Tree]) -> Tree:
    """Join by `and`; without constants, repetitions and an `and` in an `and`."""
    return _joined("and", conditions, neutral=ALWAYS, deciding=NEVER)


def any_of(conditions: Iterable[Tree]) -> Tree:
    """Join by `or`; without constants, repetitions and an `or` in an `or`."""
    return _joined("or", conditions, neutral=NEVER, deciding=ALWAYS)


def _joined(op: str, conditions: Iterable[Tree], neutral: Tree, deciding: Tree) -> Tree:
    parts: dict[str, Tree] = {}
    for condition in conditions:
        for part in condition["args"] if condition["op"] == op else (condition,):
            if part["op"] == "lit" and part["value"] is deciding["value"]:
                return deciding
            if part["op"] != "lit" or part["value"] is not neutral["value"]:
                parts[json.dumps(part)] = part
    if not parts:
        return neutral
    args = list(parts.values())
    return args[0] if len(args) == 1 else {"op": op, "args": args}


def opposite_of(condition: Tree) -> Tree:
    """Give the opposite of a condition that does not err."""
    op = condition["op"]
    if op == "lit":
        return NEVER if condition["value"] is True else ALWAYS
    if op == "and":
        return any_of(opposite_of(arg) for arg in condition["args"])
    if op == "or":
        return all_of(opposite_of(arg) for arg in condition["args"])
    if op == "not":
        operand: Tree = condition["args"][0]
        return operand
    if op in ("eq", "ne"):
        return {"op": _OPPOSITES[op], "args": condition["args"]}
    return {"op": "not", "args": [condition]}


def has_value(tree: Tree, value: bool) -> Tree:
    """Say that a condition has this value, and neither the other one nor none because it errs."""
    op = tree["op"]
    if op == "lit":
        return ALWAYS if tree["value"] is value else NEVER
    if op == "not":
        return has_value(tree["args"][0], not value)
    if op in ("and", "or"):
        parts = [has_value(arg, value) for arg in tree["args"]]
        return all_of(parts) if (op == "and") is value else any_of(parts)
    if value and op == "in" and tree["args"][1]["op"] == "list" and not tree["args"][1]["args"]:
        return NEVER
    asked = tree if value else _negated(tree)
    return asked if _is_safe(asked) else {"op": "isTrue", "args": [asked]}


def _negated(tree: Tree) -> Tree:
    """Give the opposite of a condition, which errs where that one errs."""
    opposite = _OPPOSITES.get(tree["op"])
    return {"op": "not", "args": [tree]} if opposite is None else {"op": opposite, "args": tree["args"]}


def _is_safe(tree: Tree) -> bool:
    """Tell whether a condition can be seen not to err, whatever the row."""
    op: str = tree["op"]
    args: list[Tree] = tree.get("args", [])
    path: list[str] = tree.get("path", [])
    if op == "has":
        return len(path) == 3
    if op == "not":
        return _is_safe(args[0])
    if op in ("eq", "ne"):
        return all(_is_there(arg) for arg in args)
    if op == "in":
        return bool(args[1]["op"] == "list") and all(_is_there(arg) for arg in args)
    if op in ("startsWith", "endsWith", "contains"):
        return all(_is_there(arg) and (arg["op"] != "lit" or isinstance(arg["value"], str)) and arg["op"] != "list" for arg in args)
    return False


def _is_there(tree: Tree) -> bool:
    """Tell whether a value is there in every row: what is literal, and the id."""
    if tree["op"] == "list":
        return all(_is_there(arg) for arg in tree["args"])
    return bool(tree["op"] == "lit") or bool(tree["op"] == "var" and tree["path"] == _ID)
