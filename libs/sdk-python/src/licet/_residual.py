"""What is left of a condition when everything is known but the resource's id and attributes.

Where the condition has a value, the reduced one has the same, and where it errs, so does the reduced one; which error it is may differ.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from licet._condition import LIST_LIMIT, Scope, compile_value
from licet._operators import BINARY, UNARY, ConditionFault, Fault
from licet._values import Timestamp, double, equal, instant_text, is_instant, kind

Tree = dict[str, Any]
_MOST_PARTS: Final = 10_000
"""How many parts the conditions of one plan have at most, with lists that are known written out."""
_ABSENT: Final = object()
_OPEN: Final = object()
"""In place of the value of a bound name: the items of an attribute of the resource."""
_VALUES: Final = frozenset(("lit", "var", "list", "size", "timestamp"))
"""The operators whose value may be something else than true or false."""


class Known(NamedTuple):
    """A part of a condition to which the resource does not matter. An error is a value, too."""

    value: Any


class Open(NamedTuple):
    """A part of a condition with what is left of it; None cannot be written, for instance because a map would have to be a literal."""

    tree: Tree | None


Part = Known | Open
_ERROR: Final = Known(ConditionFault("type_mismatch", "condition"))
_INEXPRESSIBLE: Final = Open(None)


class Reducer:
    """Reduces conditions. One of these serves one plan, and counts what it writes."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._given = scope.request["resource"].get("properties") or {}
        self._parts = 0

    def reduce(self, tree: Tree, bounds: tuple[tuple[str, Any], ...] = ()) -> Part:
        """Give what is left of a condition that compiles. Raises ValueError where the conditions become too large."""
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise ValueError("the plan is too large")
        op = tree["op"]
        if op == "lit":
            return Known(tree["value"])
        if op == "var":
            return self._var(tree["path"], bounds)
        if op == "has":
            return self._has(tree["path"], bounds)
        if op in ("exists", "all"):
            return self._quantifier(tree, bounds)
        if op == "in" and _is_properties(tree["args"][1], bounds):
            return self._name_in_properties(self.reduce(tree["args"][0], bounds))
        parts = [self.reduce(arg, bounds) for arg in tree["args"]]
        if op == "list":
            return _list(parts)
        if op in ("and", "or"):
            return _join(op, parts)
        return _unary(op, parts[0]) if op in UNARY else _binary(op, parts[0], parts[1])

    def _var(self, path: list[str], bounds: tuple[tuple[str, Any], ...]) -> Part:
        bound = _bound(path[0], bounds)
        if bound is _OPEN:
            return Open({"op": "var", "path": path})
        if bound is not _ABSENT:
            value = _member_at(bound, path[1:])
            return _ERROR if value is _ABSENT else Known(value)
        if path in (["resource"], ["resource", "properties"]):
            return _INEXPRESSIBLE
        tree = {"op": "var", "path": path}
        return Open(tree) if self._differs(path) else self._evaluated(tree)

    def _has(self, path: list[str], bounds: tuple[tuple[str, Any], ...]) -> Part:
        bound = _bound(path[0], bounds)
        tree = {"op": "has", "path": path}
        if bound is not _ABSENT and len(path) == 1:
            return Known(True)
        if bound is _OPEN:
            return Open(tree)
        if bound is not _ABSENT:
            parent = _member_at(bound, path[1:-1])
            return Known(path[-1] in parent) if isinstance(parent, dict) else _ERROR
        # Every resource has an id and properties, whatever they are.
        return Open(tree) if self._differs(path) and path[1] == "properties" else self._evaluated(tree)

    def _differs(self, path: list[str]) -> bool:
        """Tell whether a path leads to something that differs from resource to resource."""
        if path[0] != "resource":
            return False
        return path == ["resource", "id"] or (len(path) > 2 and path[1] == "properties" and path[2] not in self._given)

    def _evaluated(self, tree: Tree) -> Part:
        try:
            return Known(compile_value(tree)(self._scope))
        except Fault as error:
            return Known(error.fault)

    def _name_in_properties(self, name: Part) -> Part:
        if isinstance(name, Open):
            return _INEXPRESSIBLE
        return self._has(["resource", "properties", name.value], ()) if isinstance(name.value, str) else _ERROR

    def _quantifier(self, tree: Tree, bounds: tuple[tuple[str, Any], ...]) -> Part:
        """Reduce `exists` or `all`; over a list that is known, each item is written out."""
        op, each, (over, body) = tree["op"], tree["each"], tree["args"]
        items = self.reduce(over, bounds)
        if isinstance(items, Known):
            if not isinstance(items.value, list) or len(items.value) > LIST_LIMIT:
                return _ERROR
            return _join("or" if op == "exists" else "and", [self.reduce(body, (*bounds, (each, value))) for value in items.value])
        test = _truth(self.reduce(body, (*bounds, (each, _OPEN))))
        return _INEXPRESSIBLE if items.tree is None or test is None else Open({"op": op, "each": each, "args": [items.tree, test]})


