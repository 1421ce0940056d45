"""The WHERE clause lets through exactly the rows that checks allow one by one, on a real SQLite."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from conftest import Connect, assign, task_policy
from licet import Licet
from licet.decision import FilterPlan
from licet.sqlalchemy import Described, NotExpressible, clause, where
from licet.testing import MemoryControlPlane
from random_tasks import Base, Task, random_policy, random_task

RUNS = int(os.environ.get("LICET_RUNS", "40"))


@pytest.fixture
def session() -> Iterator[Session]:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_it_says_what_checks_say_row_by_row(session: Session, plane: MemoryControlPlane, licet: Licet) -> None:
    seed = int(os.environ.get("LICET_SEED", "0")) or random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    session.add_all(random_task(rng, number) for number in range(120))
    session.commit()
    tasks = session.scalars(sa.select(Task)).all()
    said = refused = some = 0
    for _ in range(RUNS):
        plane.replace(random_policy(rng), plane.revision + 1)
        plane.cut()
        licet.wait_ready(5, revision=plane.revision)
        tenant = rng.choice([None, "default", "acme"])
        allowed = {task.id for task in tasks if licet.check("alice", "task:read", task, tenant=tenant, log=False)}
        try:
            clause = where(Task, "task:read", subject="alice", client=licet, tenant=tenant)
        except NotExpressible:
            refused += 1
            continue
        through = set(session.scalars(sa.select(Task.id).where(clause)))
        assert through == allowed, f"seed {seed}: {licet.filter_plan('alice', 'task:read', tenant=tenant)} {clause}"
        said += 1
        some += 0 < len(allowed) < len(tasks)
    print(f"{said} clauses over {len(tasks)} rows, {some} of them let some through; {refused} refused")
    assert some > 0
    assert said > RUNS / 3


def test_text_with_a_null_character_is_whole_or_errs(session: Session) -> None:
    session.add_all([Task(id=1, title="a\x00b"), Task(id=2, title="a")])
    session.flush()

    def through(op: str, part: str) -> list[int]:
        return list(session.scalars(sa.select(Task.id).where(planned({"op": op, "args": [attribute("title"), literal(part)]}))))

    assert (through("startsWith", "a"), through("startsWith", "a\x00"), through("contains", "b")) == ([1, 2], [1], [1])
    assert (through("endsWith", "b"), through("endsWith", "a")) == ([], [2])  # which SQLite cannot tell of the first one
    size = {"op": "ne", "args": [{"op": "size", "args": [attribute("title")]}, literal(3)]}
    assert session.scalars(sa.select(Task.id).where(planned(size))).all() == [2]


def test_what_errs_is_not_outside_of_an_empty_list_either(session: Session) -> None:
    session.add_all([Task(id=1, title="a"), Task(id=2)])
    session.flush()
    erring = {"op": "contains", "args": [attribute("title"), literal("a")]}
    outside = {"op": "not", "args": [{"op": "in", "args": [erring, {"op": "list", "args": []}]}]}
    assert session.scalars(sa.select(Task.id).where(planned(outside))).all() == [1]
    missing = {"op": "in", "args": [literal("a"), {"op": "list", "args": [attribute("title"), attribute("missing")]}]}
    assert session.scalars(sa.select(Task.id).where(planned(missing))).all() == []


def test_comparisons_of_comparisons_stay_apart(session: Session, plane: MemoryControlPlane, licet: Licet) -> None:
    rng = random.Random(7)
    session.add_all(random_task(rng, number) for number in range(60))
    session.commit()
    tasks = session.scalars(sa.select(Task)).all()
    is_other, is_same = (
        {"op": op, "args": [attribute("title"), attribute("ownerId")]}  # may be true, false, and never err
        for op in ("ne", "eq")
    )
    erring = {"op": "not", "args": [attribute("archived")]}
    for inner in ([is_other, is_other], [is_other, is_same], [erring, is_other], [is_same, erring], [erring, literal(value=True)]):
        for tree in ({"op": "eq", "args": inner}, {"op": "ne", "args": inner}, {"op": "not", "args": [{"op": "eq", "args": inner}]}):
            policy = task_policy()
            policy["conditions"] = [{"id": "is-owner", "tree": tree}]
            plane.replace(policy, plane.revision + 1)
            plane.cut()
            licet.wait_ready(5, revision=plane.revision)
            allowed = {task.id for task in tasks if licet.check("alice", "task:update", task, log=False)}
            clause = where(Task, "task:update", subject="alice", client=licet)
            assert set(session.scalars(sa.select(Task.id).where(clause))) == allowed, tree


@pytest.mark.parametrize("context", [None, {"tenant": "default"}, {"tenant": "acme"}])
def test_a_tenant_that_rows_do_not_name_is_missing_and_not_null(
    session: Session, plane: MemoryControlPlane, licet: Licet, context: Any
) -> None:
    session.add(Task(id=1))
    session.commit()
    task = session.scalars(sa.select(Task)).one()
    tenant, has_tenant = attribute("tenant"), {"op": "has", "path": ["resource", "properties", "tenant"]}
    no_list, nulls = ({"op": "list", "args": [literal(value)]} for value in ("a", None))
    trees = [
        *(has_tenant, {"op": "not", "args": [has_tenant]}),
        *({"op": op, "args": [tenant, literal(value)]} for op in ("eq", "ne") for value in (None, "acme", "default")),
        *({"op": "in", "args": [tenant, nulls]}, {"op": "not", "args": [{"op": "in", "args": [tenant, no_list]}]}),
    ]
    for tree in trees:
        policy = task_policy()
        policy["conditions"] = [{"id": "is-owner", "tree": tree}]
        plane.replace(policy, plane.revision + 1)
        plane.cut()
        licet.wait_ready(5, revision=plane.revision)
        may = licet.check("alice", "task:update", task, context, log=False).allowed
        through = session.scalars(
            sa.select(Task.id).where(where(Task, "task:update", subject="alice", client=licet, context=context))
        ).all()
        assert (through == [1]) is may, tree


def attribute(name: str) -> dict[str, Any]:
    return {"op": "var", "path": ["resource", "properties", name]}


def literal(value: Any) -> dict[str, Any]:
    return {"op": "lit", "value": value}


def planned(tree: dict[str, Any]) -> sa.ColumnElement[Any]:
    return clause(Task, FilterPlan("conditional", 1, None, {"op": "isTrue", "args": [tree]}), "task:read")


@pytest.mark.parametrize(
    "tree",
    [
        {"op": "exists", "each": "m", "args": [attribute("owner"), {"op": "eq", "args": [{"op": "var", "path": ["m"]}, literal(1)]}]},
        {"op": "lt", "args": [attribute("due"), literal("2026")]},
        {"op": "eq", "args": [attribute("due"), literal("2026")]},
        {"op": "startsWith", "args": [{"op": "var", "path": ["resource", "id"]}, literal("1")]},
        {"op": "lt", "args": [attribute("level"), literal(2**53)]},
        {"op": "timestamp", "args": [attribute("title")]},
        {"op": "in", "args": [attribute("title"), attribute("ownerId")]},
        {"op": "fromTheFuture", "args": [attribute("title")]},
        {"op": "eq", "args": [attribute("title"), literal("\ud800")]},
    ],
)
def test_what_cannot_be_said_in_sql_is_refused_by_name(tree: dict[str, Any]) -> None:
    with pytest.raises(NotExpressible, match="condition"):
        planned(tree)


def test_a_plan_that_is_no_condition_names_the_permission() -> None:
    with pytest.raises(NotExpressible, match="task:read"):
        clause(Task, FilterPlan("never", 1, "not_expressible"), "task:read")


def test_a_database_that_may_ignore_case_is_refused() -> None:
    selected = sa.select(Task.id).where(planned({"op": "eq", "args": [attribute("ownerId"), literal("alice")]}))
    with pytest.raises(NotExpressible, match="mysql"):
        selected.compile(dialect=mysql.dialect())
    written = str(selected.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert "task.owner IS NOT DISTINCT FROM" in written
    ordered = planned({"op": "lt", "args": [attribute("ownerId"), literal("alice")]})
    assert 'COLLATE "C"' in str(ordered.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert "COLLATE" not in str(ordered.compile(dialect=sqlite.dialect()))


def test_a_column_that_compares_without_case_is_refused() -> None:
    class Loose(Described, Base):
        __tablename__ = "loose"
        __licet_columns__ = {"ownerId": "owner"}  # noqa: RUF012
        id: Mapped[str] = mapped_column(primary_key=True)
        owner: Mapped[str] = mapped_column(sa.String(collation="NOCASE"))

    plan = FilterPlan("conditional", 1, None, {"op": "eq", "args": [attribute("ownerId"), literal("alice")]})
    with pytest.raises(NotExpressible, match="ownerId"):
        clause(Loose, plan)


def test_a_model_that_says_nothing_of_its_columns_is_refused(licet: Licet) -> None:
    class Bare(Base):
        __tablename__ = "bare"
        id: Mapped[int] = mapped_column(primary_key=True)

    with pytest.raises(NotExpressible, match="__licet_columns__"):
        where(Bare, "task:read", subject="alice", client=licet)


def test_without_a_policy_no_row_gets_through(session: Session, plane: MemoryControlPlane, connect: Connect) -> None:
    session.add(Task(id=1))
    plane.down = True
    assert not session.scalars(sa.select(Task).where(where(Task, "task:read", subject="root", client=connect()))).all()


def test_where_every_row_is_allowed_those_without_a_valid_question_are_left_out(session: Session, licet: Licet) -> None:
    session.add_all([Task(id=1, score=1.5), Task(id=2, score=float("inf"))])
    session.flush()
    allowed = where(Task, "task:delete", subject="root", client=licet)
    assert session.scalars(sa.select(Task.id).where(allowed)).all() == [1]
    assert [bool(licet.check("root", "task:delete", session.get(Task, number))) for number in (1, 2)] == [True, False]


class Renamed(Described, Base):
    """Its attributes are named otherwise than the columns, and one as the key's column is."""

    __tablename__ = "renamed"
    __licet_columns__ = {"ownerId": "owner", "share": "share"}  # noqa: RUF012
    pk: Mapped[str] = mapped_column("id", primary_key=True)
    id: Mapped[str | None] = mapped_column("public_id")
    owner: Mapped[str | None] = mapped_column("owner_id")
    share: Mapped[float | None]


