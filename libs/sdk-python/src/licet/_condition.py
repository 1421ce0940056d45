"""Compiles a condition tree into a closure.

Rules kept here, the same in every implementation of the engine:

- Evaluation is total: the result is True, False or a `ConditionFault`; nothing is thrown.
- A missing member is the fault `missing_attribute`; `and` and `or` absorb a fault when another operand decides.
- Operands are evaluated from left to right, and evaluation stops when the result is known.
- `properties` and `context` count as empty maps when absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from licet._operators import BINARY, UNARY, ConditionFault, Fault
from licet._values import Timestamp, equal, kind

LIST_LIMIT: Final = 1000
"""The longest list that `exists` and `all` go through (the contract's CONDITION_LIMITS.listItems)."""
NESTED_LIST_LIMIT: Final = 100
"""The same where `exists` or `all` stands inside the other, for both lists (CONDITION_LIMITS.nestedListItems)."""
MAX_DEPTH: Final = 64
"""The deepest tree accepted; the control plane allows half of it."""

Tree = Mapping[str, Any]
Evaluate = Callable[["Scope"], Any]
_ABSENT: Final = object()
_NOTHING: Final[dict[str, Any]] = {}
_ARITY: Final = {
    **dict.fromkeys(("not", "size", "timestamp"), 1),
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge", "in", "startsWith", "endsWith", "contains", "exists", "all"), 2),
}


class Scope:
    """What a condition sees: the request, with the stored attributes filled in under the request's own."""

    __slots__ = ("bound", "now", "request", "stored_resource", "stored_subject")

    def __init__(
        self,
        request: Mapping[str, Any],
        now: float,
        stored_subject: Mapping[str, Any],
        stored_resource: Mapping[str, Any],
    ) -> None:
        self.request = request
        self.now = now
        self.stored_subject = stored_subject
        self.stored_resource = stored_resource
        self.bound = _NOTHING  # what `exists` and `all` bind

    def properties(self, root: str) -> dict[str, Any]:
        """Merge the properties of `subject` or `resource`: the request's members win."""
        stored = self.stored_subject if root == "subject" else self.stored_resource
        return {**stored, **(self.request[root].get("properties") or {})}

    def root(self, name: str) -> Any:
        """Give the whole value of a root, or `_ABSENT`."""
        if name == "now":
            return Timestamp(int(self.now))
        if name == "context":
            return self.request.get("context") or {}
        if name == "action":
            action = self.request[name]
            return {"name": action["name"], "properties": action.get("properties") or {}}
        if name in ("subject", "resource"):
            entity = self.request[name]
            return {"type": entity["type"], "id": entity["id"], "properties": self.properties(name)}
        return _ABSENT


def compile_condition(tree: Tree) -> Callable[[Scope], bool | ConditionFault]:
    """Compile a tree. Raises ValueError where it is not one; the function that comes out never raises."""
    evaluate = compile_value(tree)

    def condition(scope: Scope) -> bool | ConditionFault:
        try:
            value = evaluate(scope)
        except Fault as error:
            return error.fault
        return value if isinstance(value, bool) else ConditionFault("not_boolean", "condition")

    return condition


def compile_value(tree: Tree) -> Evaluate:
    """Compile a tree that need not be a truth value. Raises ValueError where it is not one; the function raises Fault."""
    return _compile(tree, frozenset(), 0)


def _compile(tree: Any, names: frozenset[str], depth: int) -> Evaluate:
    op = tree.get("op") if isinstance(tree, dict) else None
    if depth > MAX_DEPTH or not isinstance(op, str):
        raise ValueError("a condition tree is too deep, or has a node without `op`")
    if op == "lit":
        return _literal(tree)
    if op in ("var", "has"):
        return _path(tree, names)
    args = tree.get("args")
    if not isinstance(args, list) or (op in _ARITY and len(args) != _ARITY[op]):
        raise ValueError(f"a condition has `{op}` with the wrong number of `args`")
    if op in ("exists", "all"):
        return _macro(tree, names, depth)
    operands = [_compile(arg, names, depth + 1) for arg in args]
    if op == "list":
        return lambda scope: [operand(scope) for operand in operands]
    if op in ("and", "or") and len(operands) >= 2:
        return _logic(op, operands)
    if op in UNARY:
        return _unary(op, operands[0])
    if op in ("eq", "ne"):
        return _equality(operands[0], operands[1], wanted=op == "eq")
    if op in BINARY:
        return _binary(op, operands[0], operands[1])
    raise ValueError(f"a condition has the operator `{op}`, which this version does not know")


def _literal(tree: Tree) -> Evaluate:
    value = tree.get("value", _ABSENT)
    if kind(value) not in ("string", "number", "bool", "null"):
        raise ValueError("a condition has a literal that is no string, number, boolean or null")
    return lambda _: value


def _path(tree: Tree, names: frozenset[str]) -> Evaluate:
    path = tree.get("path")
    if not isinstance(path, list) or not path or not all(isinstance(name, str) for name in path):
        raise ValueError("a condition has a path that is no list of names")
    has = tree["op"] == "has"
    if path[0] not in names and len(path) == 2 and path[1] in ("type", "id", "name") and not has:
        return _entity_member(path)
    if path[0] in ("subject", "resource") and path[0] not in names and len(path) == 3 and path[1] == "properties":
        return _property(path, has=has)
    return _walk(path, bound=path[0] in names, has=has)


def _entity_member(path: list[str]) -> Evaluate:
    """Read `subject.id` and the like without building the root."""
    root, member = path
    there = {"subject": ("type", "id"), "resource": ("type", "id"), "action": ("name",)}.get(root, ())
    if member not in there:
        return _walk(path, bound=False, has=False)
    return lambda scope: scope.request[root][member]


def _property(path: list[str], *, has: bool) -> Evaluate:
    """Read `resource.properties.x`: the request's member, else the stored one."""
    root, _, name = path
    at = ".".join(path)
    of_subject = root == "subject"

    def read(scope: Scope) -> Any:
        own = scope.request[root].get("properties")
        value = own.get(name, _ABSENT) if own else _ABSENT
        if value is _ABSENT:
            value = (scope.stored_subject if of_subject else scope.stored_resource).get(name, _ABSENT)
            if value is _ABSENT:
                if has:
                    return False
                raise Fault("missing_attribute", at)
        return True if has else value

    return read


def _walk(path: list[str], *, bound: bool, has: bool) -> Evaluate:
    """Follow a path member by member. The place of a fault is the path up to the first member that is not there."""
    first, *members = path

    def read(scope: Scope) -> Any:
        value = scope.bound[first] if bound else scope.root(first)
        if value is _ABSENT:
            if has and not members:
                return False
            raise Fault("missing_attribute", first)
        for index, name in enumerate(members, 1):
            found = value.get(name, _ABSENT) if isinstance(value, dict) else _ABSENT
            if found is _ABSENT:
                if has and index == len(members) and isinstance(value, dict):
                    return False
                raise Fault("missing_attribute", ".".join(path[: index + 1]))
            value = found
        return True if has else value

    return read


def _logic(op: str, operands: list[Evaluate]) -> Evaluate:
    return lambda scope: _fold(op, op == "or", operands, scope)


def _macro(tree: Tree, names: frozenset[str], depth: int) -> Evaluate:
    op, each = tree["op"], tree.get("each")
    if not isinstance(each, str):
        raise ValueError(f"a condition has `{op}` without the name `each`")
    over = _compile(tree["args"][0], names, depth + 1)
    test = _compile(tree["args"][1], names | {each}, depth + 1)
    limit = NESTED_LIST_LIMIT if names or _has_macro(tree["args"][1]) else LIST_LIMIT

    def tests(scope: Scope, items: list[Any]) -> Iterator[Evaluate]:
        for item in items:
            scope.bound[each] = item
            yield test

    def evaluate(scope: Scope) -> bool:
        items = over(scope)
        if not isinstance(items, list):
            raise Fault("type_mismatch", op)
        if len(items) > limit:
            raise Fault("too_long", op)
        outer = scope.bound
        scope.bound = {**outer, each: None}
        try:
            return _fold(op, op == "exists", tests(scope, items), scope)
        finally:
            scope.bound = outer

    return evaluate


def _has_macro(tree: Tree) -> bool:
    return tree["op"] in ("exists", "all") or any(_has_macro(arg) for arg in tree.get("args", ()))


def _fold(op: str, decisive: bool, tests: Iterable[Evaluate], scope: Scope) -> bool:
    """Join by `or` (`decisive` is True) or by `and`: one decisive result decides, whatever else errs."""
    first: Fault | None = None
    for test in tests:
        try:
            value = test(scope)
        except Fault as error:
            first = first or error
            continue
        if not isinstance(value, bool):
            first = first or Fault("not_boolean", op)
        elif value is decisive:
            return decisive
    if first is not None:
        raise first
    return not decisive


def _equality(left: Evaluate, right: Evaluate, *, wanted: bool) -> Evaluate:
    def evaluate(scope: Scope) -> bool:
        a, b = left(scope), right(scope)
        if type(a) is str and type(b) is str:
            return (a == b) is wanted
        return equal(a, b) is wanted

    return evaluate


def _unary(op: str, operand: Evaluate) -> Evaluate:
    apply = UNARY[op]
    return lambda scope: apply(operand(scope))


def _binary(op: str, left: Evaluate, right: Evaluate) -> Evaluate:
    apply = BINARY[op]
    return lambda scope: apply(left(scope), right(scope))