def _bound(name: str, bounds: tuple[tuple[str, Any], ...]) -> Any:
    return next((value for bound, value in reversed(bounds) if bound == name), _ABSENT)


def _is_properties(tree: Tree, bounds: tuple[tuple[str, Any], ...]) -> bool:
    return tree["op"] == "var" and tree["path"] == ["resource", "properties"] and _bound("resource", bounds) is _ABSENT


def _member_at(value: Any, path: list[str]) -> Any:
    """Give the value at the end of a path from another one, or `_ABSENT` where it leads to nothing."""
    for name in path:
        value = value.get(name, _ABSENT) if isinstance(value, dict) else _ABSENT
    return value


def _list(parts: Sequence[Part]) -> Part:
    if any(_is_error(part) for part in parts):
        return _ERROR
    known = [part.value for part in parts if isinstance(part, Known)]
    if len(known) == len(parts):
        return Known(known)
    trees = [_tree(part) for part in parts]
    return _INEXPRESSIBLE if None in trees else Open({"op": "list", "args": trees})


def _unary(op: str, part: Part) -> Part:
    if isinstance(part, Open):
        return _INEXPRESSIBLE if part.tree is None else Open({"op": op, "args": [part.tree]})
    try:
        return Known(UNARY[op](part.value))
    except Fault:
        return _ERROR


def _join(op: str, parts: Sequence[Part]) -> Part:
    """Join by `and` or `or`: one part that decides decides, whatever else errs."""
    deciding = op == "or"
    if any(isinstance(part, Known) and part.value is deciding for part in parts):
        return Known(deciding)
    left = [part for part in parts if isinstance(part, Open) or part.value is not (not deciding)]
    if not left:
        return Known(not deciding)
    if all(isinstance(part, Known) for part in left):
        return _ERROR
    trees = [_truth(part) for part in left]
    if None in trees:
        return _INEXPRESSIBLE
    if len(trees) > 1:
        return Open({"op": op, "args": trees})
    only = trees[0]
    # What might be no truth value has to stand in an `and` or `or`, which has two operands at least.
    as_value = only is not None and only["op"] in _VALUES
    return Open({"op": op, "args": [only, {"op": "lit", "value": not deciding}]}) if as_value else Open(only)


def _binary(op: str, left: Part, right: Part) -> Part:
    if _is_error(left) or _is_error(right):
        return _ERROR
    if isinstance(left, Known) and isinstance(right, Known):
        return _applied(op, left.value, right.value)
    if op == "in" and isinstance(right, Known):
        return _within(left, right.value)
    if any(isinstance(part, Known) and not _may_be_operand(op, part.value) for part in (left, right)):
        return _ERROR
    trees = [_tree(left), _tree(right)]
    return _INEXPRESSIBLE if None in trees else Open({"op": op, "args": trees})


def _applied(op: str, left: Any, right: Any) -> Part:
    try:
        return Known(equal(left, right) is (op == "eq") if op in ("eq", "ne") else BINARY[op](left, right))
    except Fault:
        return _ERROR


def _may_be_operand(op: str, value: Any) -> bool:
    """Tell whether an operator is defined for a value, with the right one beside it."""
    if op in ("eq", "ne", "in"):
        return True
    if op in ("startsWith", "endsWith", "contains"):
        return isinstance(value, str)
    return kind(value) in ("string", "number", "timestamp")


def _within(item: Part, container: Any) -> Part:
    """Reduce `in` with a container that is known."""
    if not isinstance(container, (list, dict)):
        return _ERROR
    tree, items = _tree(item), _literal(list(container))
    if tree is None or items is None:
        return _INEXPRESSIBLE
    found = {"op": "in", "args": [tree, items]}
    if isinstance(container, list):
        return Open(found)
    # Of a map this asks for a name, and errs where the item is no text.
    is_text = {"op": "startsWith", "args": [tree, {"op": "lit", "value": ""}]}
    return Open({"op": "or", "args": [{"op": "not", "args": [is_text]}, found]})


def _is_error(part: Part) -> bool:
    return isinstance(part, Known) and isinstance(part.value, ConditionFault)


def _tree(part: Part) -> Tree | None:
    return _literal(part.value) if isinstance(part, Known) else part.tree


def _truth(part: Part) -> Tree | None:
    """Give a part in place of a truth value; null, which is none, errs there."""
    if isinstance(part, Open):
        return part.tree
    return {"op": "lit", "value": part.value if isinstance(part.value, bool) else None}


def _literal(value: Any) -> Tree | None:
    """Write a value as a tree; None where it cannot be written."""
    of_type = kind(value)
    if of_type in ("null", "string", "bool"):
        return {"op": "lit", "value": value}
    if of_type == "number":
        number = double(value)
        written = int(number) if number.is_integer() and abs(number) < 2**53 else number
        return {"op": "lit", "value": written} if math.isfinite(number) else None
    if isinstance(value, Timestamp):
        return {"op": "timestamp", "args": [{"op": "lit", "value": instant_text(value.ms)}]} if is_instant(value.ms) else None
    if of_type != "list":
        return None
    items = [_literal(item) for item in value]
    return None if None in items else {"op": "list", "args": items}
