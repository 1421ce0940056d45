"""Licet: who may do what, answered from a local copy of the policy that follows every edit.

from licet import Licet

licet = Licet("http://localhost:4000", "lct_...", name="invoices")
if licet.check("alice", "task:update", {"id": "t1", "ownerId": "alice"}):
    ...
"""

from licet.client import Licet
from licet.decision import Decision, DecisionError, Path
from licet.errors import ConfigError, FetchError, Forbidden, LicetError, SnapshotError

__all__ = [
    "ConfigError",
    "Decision",
    "DecisionError",
    "FetchError",
    "Forbidden",
    "Licet",
    "LicetError",
    "Path",
    "SnapshotError",
]
