"""The operators of a condition on values, and the fault that an operator raises.

Rules kept here, the same in every implementation of the engine:

- Ordering is defined between two numbers, two strings (by code point) and two timestamps; anything else is `type_mismatch`.
- `in` looks for an equal item in a list, or for a string among the keys of a map.
- The place of a fault is the name of its operator.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from licet._values import Timestamp, double, equal, kind, parse_timestamp


class ConditionFault(NamedTuple):
    """Why a condition could not be evaluated: a code of the contract's closed list, and where."""

    error: str
    at: str


class Fault(Exception):  # noqa: N818 -- never leaves a condition
    """A fault on its way to the operator that absorbs it, or to the end of the condition."""

    def __init__(self, error: str, at: str) -> None:
        super().__init__(error, at)
        self.fault = ConditionFault(error, at)


def _ordering(op: str, compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def apply(a: Any, b: Any) -> bool:
        of_type = kind(a)
        if of_type != kind(b) or of_type not in ("number", "string", "timestamp"):
            raise Fault("type_mismatch", op)
        return compare(double(a), double(b)) if of_type == "number" else compare(a, b)

    return apply


def _text(op: str, test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    def apply(a: Any, b: Any) -> bool:
        if not isinstance(a, str) or not isinstance(b, str):
            raise Fault("type_mismatch", op)
        return test(a, b)

    return apply


def _in(a: Any, b: Any) -> bool:
    if isinstance(b, list):
        return any(equal(a, item) for item in b)
    if isinstance(b, dict) and isinstance(a, str):
        return a in b
    raise Fault("type_mismatch", "in")


def _not(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Fault("not_boolean", "not")
    return not value


def _size(value: Any) -> int:
    if not isinstance(value, (str, list, dict)):
        raise Fault("type_mismatch", "size")
    return len(value)


def _timestamp(value: Any) -> Timestamp:
    if not isinstance(value, str):
        raise Fault("type_mismatch", "timestamp")
    instant = parse_timestamp(value)
    if instant is None:
        raise Fault("invalid_timestamp", "timestamp")
    return instant


UNARY: Final[dict[str, Callable[[Any], Any]]] = {"not": _not, "size": _size, "timestamp": _timestamp}
BINARY: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "lt": _ordering("lt", lambda a, b: a < b),
    "le": _ordering("le", lambda a, b: a <= b),
    "gt": _ordering("gt", lambda a, b: a > b),
    "ge": _ordering("ge", lambda a, b: a >= b),
    "in": _in,
    "startsWith": _text("startsWith", str.startswith),
    "endsWith": _text("endsWith", str.endswith),
    "contains": _text("contains", str.__contains__),
}
