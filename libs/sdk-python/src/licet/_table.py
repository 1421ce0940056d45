"""A dictionary that never changes and makes changed copies of itself cheaply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

V = TypeVar("V")


class Table(Generic[V]):
    """Rows by key: a large base that copies share, and a small overlay of what changed since; None there means deleted.

    Invariant: the overlay stays below a sixteenth of the base (or 64 entries), so that a change costs little on average,
    whatever the size of the table, and a look-up is at most two.
    """

    __slots__ = ("_base", "_overlay", "get")

    def __init__(self, base: dict[str, V], overlay: dict[str, V | None] | None = None) -> None:
        self._base = base
        self._overlay = overlay or {}
        self.get: Callable[[str], V | None] = self._get if self._overlay else base.get
        """Give the value of a key, or None."""

    def replaced(self, changes: Mapping[str, V | None]) -> Table[V]:
        """Make a copy with these values; None deletes a key."""
        if not changes:
            return self
        overlay = {**self._overlay, **changes}
        if len(overlay) <= max(64, len(self._base) // 16):
            return Table(self._base, overlay)
        return Table(dict(_merged(self._base, overlay)))

    def _get(self, key: str) -> V | None:
        overlay = self._overlay
        return overlay[key] if key in overlay else self._base.get(key)

    def values(self) -> Iterator[V]:
        """Give all values, in no particular order."""
        return (value for _, value in _merged(self._base, self._overlay))


def _merged(base: dict[str, V], overlay: Mapping[str, V | None]) -> Iterator[tuple[str, V]]:
    for key, value in base.items():
        if key not in overlay:
            yield key, value
    for key, changed in overlay.items():
        if changed is not None:
            yield key, changed
