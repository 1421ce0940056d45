"""The questions that applications ask; the client adds where the answers come from."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from licet._local import Local
from licet._question import question
from licet._remote import Remote
from licet._search import ANY_ID
from licet.decision import Decision, Explanation, FilterPlan
from licet.errors import Forbidden

logger = logging.getLogger("licet")

_UNKNOWN_NAMES: Final = frozenset(("unknown_resource_type", "unknown_action"))
_MOST_TOLD: Final = 1000


class Questions(ABC):
    """What can be asked, in local and in remote mode alike."""

    _told: set[str]  # the permissions that were said to be unknown

    @abstractmethod
    def _point(self) -> Local | Remote:
        """Give what answers."""

    @property
    @abstractmethod
    def revision(self) -> int:
        """The revision of the policy that is held, or was last heard of in remote mode; 0 for none."""

    @property
    @abstractmethod
    def age(self) -> float | None:
        """Seconds since the policy was known to be the newest one; None where none is held."""

    def check(
        self,
        subject: Any,
        permission: str,
        resource: Any = None,
        context: Any = None,
        at_least: int | None = None,
        *,
        tenant: str | int | UUID | None = None,
        log: bool = True,
    ) -> Decision:
        """Ask whether `subject` has `permission` on `resource`. Never raises; in local mode never waits on the network.

        - `subject`: a user key (`"alice"`, `"service:bob"`), a (type, id) pair, a mapping with `id`, or an object with an id.
          Where users choose their own ids, write a pair or a mapping: `("user", name)` is a user whatever is in the name.
        - `permission`: `type:action`, such as `"task:update"`.
        - `resource`: absent for a question about the type as a whole; an id; a mapping with `id` and attributes; or an object
          with an id, whose class says by a method `__licet__` which attributes it has.
        - `context`: attributes of the situation, as a mapping.
        - `at_least`: a revision that the answer must know, to read one's own writes; before it arrived, the answer is `stale`.
        - `tenant`: the tenant that the question is about; short for the attribute `tenant` of the resource.
        - `log`: False keeps the decision out of the decision log, for questions that only decide what a page shows.

        The answer is true in a condition only when the permission is given.
        """
        try:
            request = question(subject, permission, resource, context, tenant)
        except Exception as error:  # an application's own objects may raise anything
            return self._no_question(permission, error)
        try:
            decision = self._point().evaluate(request, at_least, log)
        except Exception:
            return _own_error()
        if not decision.allowed and decision.reason in _UNKNOWN_NAMES:
            self._unknown_name(permission, decision.reason)
        return decision

    def check_many(
        self,
        subject: Any,
        questions: Iterable[str | tuple[str, Any]],
        context: Any = None,
        at_least: int | None = None,
        *,
        tenant: str | int | UUID | None = None,
        log: bool = True,
    ) -> list[Decision]:
        """Ask several questions about one subject: each a permission, or a (permission, resource) pair as `check` takes them.

        Gives as many answers as there are questions, in their order; in local mode all from one revision.
        """
        # Of what is no list one answer is a denial: of an empty list `all()` would be true.
        listed = questions if isinstance(questions, Iterable) and not isinstance(questions, str) else [questions]
        asked = [item if isinstance(item, (tuple, list)) and len(item) == 2 else (item, None) for item in listed]
        requests = [self._question(subject, permission, resource, context, tenant) for permission, resource in asked]
        valid = [item for item in requests if not isinstance(item, Decision)]
        try:
            came: Sequence[Decision] = self._point().evaluate_many(valid, at_least, log)
        except Exception:
            came = [_own_error() for _ in valid]
        following = iter(came)
        return [item if isinstance(item, Decision) else next(following) for item in requests]

    def require(
        self,
        subject: Any,
        permission: str,
        resource: Any = None,
        context: Any = None,
        at_least: int | None = None,
        *,
        tenant: str | int | UUID | None = None,
    ) -> Decision:
        """Ask as `check` does, and raise Forbidden unless the permission is given. For services, jobs and command lines."""
        decision = self.check(subject, permission, resource, context, at_least, tenant=tenant)
        if not decision:
            raise Forbidden(permission if isinstance(permission, str) else repr(permission), decision, subject)
        return decision

    def explain(
        self,
        subject: Any,
        permission: str,
        resource: Any = None,
        context: Any = None,
        at_least: int | None = None,
        *,
        tenant: str | int | UUID | None = None,
    ) -> Explanation:
        """Say why the answer of `check` is what it is: what decides, or what is missing. For people; it is not logged. Never raises."""
        request = self._question(subject, permission, resource, context, tenant)
        if isinstance(request, Decision):
            return Explanation.of(request, str(tenant or "default"))
        try:
            return self._point().explain(request, at_least)
        except Exception:
            return Explanation.of(_own_error(), str(tenant or "default"))

    def filter_plan(
        self,
        subject: Any,
        permission: str,
        properties: Any = None,
        context: Any = None,
        at_least: int | None = None,
        *,
        tenant: str | int | UUID | None = None,
    ) -> FilterPlan:
        """Say for which rows of a type `check` would say yes, as a condition to filter by. Never raises.

        - `properties`: attributes that every row is known to have; None for `tenant` says that rows have one that is null.
        - `tenant`: the one tenant that all rows are in; absent, each row names its own in the attribute `tenant`.

        Where Licet cannot tell (`not_ready`, `stale`, `unreachable`), the plan is `never`. `licet.sqlalchemy.where` makes a WHERE
        clause of a plan.
        """
        resource = {"id": ANY_ID, "properties": properties} if properties else {"id": ANY_ID}
        request = self._question(subject, permission, resource, context, tenant)
        if isinstance(request, Decision):
            return FilterPlan("never", request.revision, request.reason)
        try:
            del request["resource"]["id"]
            return self._point().filter_plan(request, at_least)
        except Exception:
            return FilterPlan("never", self.revision, _own_error().reason)

    def who_can(
        self,
        permission: str,
        resource: Any = None,
        context: Any = None,
        at_least: int | None = None,
        *,
        type: str = "user",  # noqa: A002 -- AuthZEN's own word
        tenant: str | int | UUID | None = None,
        limit: int | None = None,
    ) -> list[str]:
        """Give the registered users of a type for whom `check` would say yes: their user keys, in ascending order, up to `limit`.

        Raises ValueError where the question is not valid, and FetchError where there is no answer: an empty list would say "nobody".
        """
        request = question((type, ANY_ID), permission, resource, context, tenant)
        return self._point().search("subject", request, at_least, _checked(limit))

    def what_can(
        self,
        subject: Any,
        permission: str,
        context: Any = None,
        at_least: int | None = None,
        *,
        tenant: str | int | UUID | None = None,
        limit: int | None = None,
    ) -> list[str]:
        """Give the registered resources of the permission's type for which `check` would say yes: their ids; else as `who_can`.

        Of rows that the application keeps itself, `filter_plan` says which.
        """
        request = question(subject, permission, ANY_ID, context, tenant)
        return self._point().search("resource", request, at_least, _checked(limit))

    def actions_on(
        self,
        subject: Any,
        resource_type: str,
        resource: Any = None,
        context: Any = None,
        at_least: int | None = None,
        *,
        tenant: str | int | UUID | None = None,
    ) -> list[str]:
        """Give the actions that the subject may do with a resource, in ascending order; else as `who_can`."""
        request = question(subject, f"{resource_type}:{ANY_ID}", resource, context, tenant)
        return self._point().search("action", request, at_least, None)

    def _question(
        self, subject: Any, permission: str, resource: Any, context: Any, tenant: str | int | UUID | None
    ) -> dict[str, Any] | Decision:
        try:
            return question(subject, permission, resource, context, tenant)
        except Exception as error:
            return self._no_question(permission, error)

    def _unknown_name(self, permission: str, reason: str) -> None:
        """Say once that a permission is not known: a typo, or a policy that does not declare it yet."""
        if permission in self._told or len(self._told) >= _MOST_TOLD:
            return
        self._told.add(permission)
        what = "resource type" if reason == "unknown_resource_type" else "action"
        logger.warning("Licet does not know the %s of `%s`, and so denies it: mend the name, or declare it in Licet", what, permission)

    def _no_question(self, permission: str, error: Exception) -> Decision:
        logger.warning("the question for %r is not valid, and is denied: %s", permission, error)
        return Decision(False, "invalid_request", revision=self.revision, age=self.age, message=str(error))


def _checked(limit: int | None) -> int | None:
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        raise ValueError(f"limit is {limit!r}; it must be a whole number of at least 0, or absent")
    return limit


def _own_error() -> Decision:
    logger.exception("a question met an error of its own, and is denied")
    return Decision(False, "invalid_request", message="internal error, see the application's log")
