"""The answers to questions, as applications get them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

Reason = Literal[
    "allowed_by_grant",
    "denied_by_grant",
    "no_matching_grant",
    "unknown_subject",
    "disabled_subject",
    "unknown_resource_type",
    "unknown_action",
    "unknown_tenant",
    "other_tenant",
    "invalid_request",
    "not_ready",
    "stale",
    "unreachable",
]
"""Why a decision is what it is. A closed list."""

UNDECIDED: Final[frozenset[str]] = frozenset(("not_ready", "stale", "unreachable"))
"""The reasons that say nothing about the subject: Licet could not tell, and so refused."""


class Path(NamedTuple):
    """What determined a decision.

    `assignment` was made to the user, or to `group`; it gives the first of `roles`, which leads down the inheritance to the
    role that holds `grant`. `permission` is the pattern as granted; `condition` is a condition's id or None.
    """

    assignment: str
    group: str | None
    roles: tuple[str, ...]
    grant: str
    permission: str
    effect: str
    condition: str | None

    def as_dict(self) -> dict[str, Any]:
        """Give the path as the contract writes it in JSON."""
        return {
            "assignment": self.assignment,
            "group": self.group,
            "roles": list(self.roles),
            "grant": self.grant,
            "permission": self.permission,
            "effect": self.effect,
            "condition": self.condition,
        }


class DecisionError(NamedTuple):
    """A condition that could not be evaluated. `error` is a code of a closed list, `at` the place in the condition."""

    grant: str
    condition: str
    error: str
    at: str

    def as_dict(self) -> dict[str, str]:
        """Give the error as the contract writes it in JSON."""
        return self._asdict()


class Decision:
    """An answer: true in a condition (`if decision:`) only when the permission is given.

    - `allowed`: the answer; `reason`: why, of a closed list.
    - `path`: what determined it, or None; `errors`: conditions that could not be evaluated on the way.
    - `revision`: of the policy that was asked (0: none).
    - `age`: seconds since the policy was known to be the newest one; None where it is asked remotely.
    - `message`: what is wrong with the question, where `reason` is `invalid_request`; otherwise empty.
    """

    __slots__ = ("age", "allowed", "errors", "message", "path", "reason", "revision")

    def __init__(
        self,
        allowed: bool,
        reason: Reason,
        path: Path | None = None,
        errors: tuple[DecisionError, ...] = (),
        revision: int = 0,
        age: float | None = None,
        message: str = "",
    ) -> None:
        self.allowed = allowed
        self.reason = reason
        self.path = path
        self.errors = errors
        self.revision = revision
        self.age = age
        self.message = message

    def __bool__(self) -> bool:
        return self.allowed

    def __repr__(self) -> str:
        return f"<Decision {'allow' if self.allowed else 'deny'}: {self.reason}, revision {self.revision}>"

    def as_dict(self) -> dict[str, Any]:
        """Give the decision as the contract writes it in JSON."""
        return {
            "decision": self.allowed,
            "reason": self.reason,
            "path": self.path.as_dict() if self.path else None,
            "errors": [error.as_dict() for error in self.errors],
            "revision": self.revision,
        }


class Explanation(NamedTuple):
    """Why a decision is what it is, for people. The members of the lists are as the contract writes them in JSON.

    - `decision`: the answer of `check`; `tenant`: the one that the question is about.
    - `paths`: where a grant decided, the shortest paths that decide so: each a `path`, and an `error` or None.
    - `misses`: of a denial, the allows that the subject holds, those first that lack least: each a `path` and its `failures`.
    - `roles`: of a denial without a near miss, the roles that would give the permission: each a `role`, and whether it is `conditional`.
    - `totals`: how many of each there are; the lists end at 20.
    """

    decision: Decision
    tenant: str
    paths: Sequence[dict[str, Any]]
    misses: Sequence[dict[str, Any]]
    roles: Sequence[dict[str, Any]]
    totals: dict[str, int]

    @classmethod
    def of(
        cls,
        decision: Decision,
        tenant: str,
        paths: Sequence[dict[str, Any]] = (),
        misses: Sequence[dict[str, Any]] = (),
        roles: Sequence[dict[str, Any]] = (),
        *,
        limit: int = 0,
    ) -> Explanation:
        """Make an explanation of all that there is; the lists are cut off at `limit`."""
        totals = {"paths": len(paths), "misses": len(misses), "roles": len(roles)}
        return cls(decision, tenant, list(paths[:limit]), list(misses[:limit]), list(roles[:limit]), totals)

    def as_dict(self) -> dict[str, Any]:
        """Give the explanation as the contract writes it in JSON."""
        return {**self._asdict(), "decision": self.decision.as_dict()}


class FilterPlan(NamedTuple):
    """For which rows something is allowed: `always`, `never` (for a `reason`), or `conditional` on a `condition`.

    `condition` is a tree over `resource.id` and `resource.properties` (PlanCondition in the contract). What cannot be said as a
    condition is `never` with the reason `not_expressible`: then ask row by row.
    """

    kind: Literal["always", "never", "conditional"]
    revision: int
    reason: str | None = None
    condition: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the plan as the contract writes it in JSON."""
        return {name: value for name, value in self._asdict().items() if value is not None}
