from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from licet import Licet
from licet._decision_log import BATCH_LIMIT, RECORD_LIMIT, DecisionLog
from licet._fetcher import Steps
from licet._values import instant_text
from licet.decision import Decision, DecisionError, Path
from licet.errors import FetchError
from licet.testing import MemoryControlPlane

NOW = 1_780_000_000_123


def asked(number: int, **properties: Any) -> dict[str, Any]:
    return {
        "subject": {"type": "user", "id": "alice"},
        "action": {"name": "read"},
        "resource": {"type": "task", "id": str(number), "properties": properties},
    }


def filled(count: int, limit: int = 20_000) -> DecisionLog:
    log = DecisionLog(limit)
    for number in range(count):
        log.add(NOW, asked(number), "default", Decision(False, "no_matching_grant", revision=3))
    return log


def flush(log: DecisionLog, upload: Callable[[list[str]], object]) -> None:
    """Upload everything, to whoever takes it at once."""

    def steps(batch: list[str]) -> Steps[None]:
        upload(batch)
        yield from ()

    while len(log) > 0:
        assert list(log.flush(steps)) == []


def records(batch: list[str]) -> list[dict[str, Any]]:
    return [json.loads(text) for text in batch]


def ids(batches: list[list[str]]) -> list[str]:
    return [record["request"]["resource"]["id"] for batch in batches for record in records(batch)]


def test_a_decision_is_uploaded_as_the_contract_says(licet: Licet, plane: MemoryControlPlane) -> None:
    decision = licet.check("alice", "task:update", {"id": "1", "ownerId": "alice"}, {"ip": "192.0.2.1"})
    assert decision.path is not None
    plane.wait_for(lambda: plane.decisions)
    record = dict(plane.decisions[0])
    assert uuid.UUID(record.pop("id")).version == 7
    assert record.pop("at").endswith("Z")
    assert record == {
        "request": {
            "subject": {"type": "user", "id": "alice"},
            "action": {"name": "update"},
            "resource": {"type": "task", "id": "1", "properties": {"ownerId": "alice"}},
            "context": {"ip": "192.0.2.1"},
        },
        "tenant": "default",
        "decision": True,
        "reason": "allowed_by_grant",
        "path": decision.path.as_dict(),
        "errors": [],
        "revision": 1,
    }


def test_questions_that_are_not_valid_and_those_not_to_be_logged_stay_out(licet: Licet, plane: MemoryControlPlane) -> None:
    licet.check("a\nb", "task:read")
    licet.check("alice", "task:read", log=False)
    licet.check("alice", "task:create")
    plane.wait_for(lambda: plane.decisions)
    assert [record["request"]["action"]["name"] for record in plane.decisions] == ["create"]


def test_the_decision_log_can_be_switched_off(plane: MemoryControlPlane, connect: Callable[..., Licet]) -> None:
    licet = connect(decision_log=False)
    licet.wait_ready(5)
    licet.check("alice", "task:read")
    licet.close()
    assert plane.decisions == []


def test_close_uploads_what_is_left(plane: MemoryControlPlane, connect: Callable[..., Licet]) -> None:
    licet = connect()
    licet.wait_ready(5)
    for number in range(1200):
        licet.check("alice", "task:read", number)
    licet.close()
    assert len(plane.decisions) == 1200


def test_a_full_queue_drops_the_oldest_and_counts_them(caplog: pytest.LogCaptureFixture) -> None:
    log, sent = filled(25, limit=10), list[list[str]]()
    flush(log, sent.append)
    assert ids(sent) == [str(number) for number in range(15, 25)]
    assert "15 oldest decisions were dropped" in caplog.text


def test_an_upload_that_fails_is_tried_again_under_the_same_ids() -> None:
    log, tries = filled(3), list[list[str]]()

    def upload(batch: list[str]) -> None:
        tries.append([record["id"] for record in records(batch)])
        if len(tries) == 1:
            raise FetchError("cannot reach", status=503)

    with pytest.raises(FetchError):
        flush(log, upload)
    assert len(log) == 3
    flush(log, upload)
    assert len(log) == 0
    assert tries[0] == tries[1]


