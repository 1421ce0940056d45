"""A policy at a revision, compiled for deciding.

Rules kept here:

- A snapshot never changes. `apply_delta` makes the next one and shares with it what did not change.
- Everything read is checked for its shape first; what is not of the right shape raises SnapshotError and leaves nothing behind.
- A snapshot made by deltas equals the one built anew from the same rows.
- Rows, lists of assignments, groups and grants are in ascending order of their ids, by UTF-16 code unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from licet._candidates import CandidateBook
from licet._roles import RoleBook
from licet._rows import KINDS, Assignment, Row, check_op, check_rows, compile_assignment, id_order
from licet._table import Table
from licet.errors import SnapshotError

_NONE: Final[tuple[Any, ...]] = ()
BUILT_IN_GROUPS: Final = ("everyone", "anyone")


class Snapshot:
    """The whole policy at a revision. Made by `create_snapshot` and `apply_delta`; never changes.

    `at` is when the revision was committed, where that is known: after a backup was restored, the number alone does not say which it is.
    """

    __slots__ = (
        "at",
        "by_group",
        "by_user",
        "candidates",
        "groups_of",
        "permissions",
        "resource",
        "revision",
        "roles",
        "rows",
        "tenant",
        "user",
    )

    def __init__(
        self,
        revision: int,
        at: str | None,
        rows: Mapping[str, Table[Row]],
        permissions: frozenset[str],
        roles: RoleBook,
        by_user: Table[tuple[Assignment, ...]],
        by_group: Table[tuple[Assignment, ...]],
        groups_of: Table[tuple[str, ...]],
    ) -> None:
        self.revision = revision
        self.at = at
        self.rows = rows
        self.permissions = permissions
        self.roles = roles
        self.by_user = by_user
        self.by_group = by_group
        self.groups_of = groups_of
        self.user = rows["users"].get
        self.resource = rows["resources"].get
        self.tenant = rows["tenants"].get
        self.candidates = CandidateBook()

    def holders(self, user: str | None) -> list[tuple[str | None, tuple[Assignment, ...]]]:
        """Give who holds assignments that count for a registered user, with these, in the order in which they are tried.

        None stands for the user itself; then come its groups, `everyone` and `anyone`. For a subject that is not registered (None)
        that is only `anyone`.
        """
        found: list[tuple[str | None, tuple[Assignment, ...]]] = []
        by_group = self.by_group
        if user is not None:
            own = self.by_user.get(user)
            if own:
                found.append((None, own))
            before = None
            for group in self.groups_of.get(user) or _NONE:
                if group != before and self.rows["groups"].get(group) is not None:  # two rows may say the same
                    found.append((group, by_group.get(group) or _NONE))
                before = group
            found.append(("everyone", by_group.get("everyone") or _NONE))
        found.append(("anyone", by_group.get("anyone") or _NONE))
        return found


def create_snapshot(document: Any) -> Snapshot:
    """Compile a snapshot document (`GET /replica/v1/snapshot`).

    Raises SnapshotError where the document is not of the right shape.
    """
    revision, rows = check_rows(document)
    by_user: dict[str, list[Assignment]] = {}
    by_group: dict[str, list[Assignment]] = {}
    for row in rows["assignments"].values():
        side, holder = (by_user, row["user"]) if row["user"] is not None else (by_group, row["group"])
        side.setdefault(holder, []).append(compile_assignment(row))
    groups_of: dict[str, list[str]] = {}
    for row in rows["group-members"].values():
        if row["group"] not in BUILT_IN_GROUPS:
            groups_of.setdefault(row["user"], []).append(row["group"])
    tables = {kind: Table(by_id) for kind, by_id in rows.items()}
    return Snapshot(
        revision,
        _time_of(document),
        tables,
        _permissions(tables),
        RoleBook.of(tables),
        Table({key: _ordered(items) for key, items in by_user.items()}),
        Table({key: _ordered(items) for key, items in by_group.items()}),
        Table({key: _ordered_groups(items) for key, items in groups_of.items()}),
    )


def apply_delta(snapshot: Snapshot, delta: Any) -> Snapshot:
    """Make the snapshot that follows `snapshot`.

    Raises SnapshotError where the delta is not of the right shape, or does not lead from the snapshot's revision to the next.
    """
    revision = delta.get("revision") if isinstance(delta, dict) else None
    ops = delta.get("ops") if isinstance(delta, dict) else None
    if revision != snapshot.revision + 1 or isinstance(revision, bool) or not isinstance(ops, list):
        raise SnapshotError(f"a delta for revision {revision!r} does not follow revision {snapshot.revision}")
    changes: dict[str, dict[str, Row | None]] = {}
    for op in ops:
        checked = check_op(op)
        if checked is not None:
            kind, row_id, row = checked
            changes.setdefault(kind, {})[row_id] = row
    rows = {kind: table.replaced(changes[kind]) if kind in changes else table for kind, table in snapshot.rows.items()}
    by_user, by_group = _moved_assignments(snapshot, changes.get("assignments", {}))
    groups_of = _moved_members(snapshot, changes.get("group-members", {}))
    roles = snapshot.roles.changed(rows, changes)
    permissions = _permissions(rows) if "permissions" in changes or "resource-types" in changes else snapshot.permissions
    return Snapshot(revision, _time_of(delta), rows, permissions, roles, by_user, by_group, groups_of)


def to_document(snapshot: Snapshot) -> dict[str, Any]:
    """Write a snapshot back as a document; rows of every kind are sorted by id."""
    rows = {kind: sorted(snapshot.rows[kind].values(), key=_row_order) for kind in KINDS}
    committed = {} if snapshot.at is None else {"at": snapshot.at}
    return {"format": 1, "revision": snapshot.revision, **committed, "rows": rows}


def _time_of(document: Mapping[str, Any]) -> str | None:
    at = document.get("at")
    return at if isinstance(at, str) else None


def _row_order(row: Row) -> bytes:
    return id_order(row["id"])


def _permissions(rows: Mapping[str, Table[Row]]) -> frozenset[str]:
    """Give the permissions that can be asked for: those of resource types that exist."""
    types = rows["resource-types"]
    return frozenset(row["id"] for row in rows["permissions"].values() if types.get(row["id"].partition(":")[0]) is not None)


def _moved_assignments(
    snapshot: Snapshot, changes: Mapping[str, Row | None]
) -> tuple[Table[tuple[Assignment, ...]], Table[tuple[Assignment, ...]]]:
    sides: dict[str, tuple[Table[tuple[Assignment, ...]], dict[str, dict[str, Assignment]]]] = {
        "user": (snapshot.by_user, {}),
        "group": (snapshot.by_group, {}),
    }

    def held(row: Row) -> dict[str, Assignment]:
        side = "user" if row["user"] is not None else "group"
        table, touched = sides[side]
        holder = row[side]
        if holder not in touched:
            touched[holder] = {item.id: item for item in table.get(holder) or _NONE}
        return touched[holder]

    for row_id, row in changes.items():
        before = snapshot.rows["assignments"].get(row_id)
        if before is not None:
            held(before).pop(row_id, None)
        if row is not None:
            held(row)[row_id] = compile_assignment(row)
    moved = [table.replaced({key: _ordered(items.values()) or None for key, items in touched.items()}) for table, touched in sides.values()]
    return moved[0], moved[1]


def _moved_members(snapshot: Snapshot, changes: Mapping[str, Row | None]) -> Table[tuple[str, ...]]:
    touched: dict[str, list[str]] = {}

    def held(user: str) -> list[str]:
        if user not in touched:
            touched[user] = list(snapshot.groups_of.get(user) or _NONE)
        return touched[user]

    for row_id, row in changes.items():
        before = snapshot.rows["group-members"].get(row_id)
        if before is not None and before["group"] in held(before["user"]):
            held(before["user"]).remove(before["group"])
        if row is not None and row["group"] not in BUILT_IN_GROUPS:
            held(row["user"]).append(row["group"])
    return snapshot.groups_of.replaced({user: _ordered_groups(groups) or None for user, groups in touched.items()})


def _ordered(items: Iterable[Assignment]) -> tuple[Assignment, ...]:
    return tuple(sorted(items, key=lambda item: id_order(item.id)))


def _ordered_groups(groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(groups, key=id_order))
