"""How applications put a question."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from licet import Licet
from licet._question import question

NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001


class Colour(enum.Enum):
    RED = "red"


class WithId:
    id = 7


class Described:
    def __licet__(self) -> dict[str, Any]:
        return {"id": uuid.UUID(int=1), "ownerId": "alice"}


class Login:
    def get_id(self) -> str:
        return "a:b"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("alice", {"type": "user", "id": "alice"}),
        ("service:bob", {"type": "service", "id": "bob"}),
        ("user:a:b", {"type": "user", "id": "a:b"}),
        (("service", "a:b"), {"type": "service", "id": "a:b"}),
        ({"id": 5}, {"type": "user", "id": "5"}),
        ({"type": "device", "id": "d", "properties": {"os": "x"}}, {"type": "device", "id": "d", "properties": {"os": "x"}}),
        ({"id": "alice", "team": "red"}, {"type": "user", "id": "alice", "properties": {"team": "red"}}),
        (WithId(), {"type": "user", "id": "7"}),
        (Login(), {"type": "user", "id": "a:b"}),
    ],
)
def test_a_subject_may_be_given_in_many_ways(subject: Any, expected: dict[str, Any]) -> None:
    assert question(subject, "task:read", None, None)["subject"] == expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (None, {"type": "task", "id": "*"}),
        ("t1", {"type": "task", "id": "t1"}),
        ("task:t1", {"type": "task", "id": "task:t1"}),
        (7, {"type": "task", "id": "7"}),
        (("task", "t1"), {"type": "task", "id": "t1"}),
        ({"id": 1, "ownerId": "alice"}, {"type": "task", "id": "1", "properties": {"ownerId": "alice"}}),
        ({"type": "task", "id": "1", "properties": None}, {"type": "task", "id": "1"}),
        (Described(), {"type": "task", "id": str(uuid.UUID(int=1)), "properties": {"ownerId": "alice"}}),
        (WithId(), {"type": "task", "id": "7"}),
    ],
)
def test_a_resource_may_be_given_in_many_ways(resource: Any, expected: dict[str, Any]) -> None:
    assert question("alice", "task:read", resource, None)["resource"] == expected


TEXTS = ["alice", "", "é", "a:b", "a\x00", "a" * 256, "a" * 257, "😀" * 128, "😀" * 129, 7, None, 10**308, True, ["a"], NAIVE]


@pytest.mark.parametrize("name", TEXTS, ids=lambda name: ascii(name)[:20])
def test_what_most_questions_have_is_read_quickly_and_means_the_same(name: Any) -> None:
    """A text and a dict are read by a way of their own, a pair and any other mapping by the usual one."""

    def asked(subject: Any, resource: Any) -> Any:
        try:
            return question(subject, "task:read", resource, None)
        except ValueError as error:
            return str(error)

    if isinstance(name, str) and ":" not in name:
        assert asked(name, None) == asked(("user", name), None)
    for resource in (
        {"id": name},
        {"id": name, "ownerId": "alice", "size": 1, "done": True, "due": None},
        {"id": "t1", "x": name},
        {"id": "t1", name if isinstance(name, str) else 7: "x"},
        {"id": "t1", "type": name},
        {"id": "t1", "type": "task", "x": name},
        {"id": "t1", "properties": {"x": name}, "y": 1},
        {"x": name},
        {},
    ):
        assert asked("alice", resource) == asked("alice", MappingProxyType(resource))


def test_attributes_become_plain_json_values() -> None:
    attributes = {
        "id": "t1",
        "due": datetime(2026, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=1))),
        "day": date(2026, 1, 2),
        "price": Decimal("1.5"),
        "colour": Colour.RED,
        "tags": ("a", "b"),
        "members": frozenset({"x"}),
        "deep": {"a": [1, None, True]},
    }
    assert question("alice", "task:read", attributes, None)["resource"]["properties"] == {
        "due": "2026-01-02T03:04:00+01:00",
        "day": "2026-01-02",
        "price": 1.5,
        "colour": "red",
        "tags": ["a", "b"],
        "members": ["x"],
        "deep": {"a": [1, None, True]},
    }


def nested() -> list[Any]:
    made: list[Any] = []
    made.append(made)
    return made


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("alice", "task", None), "type:action"),
        (("alice", None, None), "type:action"),
        ((None, "task:read", None), "subject"),
        ((object(), "task:read", None), "subject"),
        (((5, 6), "task:read"), "type, id and action must be texts"),
        (("alice", "task:read", None, None, "soon"), "internal error"),
        (("alice", "task:read", object()), "resource"),
        (("alice", "task:read", {"ownerId": "x"}), "resource.id is missing"),
        (("alice", "task:read", {"id": 1.5}), "resource.id"),
        (("alice", "task:read", {"id": True}), "resource.id"),
        (("alice", "task:read", ("note", "n1")), "resource.type"),
        (("alice", "task:read", {"id": "1", "due": NAIVE}), "resource.properties.due"),
        (("alice", "task:read", {"id": "1", "n": float("nan")}), "resource.properties.n"),
        (("alice", "task:read", {"id": "1", "o": object()}), "resource.properties.o"),
        (("alice", "task:read", {"id": "1", "m": {5: 1}}), "resource.properties.m"),
        (("alice", "task:read", {"id": "1", "l": nested()}), "resource.properties.l"),
        (("alice", "task:read", {"id": "1", "properties": [1]}), "resource.properties"),
        (("alice", "task:read", None, "ctx"), "context"),
        (("a\nb", "task:read", None), "control characters"),
        (("", "task:read", None), "control characters"),
    ],
)
def test_a_question_that_is_not_valid_is_denied_and_said(
    licet: Licet, caplog: pytest.LogCaptureFixture, arguments: Any, named: str
) -> None:
    decision = licet.check(*arguments)
    assert not decision
    assert decision.reason == "invalid_request"
    assert named in decision.message
    assert len(caplog.messages) == 1


def test_an_object_that_throws_is_denied(licet: Licet) -> None:
    class Hostile:
        @property
        def id(self) -> str:
            raise RuntimeError("the database is gone")

    assert licet.check("root", "task:read", Hostile()).reason == "invalid_request"


@pytest.mark.parametrize("tenant", [5, uuid.UUID(int=1), "5", Colour.RED])
def test_a_tenant_is_a_text_or_a_number_or_a_uuid(tenant: Any) -> None:
    asked = question("alice", "task:read", {"id": "1", "ownerId": "alice"}, None, tenant)
    text = tenant.value if isinstance(tenant, Colour) else str(tenant)
    assert asked["resource"]["properties"] == {"ownerId": "alice", "tenant": text}


@pytest.mark.parametrize("tenant", ["", True, b"acme", ["acme"], 1.5])
def test_what_is_no_tenant_is_denied_and_never_the_default_one(licet: Licet, tenant: Any) -> None:
    decision = licet.check("root", "task:delete", tenant=tenant)
    assert (decision.allowed, decision.reason) == (False, "invalid_request")
    assert "tenant" in decision.message
    assert licet.filter_plan("root", "task:delete", tenant=tenant).kind == "never"
    assert licet.explain("root", "task:delete", tenant=tenant).decision.reason == "invalid_request"


@pytest.mark.parametrize("tenant", [5, "", ["acme"], {"id": "acme"}, False])
def test_an_attribute_that_is_no_name_of_a_tenant_is_an_unknown_tenant(licet: Licet, tenant: Any) -> None:
    assert licet.check("root", "task:delete", {"id": "1", "tenant": tenant}).reason == "unknown_tenant"
    assert licet.check("root", "task:delete", "1", {"tenant": tenant}).reason == "unknown_tenant"
    assert licet.check("root", "task:delete", {"id": "1", "tenant": None})


@pytest.mark.parametrize("number", [10**308, -(10**400), 10**5000], ids=["308", "-400", "5000"])
def test_a_number_that_json_cannot_carry_is_no_attribute(licet: Licet, number: int) -> None:
    for attributes in ({"id": "1", "big": number}, {"id": "1", "list": [number]}):
        assert licet.check("root", "task:delete", attributes).reason == "invalid_request"


class Kind(str, enum.Enum):
    ALICE = "alice"


def test_an_id_that_is_a_member_of_an_enum_is_its_value(licet: Licet) -> None:
    assert licet.check(("user", Kind.ALICE), "task:read")
    assert licet.check({"id": Kind.ALICE}, "task:read")


def test_what_has_no_id_is_told_what_to_do(licet: Licet) -> None:
    assert "flushed" in licet.check("alice", "task:update", {"ownerId": "alice"}).message
    assert '("user", 5)' in licet.check(5, "task:read").message
