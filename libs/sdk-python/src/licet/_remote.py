"""Asks the control plane's decision point (AuthZEN 1.0). Fails closed on anything but a valid answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from licet._control_plane import ControlPlane
from licet._engine import DEFAULT_TENANT, user_key
from licet.decision import Decision, DecisionError, Explanation, FilterPlan, Path, Reason
from licet.errors import FetchError, LicetError, SnapshotError, remedy

logger = logging.getLogger("licet")

_REASONS: Final[frozenset[str]] = frozenset(get_args(Reason))
_BATCH: Final = 1000


class Remote:
    """Decisions over HTTP. `trouble` is why the last question got no answer, or None."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self.revision = 0
        self.trouble: str | None = None

    def evaluate(self, request: dict[str, Any], at_least: int | None, log: bool) -> Decision:
        """Ask one question. Never raises. Whether it is logged is the decision point's own affair."""
        del log
        try:
            return self._read(self._plane.ask("access/v1/evaluation", request, at_least))
        except LicetError as error:
            return self._unanswered(error)

    def evaluate_many(self, requests: Sequence[dict[str, Any]], at_least: int | None, log: bool) -> list[Decision]:
        """Ask several questions. Gives as many answers; one that the decision point left out is a denial. Never raises."""
        if len(requests) == 1:
            return [self.evaluate(requests[0], at_least, log)]
        decisions: list[Decision] = []
        for start in range(0, len(requests), _BATCH):
            part = requests[start : start + _BATCH]
            try:
                answers = self._plane.ask("access/v1/evaluations", {"evaluations": part}, at_least).get("evaluations")
            except LicetError as error:
                decisions.extend([self._unanswered(error)] * len(part))
                continue
            answers = answers if isinstance(answers, list) else []
            came = [self._read(answer) for answer in answers[: len(part)]]
            decisions.extend(came)
            decisions.extend(Decision(False, "unreachable") for _ in range(len(part) - len(came)))
        return decisions

    def explain(self, request: dict[str, Any], at_least: int | None) -> Explanation:
        """Ask for an explanation. Never raises."""
        try:
            answer = self._plane.ask("licet/v1/explain", request, at_least)
            said = answer["decision"]
            decision = self._read({"decision": said["decision"], "context": said})
            members = [answer[name] for name in ("paths", "misses", "roles")]
            return Explanation(decision, answer["tenant"], members[0], members[1], members[2], answer["totals"])
        except LicetError as error:
            return Explanation.of(self._unanswered(error), DEFAULT_TENANT)
        except (KeyError, TypeError):
            return Explanation.of(self._unreachable(LicetError("the decision point's answer is no explanation")), DEFAULT_TENANT)

    def filter_plan(self, request: Mapping[str, Any], at_least: int | None) -> FilterPlan:
        """Ask for a filter plan. Never raises; what is not a valid plan allows nothing."""
        try:
            return _plan(self._plane.ask("licet/v1/plan", request, at_least))
        except LicetError as error:
            return FilterPlan("never", 0, self._unanswered(error).reason)

    def search(self, kind: str, request: Mapping[str, Any], at_least: int | None, limit: int | None) -> list[str]:
        """Search, page by page (AuthZEN 1.0, section 8). Raises LicetError where there is no valid answer."""
        names: list[str] = []
        page: dict[str, Any] = {} if limit is None else {"limit": min(limit, _BATCH)}
        while limit is None or len(names) < limit:
            answer = self._plane.ask(f"access/v1/search/{kind}", {**request, "page": page}, at_least)
            try:
                names += [_name_of(kind, result) for result in answer["results"]]
                token = answer.get("page", {}).get("next_token", "")
            except (KeyError, TypeError, AttributeError) as error:
                raise SnapshotError("the decision point's answer is no result of a search") from error
            if not token:
                break
            page = {**page, "token": token}
        return names[:limit]

    def _read(self, answer: Any) -> Decision:
        allowed = answer.get("decision") if isinstance(answer, dict) else None
        if not isinstance(allowed, bool):
            return self._unreachable(LicetError("the decision point's answer has no boolean `decision`"))
        if self.trouble is not None:
            self.trouble = None
            logger.info("the decision point answers again")
        said = answer.get("context")
        context = said if isinstance(said, dict) else {}
        named = context.get("reason")
        reason: Reason = named if isinstance(named, str) and named in _REASONS else _plain(allowed)  # type: ignore[assignment]
        if (reason == "allowed_by_grant") is not allowed:
            return self._unreachable(LicetError(f"the decision point's answer contradicts itself: {allowed} by `{reason}`"))
        revision = context.get("revision")
        known = revision if isinstance(revision, int) and not isinstance(revision, bool) else 0
        self.revision = max(self.revision, known)
        return Decision(allowed, reason, _path(context.get("path")), _errors(context.get("errors")), known)

    def _unanswered(self, error: LicetError) -> Decision:
        """Deny what was not answered: one that the decision point does not take says nothing about others."""
        if not (isinstance(error, FetchError) and error.status == 400):
            return self._unreachable(error)
        logger.warning("the decision point does not take a question, and it is denied: %s", error)
        return Decision(False, "invalid_request", message=str(error))

    def _unreachable(self, error: LicetError) -> Decision:
        if self.trouble != str(error):
            logger.warning("%s; every check is denied until the decision point answers%s", error, remedy(error))
        self.trouble = str(error)
        return Decision(False, "unreachable")


def _plan(answer: Mapping[str, Any]) -> FilterPlan:
    kind, revision, condition = answer.get("kind"), answer.get("revision"), answer.get("condition")
    if (
        kind not in ("always", "never", "conditional")
        or not isinstance(revision, int)
        or isinstance(condition, dict) is not (kind == "conditional")
    ):
        raise SnapshotError("the decision point's answer is no filter plan")
    return FilterPlan(kind, revision, answer.get("reason"), condition)


def _name_of(kind: str, result: Mapping[str, Any]) -> str:
    if kind == "subject":
        return user_key(result["type"], result["id"])
    return str(result["id" if kind == "resource" else "name"])


def _plain(allowed: bool) -> Reason:
    return "allowed_by_grant" if allowed else "no_matching_grant"


def _path(path: Any) -> Path | None:
    try:
        return Path(**{**path, "roles": tuple(path["roles"])})
    except (TypeError, KeyError):
        return None


def _errors(errors: Any) -> tuple[DecisionError, ...]:
    try:
        return tuple(DecisionError(**error) for error in errors)
    except TypeError:
        return ()
