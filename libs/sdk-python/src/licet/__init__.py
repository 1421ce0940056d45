"""Licet: who may do what, answered from a local copy of the policy that follows every edit.

from licet import Licet

licet = Licet("http://localhost:4000", "lct_...", name="invoices")
if licet.check("alice", "task:update", {"id": "t1", "ownerId": "alice"}):
    ...
"""

from licet._writes import Group
from licet.client import Licet
from licet.decision import Decision, DecisionError, Explanation, FilterPlan, Path
from licet.errors import ConfigError, FetchError, Forbidden, LicetError, SnapshotError

__all__ = [
    "ConfigError",
    "Decision",
    "DecisionError",
    "Explanation",
    "FetchError",
    "FilterPlan",
    "Forbidden",
    "Group",
    "Licet",
    "LicetError",
    "Path",
    "SnapshotError",
]
