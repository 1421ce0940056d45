"""Random policies about tasks, and rows of a SQLAlchemy model to filter by them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from conftest import allow, assign, task_policy, user
from licet.sqlalchemy import Described

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)


class Base(DeclarativeBase):
    pass


class Colour(Enum):
    RED = "red"
    ONE = 1


class Task(Described, Base):
    __tablename__ = "task"
    __licet_columns__ = {  # noqa: RUF012
        "ownerId": "owner",
        "title": "title",
        "level": "level",
        "score": "score",
        "price": "price",
        "archived": "archived",
        "due": "due",
        "colour": "colour",
        "token": "token",
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str | None]
    title: Mapped[str | None]
    level: Mapped[int | None] = mapped_column(sa.BigInteger)
    score: Mapped[float | None]
    price: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 2, asdecimal=False))
    archived: Mapped[bool | None]
    due: Mapped[datetime | None]
    colour: Mapped[Colour | None]
    token: Mapped[UUID | None]


TEXTS = ["", "alice", "bob", "Alice", "al", "%", "a_b", "ä", "\U0001f600", "\uffff", "1", "red"]
NUMBERS: list[Any] = [0, 1, -1, 1.5, 2**53, 2**53 + 1, 0.1, 1e300, 5]
TIMES = [NOON, NOON + timedelta(milliseconds=1), NOON + timedelta(microseconds=1), NOON - timedelta(days=1)]
TOKENS = [UUID(int=1), UUID(int=2)]


def random_task(rng: random.Random, number: int) -> Task:
    def some(values: list[Any]) -> Any:
        return rng.choice([None, *values])

    return Task(
        id=number,
        owner=some(TEXTS),
        title=some(TEXTS),
        level=some([number for number in NUMBERS if isinstance(number, int)]),
        score=some([*map(float, NUMBERS), float("inf")]) if rng.random() < 0.9 else None,
        price=some([0, 1, 1.5, 0.1]),
        archived=some([True, False]),
        due=some([time.replace(tzinfo=None) for time in TIMES]),
        colour=some(list(Colour)),
        token=some(TOKENS),
    )


PATHS = [["resource", "properties", name] for name in (*Task.__licet_columns__, "missing", "tenant", "title", "level", "archived")]
PATHS += [["resource", "id"], ["resource", "properties", "title", "deep"], ["subject", "id"], ["subject", "properties", "level"], ["now"]]
LITERALS = [
    None,
    True,
    False,
    *NUMBERS,
    *TEXTS,
    "00000000-0000-0000-0000-000000000001",
    "2",
    "2026-06-01T12:00:00Z",
    "2026-06-01T12:00:00.001Z",
]


def random_tree(rng: random.Random, depth: int) -> dict[str, Any]:
    def sub(count: int) -> list[dict[str, Any]]:
        return [random_tree(rng, depth - 1) for _ in range(count)]

    if depth > 0 and rng.random() < 0.3:
        return random_comparison(rng)
    op = rng.choice(["lit", "var", "var", "has"] if depth == 0 else [*OPERATORS, "var"])
    if op == "lit":
        return {"op": "lit", "value": rng.choice(LITERALS)}
    if op in ("var", "has"):
        return {"op": op, "path": rng.choice([path for path in PATHS if op == "var" or len(path) > 2])}
    if op in ("and", "or"):
        return {"op": op, "args": sub(rng.choice([2, 2, 3]))}
    if op == "in":
        items = [random_tree(rng, 0) for _ in range(rng.randrange(4))]
        return {"op": op, "args": [*sub(1), {"op": "list", "args": items}]}
    if op == "timestamp":
        when = {"op": "timestamp", "args": [{"op": "var", "path": ["resource", "properties", "due"]}]}
        then = {"op": "timestamp", "args": [{"op": "lit", "value": rng.choice(LITERALS[-2:])}]}
        return {"op": rng.choice(["eq", "ne", "lt", "le", "gt", "ge"]), "args": rng.choice([[when, then], [then, when]])}
    return {"op": op, "args": sub(1 if op in ("not", "size") else 2)}


def random_comparison(rng: random.Random) -> dict[str, Any]:
    """Of a column with what it may hold: of kinds that do not fit, hardly a row is let through."""
    name, values = rng.choice([("title", TEXTS), ("ownerId", TEXTS), ("level", NUMBERS), ("score", NUMBERS), ("archived", [True, False])])
    column = {"op": "var", "path": ["resource", "properties", name]}
    return {"op": rng.choice(["eq", "ne"]), "args": [column, {"op": "lit", "value": rng.choice(values)}]}


OPERATORS = ["eq", "eq", "ne", "lt", "le", "gt", "ge", "in", "startsWith", "endsWith", "contains", "size", "not", "and", "or", "timestamp"]


def random_policy(rng: random.Random) -> dict[str, list[dict[str, Any]]]:
    rows = task_policy()
    rows["tenants"].append({"id": "acme"})
    rows["users"] = [user("alice", level=rng.choice(NUMBERS))]
    rows["conditions"] = [{"id": f"c{number}", "tree": random_tree(rng, rng.randrange(1, 4))} for number in range(3)]
    rows["grants"] = [
        allow(f"g{number}", "user", "task:read", f"c{number}", rng.choice(["allow", "allow", "deny"]))
        for number in range(rng.randrange(1, 4))
    ]
    rows["grants"].append(allow("g-some", "some", "task:read"))
    rows["roles"].append({"id": "some"})
    rows["assignments"] = [assign("a1", "user", group="everyone", tenant=rng.choice(["*", "default", "acme"]))]
    if rng.random() < 0.3:
        rows["assignments"] += [assign("a2", "some", user="alice", resource=f"task:{number}", tenant="*") for number in (1, 2)]
    return rows
