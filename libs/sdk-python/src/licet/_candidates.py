"""The grants that could decide about a user, a permission and a tenant, gathered when first asked for and kept with the snapshot.

Rules kept here:

- What is kept depends on the snapshot and on the key alone: no decision, nothing of a request, no time. Whether an assignment is in force
  or is for the resource at hand, and what a condition says, is found out for each question.
- A snapshot never changes and begins with an empty book, so that what is kept is never out of date.
- Only what the policy names is kept: a registered, enabled user (or none), a permission and a tenant that exist.
"""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from licet._roles import NO_GRANTS, Condition, Grant
from licet._rows import FOREVER, Assignment, Row
from licet.decision import Path

if TYPE_CHECKING:
    from licet._snapshot import Snapshot

ROOM: Final = 32_768
"""How many candidates a book holds, an entry counting as one more; when it is full it begins anew."""
_EMPTY: Final[dict[str, Any]] = {}
Key = tuple[str | None, str, str]
"""A user (None: one that is not registered), a permission and a tenant."""
Terms = tuple[str | None, float, float]


Candidate = tuple[Terms | None, Condition | None, Path]
"""A grant that an assignment gives: resource, start and end of the assignment if it has any, the condition, and the path."""


class Candidates(NamedTuple):
    """What could decide, in the order in which it is tried, and the user's stored attributes.

    `sure` is the path of an allow that decides whatever is asked: there is no deny, and the first allow has neither terms nor a condition.
    """

    denies: tuple[Candidate, ...]
    allows: tuple[Candidate, ...]
    attributes: dict[str, Any]
    sure: Path | None


class CandidateBook:
    """Candidates by key, at most so many. Any thread reads and adds: two that add the same add equals."""

    __slots__ = ("_known", "_room", "get")

    def __init__(self) -> None:
        self._empty()

    def add(self, key: Key, candidates: Candidates) -> None:
        """Keep candidates."""
        takes = 1 + len(candidates.denies) + len(candidates.allows)
        if takes > self._room:
            self._empty()
        self._room -= takes
        self._known[key] = candidates

    def __len__(self) -> int:
        return len(self._known)

    def _empty(self) -> None:
        self._known: dict[Key, Candidates] = {}
        self._room = ROOM
        self.get = self._known.get


def candidates_of(snapshot: Snapshot, user: Row | None, permission: str, tenant: str) -> Candidates:
    """Give the candidates, from the book or for it. `user` is enabled; permission and tenant exist."""
    if user is None:
        found = snapshot.candidates.get((None, permission, tenant))
        if found is not None:
            return found
    name, attributes = (None, _EMPTY) if user is None else (user["id"], user["attributes"])
    denies, allows = _gathered(snapshot, name, permission, tenant)
    sure = None
    if allows and not denies:
        terms, evaluate, path = allows[0]
        sure = path if terms is None and evaluate is None else None
    found = Candidates(tuple(denies), tuple(allows), attributes, sure)
    snapshot.candidates.add((name, intern(permission), str(tenant)), found)  # thousands of users have the same permissions
    return found


def _gathered(snapshot: Snapshot, user: str | None, permission: str, tenant: str) -> tuple[list[Candidate], list[Candidate]]:
    known = snapshot.roles.known(permission)
    denies: list[Candidate] = []
    allows: list[Candidate] = []
    for holder, assignments in snapshot.holders(user):
        for assignment in assignments:
            _, role, of_tenant, of_resource, starts, expires = assignment
            if of_tenant is None or of_tenant == tenant:
                grants = known.get(role) or snapshot.roles.grants(role, permission)
                if grants is not NO_GRANTS:
                    always = of_resource is None and starts == FOREVER[0] and expires == FOREVER[1]
                    terms = None if always else (of_resource, starts, expires)
                    # Most have one grant: a comprehension would be a call more.
                    for grant in grants.denies:
                        denies.append((terms, grant.evaluate, path_of(assignment, holder, grant)))  # noqa: PERF401
                    for grant in grants.allows:
                        allows.append((terms, grant.evaluate, path_of(assignment, holder, grant)))  # noqa: PERF401
    return denies, allows


def path_of(assignment: Assignment, group: str | None, grant: Grant) -> Path:
    """Give the path from an assignment, made to the user or to `group`, to a grant."""
    return Path(assignment.id, group, grant.roles, grant.id, grant.permission, grant.effect, grant.condition)
