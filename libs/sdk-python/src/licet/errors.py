"""The errors of this package. `check` and what is built on it never raises any but Forbidden.

At start-up two families tell apart what to do: SnapshotError (what was received or read is bad) and FetchError (it could not be
got). Both derive from LicetError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from licet.decision import Decision


class LicetError(Exception):
    """Base of all errors of this package."""


class ConfigError(LicetError, ValueError):
    """A setting is missing or not valid; the message names it and says what to do."""


class SnapshotError(LicetError):
    """What was received from the control plane, or read from disk, is not valid."""


class FetchError(LicetError):
    """The control plane could not be reached, or refused.

    `status` is the HTTP status, or None where there was no answer; `code` is the problem document's code, if it sent one.
    """

    def __init__(self, message: str, *, status: int | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Forbidden(LicetError):  # noqa: N818 -- the name that web developers expect
    """A permission is not given. `permission` is what was asked for, `decision` the whole answer, `subject` whom it was asked about."""

    def __init__(self, permission: str, decision: Decision, subject: Any = None) -> None:
        super().__init__(f"`{permission}` is not permitted: {decision.reason}")
        self.permission = permission
        self.decision = decision
        self.subject = subject


def remedy(error: LicetError) -> str:
    """Say what to do about an error that keeps an application from its control plane, as the end of a log line."""
    status = error.status if isinstance(error, FetchError) else None
    if status == 401:
        return "; check LICET_API_KEY: the key is wrong, revoked or expired"
    if status == 403:
        return "; check LICET_API_KEY: give the service account of this key the role `licet.application`"
    if status is not None and status >= 500:
        return ""
    if isinstance(error, FetchError) and status is None:
        return "; check that Licet runs, and LICET_URL"
    return "; check LICET_URL: what answers there is perhaps no Licet"