def test_the_key_of_a_row_is_its_primary_key_whatever_the_attribute_is_called(
    session: Session, plane: MemoryControlPlane, licet: Licet
) -> None:
    session.add_all([Renamed(pk="1", id="2", owner="alice"), Renamed(pk="2", id="1", owner="bob")])
    session.commit()
    revision = plane.commit(("assignments", "a-alice", assign("a-alice", "admin", user="alice", resource="task:1")))
    licet.wait_ready(5, revision=revision)
    rows = session.scalars(sa.select(Renamed)).all()
    assert [row.pk for row in rows if licet.check("alice", "task:delete", row)] == ["1"]
    assert session.scalars(sa.select(Renamed.pk).where(where(Renamed, "task:delete", subject="alice", client=licet))).all() == ["1"]


def test_a_column_of_floats_is_compared_and_a_row_whose_number_json_cannot_carry_is_left_out(session: Session, licet: Licet) -> None:
    shares = [0.25, 0.5, float("inf"), float("-inf"), None]
    session.add_all(Renamed(pk=str(number), owner="alice", share=share) for number, share in enumerate(shares))
    session.commit()
    rows = session.scalars(sa.select(Renamed)).all()
    allowed = [row.pk for row in rows if licet.check("alice", "task:update", row)]
    assert allowed == ["0", "1", "4"]
    assert session.scalars(sa.select(Renamed.pk).where(where(Renamed, "task:update", subject="alice", client=licet))).all() == allowed
    plan = FilterPlan("conditional", 1, None, {"op": "ge", "args": [attribute("share"), literal(0.5)]})
    assert session.scalars(sa.select(Renamed.pk).where(clause(Renamed, plan))).all() == ["1"]


class Odd(Base):
    __tablename__ = "odd"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[time | None]
    lasts: Mapped[timedelta | None]
    raw: Mapped[bytes | None]
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("odd.id"))
    parent: Mapped[Any] = relationship("Odd", remote_side="Odd.id")


@pytest.mark.parametrize("column", ["at", "lasts", "raw", "parent", "ownr", "parent.id", "metadata"])
def test_what_is_no_column_with_a_form_in_json_is_refused_by_name(licet: Licet, column: str) -> None:
    named = type(f"With_{column}", (Odd,), {"__licet_columns__": {"it": column}})
    with pytest.raises(NotExpressible, match=re.escape(f"`{column}`")):
        where(named, "task:update", subject="alice", client=licet)


def test_an_alias_is_refused_with_what_to_do(licet: Licet) -> None:
    with pytest.raises(NotExpressible, match="give the class itself"):
        where(aliased(Task), "task:update", subject="alice", client=licet)
