"""Asks the control plane's decision point (AuthZEN 1.0). Fails closed on anything but a valid answer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Final, get_args

from licet._control_plane import ControlPlane
from licet.decision import Decision, DecisionError, Path, Reason
from licet.errors import LicetError

logger = logging.getLogger("licet")

_REASONS: Final[frozenset[str]] = frozenset(get_args(Reason))
_BATCH: Final = 1000


class Remote:
    """Decisions over HTTP. `trouble` is why the last question got no answer, or None."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self.revision = 0
        self.trouble: str | None = None

    def evaluate_many(self, requests: Sequence[dict[str, Any]], at_least: int | None) -> list[Decision]:
        """Ask several questions. Gives as many answers; one that the decision point left out is a denial. Never raises."""
        if len(requests) == 1:
            return [self._evaluate(requests[0], at_least)]
        decisions: list[Decision] = []
        for start in range(0, len(requests), _BATCH):
            part = requests[start : start + _BATCH]
            try:
                answers = self._plane.evaluate("evaluations", {"evaluations": part}, at_least).get("evaluations")
            except LicetError as error:
                decisions.extend(self._unreachable(error) for _ in part)
                continue
            answers = answers if isinstance(answers, list) else []
            came = [self._read(answer) for answer in answers[: len(part)]]
            decisions.extend(came)
            decisions.extend(Decision(False, "unreachable") for _ in range(len(part) - len(came)))
        return decisions

    def _evaluate(self, request: dict[str, Any], at_least: int | None) -> Decision:
        try:
            answer = self._plane.evaluate("evaluation", request, at_least)
        except LicetError as error:
            return self._unreachable(error)
        return self._read(answer)

    def _read(self, answer: Any) -> Decision:
        allowed = answer.get("decision") if isinstance(answer, dict) else None
        if not isinstance(allowed, bool):
            return self._unreachable(LicetError("the decision point's answer has no boolean `decision`"))
        if self.trouble is not None:
            self.trouble = None
            logger.info("the decision point answers again")
        said = answer.get("context")
        context = said if isinstance(said, dict) else {}
        reason: Reason = context["reason"] if context.get("reason") in _REASONS else _plain(allowed)
        revision = context.get("revision")
        known = revision if isinstance(revision, int) and not isinstance(revision, bool) else 0
        self.revision = max(self.revision, known)
        return Decision(allowed, reason, _path(context.get("path")), _errors(context.get("errors")), known)

    def _unreachable(self, error: LicetError) -> Decision:
        if self.trouble != str(error):
            logger.warning("%s; every check is denied until the decision point answers", error)
        self.trouble = str(error)
        return Decision(False, "unreachable")


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
