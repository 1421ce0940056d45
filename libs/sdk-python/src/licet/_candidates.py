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
from licet._rows import Assignment, Row
from licet.decision import Path

if TYPE_CHECKING:
    from licet._snapshot import Snapshot

ROOM: Final = 32_768
"""How many candidates a book holds, an entry counting as one more; when it is full it begins anew."""
_EMPTY: Final[dict[str, Any]] = {}
Key = tuple[str | None, str, str]
"""A user (None: one that is not registered), a permission and a tenant."""
Terms = tuple[str | None, float, float]


class Candidate(NamedTuple):
    """A grant that an assignment gives, tried in its turn. `terms` are resource, start and end of an assignment that has any."""

    terms: Terms | None
    evaluate: Condition | None
    path: Path


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
    name = None if user is None else user["id"]
    found = snapshot.candidates.get((name, permission, tenant))
    if found is None:
        found = _gathered(snapshot, name, permission, tenant, _EMPTY if user is None else user["attributes"])
        row = snapshot.tenant(tenant)
        snapshot.candidates.add((name, intern(permission), tenant if row is None else row["id"]), found)
    return found


def _gathered(snapshot: Snapshot, user: str | None, permission: str, tenant: str, attributes: dict[str, Any]) -> Candidates:
    known = snapshot.roles.known(permission)
    denies: list[Candidate] = []
    allows: list[Candidate] = []
    for holder, assignments in snapshot.holders(user):
        for assignment in assignments:
            if assignment.tenant is None or assignment.tenant == tenant:
                grants = known.get(assignment.role) or snapshot.roles.grants(assignment.role, permission)
                if grants is not NO_GRANTS:
                    terms = _terms(assignment)
                    denies += [Candidate(terms, grant.evaluate, path_of(assignment, holder, grant)) for grant in grants.denies]
                    allows += [Candidate(terms, grant.evaluate, path_of(assignment, holder, grant)) for grant in grants.allows]
    first = allows[0] if allows and not denies else None
    sure = first.path if first is not None and first.terms is None and first.evaluate is None else None
    return Candidates(tuple(denies), tuple(allows), attributes, sure)


def path_of(assignment: Assignment, group: str | None, grant: Grant) -> Path:
    """Give the path from an assignment, made to the user or to `group`, to a grant."""
    return Path(assignment.id, group, grant.roles, grant.id, grant.permission, grant.effect, grant.condition)


def _terms(assignment: Assignment) -> Terms | None:
    always = assignment.starts == float("-inf") and assignment.expires == float("inf")
    return None if always and assignment.resource is None else (assignment.resource, assignment.starts, assignment.expires)
