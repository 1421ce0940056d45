"""Checks the rows of snapshots and deltas, as the contract describes them.

A row carries what decisions need and nothing else; members and kinds that are not known here
are not looked at, since a change of what decisions mean takes another number of the format.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from sys import intern
from typing import Any, Final, NamedTuple

from licet._values import parse_timestamp
from licet.errors import SnapshotError

Row = dict[str, Any]
FORMAT: Final = 1
FOREVER: Final = (float("-inf"), float("inf"))


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _text_or_null(value: Any) -> bool:
    return value is None or _text(value)


def _map(value: Any) -> bool:
    return isinstance(value, dict)


def _time_or_null(value: Any) -> bool:
    return value is None or isinstance(value, str)


_MEMBERS: Final[dict[str, dict[str, Callable[[Any], bool]]]] = {
    "tenants": {},
    "resource-types": {"attributes": _map},
    "permissions": {},
    "conditions": {"tree": _map},
    "roles": {},
    "role-inherits": {"role": _text, "inherits": _text},
    "grants": {
        "role": _text,
        "permission": lambda value: _text(value) and ":" in value,
        "effect": lambda value: value in ("allow", "deny"),
        "condition": _text_or_null,
    },
    "groups": {},
    "users": {"enabled": lambda value: isinstance(value, bool), "attributes": _map},
    "group-members": {"group": _text, "user": _text},
    "resources": {"tenant": _text_or_null, "attributes": _map},
    "assignments": {
        "user": _text_or_null,
        "group": _text_or_null,
        "role": _text,
        "tenant": _text,
        "resource": _text_or_null,
        "startsAt": _time_or_null,
        "expiresAt": _time_or_null,
    },
}
KINDS: Final = tuple(_MEMBERS)
"""The kinds of rows, in the contract's order."""


class Assignment(NamedTuple):
    """A row of `assignments`, compiled. `tenant` is None for every tenant; times are milliseconds since the epoch."""

    id: str
    role: str
    tenant: str | None
    resource: str | None
    starts: float
    expires: float


def id_order(identifier: str) -> bytes:
    """Sort key of an identifier: by UTF-16 code unit, so that every implementation sorts alike."""
    return identifier.encode("utf-16-be", "surrogatepass")


def check_rows(document: Any) -> tuple[int, dict[str, dict[str, Row]]]:
    """Give the revision and the rows by kind and id of a snapshot document. Raises SnapshotError."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SnapshotError("what was received is no snapshot of format 1")
    revision, rows = document.get("revision"), document.get("rows")
    if not isinstance(revision, int) or isinstance(revision, bool) or revision < 0:
        raise SnapshotError("a snapshot has no `revision`")
    # A policy that lacks a kind of rows may allow what the whole one denies.
    if not isinstance(rows, dict) or not all(isinstance(rows.get(kind), list) for kind in KINDS):
        raise SnapshotError("a snapshot has no `rows`, or rows that are no list")
    return revision, {kind: {row["id"]: check_row(kind, row) for row in rows[kind] if _has_id(kind, row)} for kind in KINDS}


def check_op(op: Any) -> tuple[str, str, Row | None] | None:
    """Give kind, id and row (None: deleted) of one operation of a delta; None for a kind that this version does not know.

    Raises SnapshotError.
    """
    kind = op.get("kind") if isinstance(op, dict) else None
    if not isinstance(kind, str) or not _text(op.get("id")):
        raise SnapshotError("a delta has an operation without `kind` and `id`")
    if kind not in _MEMBERS:
        return None
    if "row" not in op:
        raise SnapshotError(f"a delta has an operation on `{kind}` without `row`")
    row = op["row"]
    if row is None:
        return kind, op["id"], None
    if not _has_id(kind, row) or row["id"] != op["id"]:
        raise SnapshotError(f"a delta has a row of `{kind}` with another id than its operation")
    return kind, op["id"], check_row(kind, row)


def check_row(kind: str, row: Row) -> Row:
    """Check the members of one row. Raises SnapshotError."""
    for name, is_valid in _MEMBERS[kind].items():
        if name not in row or not is_valid(row[name]):
            raise SnapshotError(f"`{row['id']}` of `{kind}` has no valid `{name}`")
    if kind == "assignments" and (row["user"] is None) == (row["group"] is None):
        raise SnapshotError(f"`{row['id']}` of `assignments` does not name either a user or a group")
    return row


def compile_assignment(row: Row) -> Assignment:
    """Compile a checked row of `assignments`. A time that cannot be read is NaN, see `in_force`.

    Many name the same role and tenant: one text for all of them takes less memory, and less time to compare.
    """
    return Assignment(
        row["id"],
        intern(row["role"]),
        None if row["tenant"] == "*" else intern(row["tenant"]),
        row["resource"],
        FOREVER[0] if row["startsAt"] is None else _milliseconds(row["startsAt"]),
        FOREVER[1] if row["expiresAt"] is None else _milliseconds(row["expiresAt"]),
    )


def _milliseconds(text: str) -> float:
    instant = parse_timestamp(text)
    return math.nan if instant is None else instant.ms


def _has_id(kind: str, row: Any) -> bool:
    if not isinstance(row, dict) or not _text(row.get("id")):
        raise SnapshotError(f"a row of `{kind}` has no `id`")
    return True
