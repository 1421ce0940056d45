"""The value types of a condition, and when two values are equal.

Rules kept here, the same in every implementation of the engine:

- The types are null, boolean, number, string, list, map and timestamp. A boolean is never a number.
- All numbers are doubles: integers are compared after conversion to a double.
- Values of different types are never equal. Lists and maps are equal when their members are.
- Nothing here recurses, so no value can exhaust the stack.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Final, NamedTuple

_RFC3339: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_EPOCH: Final = date(1970, 1, 1).toordinal()
_EPOCH_UTC: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FIRST_SECOND: Final = -62_135_596_800
_LAST_SECOND: Final = 253_402_300_799
"""0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, in seconds since the epoch."""


class Timestamp(NamedTuple):
    """An instant in milliseconds since 1970-01-01T00:00:00Z. A type of its own: it equals no number."""

    ms: int


def kind(value: Any) -> str:
    """Name the type of a value."""
    if isinstance(value, str):
        return "string"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, Timestamp):
        return "timestamp"
    if isinstance(value, list):
        return "list"
    if isinstance(value, dict):
        return "map"
    return "unknown"


def double(number: float) -> float:
    """Convert a number to the double that JSON readers of other languages see."""
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def equal(left: Any, right: Any) -> bool:
    """Compare two values by type and value, lists and maps member by member."""
    pairs = [(left, right)]
    while pairs:
        a, b = pairs.pop()
        of_type = kind(a)
        if of_type != kind(b):
            return False
        if of_type == "list":
            if len(a) != len(b):
                return False
            pairs.extend(zip(a, b, strict=True))
        elif of_type == "map":
            if a.keys() != b.keys():
                return False
            pairs.extend((member, b[name]) for name, member in a.items())
        elif of_type == "number":
            if double(a) != double(b):
                return False
        elif of_type == "unknown" or a != b:
            return False
    return True


def parse_timestamp(text: str) -> Timestamp | None:
    """Read a timestamp (RFC 3339, section 5.6) with an offset or `Z`; digits after the millisecond are cut off.

    Returns None where the text is not one. Leap seconds and the year 0000 are refused, and what lies outside the years
    0001 to 9999 in UTC.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.group(1, 2, 3, 4, 5, 6))
    offset_hour, offset_minute = int(match[9] or 0), int(match[10] or 0)
    if hour > 23 or minute > 59 or second > 59 or offset_hour > 23 or offset_minute > 59:
        return None
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    offset = (offset_hour * 60 + offset_minute) * (-1 if match[8] == "-" else 1)
    seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
    if not _FIRST_SECOND <= seconds <= _LAST_SECOND:
        return None
    return Timestamp(seconds * 1000 + int((match[7] or "")[:3].ljust(3, "0")))


def is_instant(ms: float) -> bool:
    """Tell whether a timestamp can say this time: whole milliseconds, from the beginning of the year 1 to the end of 9999."""
    return ms == ms // 1 and _FIRST_SECOND * 1000 <= ms <= _LAST_SECOND * 1000 + 999


def instant_text(ms: float) -> str:
    """Write milliseconds since the epoch as `2026-01-31T12:00:00.000Z`."""
    seconds, rest = divmod(int(ms), 1000)
    return _second_text(seconds) + _ENDS[rest]


@lru_cache(maxsize=16)  # the entries of a log say the same time over and over
def _second_text(seconds: int) -> str:
    return (_EPOCH_UTC + timedelta(seconds=seconds)).isoformat(timespec="seconds").removesuffix("+00:00")


_ENDS: Final = [f".{ms:03}Z" for ms in range(1000)]