def test_what_the_control_plane_does_not_take_is_dropped_alone(caplog: pytest.LogCaptureFixture) -> None:
    log, sent = filled(BATCH_LIMIT + 100), list[list[str]]()

    def upload(batch: list[str]) -> None:
        if "77" in ids([batch]):
            raise FetchError("not valid", status=400)
        sent.append(batch)

    flush(log, upload)
    assert sorted(map(int, ids(sent))) == [number for number in range(BATCH_LIMIT + 100) if number != 77]
    assert max(map(len, sent)) <= BATCH_LIMIT
    assert caplog.text.count("dropped") == 1


def test_an_entry_with_huge_attributes_goes_without_them() -> None:
    log, sent = DecisionLog(), list[list[str]]()
    log.add(NOW, asked(1, text="x" * RECORD_LIMIT), "default", Decision(False, "no_matching_grant"))
    flush(log, sent.append)
    assert records(sent[0])[0]["request"]["resource"] == {"type": "task", "id": "1"}


def test_an_outage_keeps_the_decisions(plane: MemoryControlPlane, licet: Licet) -> None:
    plane.wait_for(lambda: plane.streams == 1)
    plane.go_down()
    for number in range(10):
        licet.check("alice", "task:read", number)
    plane.wait_for(lambda: licet.trouble is not None)
    plane.come_back()
    plane.wait_for(lambda: len(plane.decisions) == 10)
    assert [record["request"]["resource"]["id"] for record in plane.decisions] == [str(number) for number in range(10)]


def test_ids_carry_the_time() -> None:
    log, sent = filled(1000), list[list[str]]()
    flush(log, sent.append)
    made = [uuid.UUID(record["id"]) for batch in sent for record in records(batch)]
    assert {(each.version, each.variant, each.int >> 80) for each in made} == {(7, uuid.RFC_4122, NOW)}
    assert len(set(made)) == 1000
    assert records(sent[0])[0]["at"] == instant_text(NOW) == "2026-05-28T20:26:40.123Z"


@pytest.mark.parametrize("given", [None, "a text"])
def test_an_entry_is_one_that_any_reader_of_json_reads(given: str | None) -> None:
    log, sent = DecisionLog(), list[list[str]]()
    name = 'a "quoted" \\ name, half a pair: \ud83d, a whole one: \U0001f600\n'
    path = Path(name, given and name, ("r", name), name, name, "allow", given and name)
    error = DecisionError("g", name, "missing_attribute", name)
    decision = Decision(True, "allowed_by_grant", path, (error, error), 7)
    attributes: dict[str, object] = {
        name: name,
        "none": None,
        "yes": True,
        "count": 7,
        "part": 0.5,
        "list": [name, None],
        "map": {name: {}},
    }
    request = {
        "subject": {"type": name, "id": name, "properties": attributes},
        "action": {"name": name},
        "resource": {"type": name, "id": name, "properties": attributes},
        "context": attributes,
    }
    log.add(NOW, request, name, decision)
    flush(log, sent.append)
    assert sent[0][0].isascii()
    record = records(sent[0])[0]
    assert record == {"id": record["id"], "at": instant_text(NOW), "request": request, "tenant": name, **decision.as_dict()}


def test_an_entry_that_cannot_be_written_is_dropped_alone(caplog: pytest.LogCaptureFixture) -> None:
    log = DecisionLog()
    for resource_id in ("t1", object(), "t2"):
        request = {"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}, "resource": {"type": "task", "id": resource_id}}
        log.add(0, request, "default", Decision(False, "no_matching_grant"))
    uploaded: list[str] = []
    flush(log, uploaded.extend)
    assert [json.loads(entry)["request"]["resource"]["id"] for entry in uploaded] == ["t1", "t2"]
    assert "was dropped" in caplog.text


def test_what_the_control_plane_takes_all_but_one_of_is_said(
    licet: Licet, plane: MemoryControlPlane, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fault = {"path": "decisions[0].request.resource.id", "message": "has control characters"}

    def upload(*_: object) -> Steps[list[object]]:
        yield from ()
        return [fault]

    monkeypatch.setattr(licet._plane, "upload", upload)
    licet.check("alice", "task:read")
    licet.close()
    assert "does not take 1 decisions" in caplog.text
    assert fault["path"] in caplog.text
