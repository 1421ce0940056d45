"""The small parts that the rest is made of."""

from __future__ import annotations

import pytest

from licet import SnapshotError
from licet._events import Event, read_events
from licet._pace import Pace
from licet._table import Table

STREAM = b": hello\n\nid: 2\nevent: change\ndata: {\ndata: }\n\nevent:heartbeat\r\ndata:1\r\n\r\ndata: x\rdata\r\ridle: 1\n\n"
EVENTS = [Event("change", "{\n}"), Event("heartbeat", "1"), Event("message", "x\n")]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_are_read_however_the_bytes_are_cut(size: int) -> None:
    pieces = [STREAM[start : start + size] for start in range(0, len(STREAM), size)]
    assert list(read_events(pieces)) == EVENTS


def test_an_event_without_its_end_is_none() -> None:
    assert list(read_events([b"event: change\ndata: 1\n"])) == []


def test_an_event_that_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licet._events.EVENT_LIMIT", 1000)
    for piece in (b"x" * 100, b"data: 1\n" * 10):
        with pytest.raises(SnapshotError, match="too long"):
            list(read_events([piece] * 100))


def test_a_table_is_what_was_put_into_it_and_its_copies_stay_apart() -> None:
    tables: list[tuple[Table[int], dict[str, int]]] = [(Table({}), {})]
    for number in range(1000):
        table, expected = tables[-1]
        change: dict[str, int | None] = {f"k{number % 300}": number, f"k{(number * 7) % 300}": None if number % 3 else -number}
        merged = {**expected, **change}
        tables.append((table.replaced(change), {key: value for key, value in merged.items() if value is not None}))
    for table, expected in tables[::97]:
        assert {key: table.get(key) for key in expected} == expected
        assert sorted(table.values()) == sorted(expected.values())
        assert table.get("gone") is None


def test_waits_grow_up_to_the_longest_and_differ() -> None:
    pace = Pace(first=1.0, longest=8.0)
    for failures, most in ((0, 1.0), (1, 1.0), (2, 2.0), (4, 8.0), (10_000, 8.0)):
        waits = {pace.after_failures(failures) for _ in range(50)}
        assert all(most / 2 <= wait <= most for wait in waits)
        assert len(waits) > 10
