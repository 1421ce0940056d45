from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask, request
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from licet import Licet
from licet.flask import LicetFlask, where
from licet.sqlalchemy import Described


class Base(DeclarativeBase):
    pass


class Task(Described, Base):
    __tablename__ = "task"
    __licet_columns__ = {"ownerId": "owner"}  # noqa: RUF012 -- a setting of the model
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    tenant: Mapped[str]


POLICY = {
    "tenants": {"acme": None, "globex": None},
    "roles": {
        "user": {"grants": [{"permission": "task:read", "when": "resource.properties.ownerId == subject.id"}]},
        "night": {"grants": [{"permission": "task:read", "when": "context.night"}]},
    },
    "assignments": [
        {"user": "alice", "role": "user", "tenant": "acme"},
        {"user": "bob", "role": "user", "tenant": "*"},
        {"user": "nick", "role": "night", "tenant": "acme"},
    ],
}


def test_a_list_holds_the_rows_of_whoever_asks_in_the_tenant_of_the_request(licet_policy: Callable[..., Licet]) -> None:
    app = Flask(__name__)
    LicetFlask(
        app,
        client=licet_policy(POLICY),
        subject=lambda: request.headers.get("X-User"),
        tenant=lambda: (request.view_args or {})["tenant"],
    )
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Task(id=number, owner=owner, tenant=tenant) for number, owner, tenant in TASKS)
        session.commit()

    @app.get("/<tenant>/<word>")
    def index(tenant: str, word: str) -> list[int]:
        with Session(engine) as session:
            readable = where(Task, "task:read", context=lambda: {"night": request.view_args == {"tenant": tenant, "word": "night"}})
            return list(session.scalars(sa.select(Task.id).where(readable, Task.tenant == tenant).order_by(Task.id)))

    def seen(person: str | None, path: str) -> object:
        return app.test_client().get(path, headers={"X-User": person} if person else {}).json

    assert [seen("alice", "/acme/day"), seen("alice", "/globex/day")] == [[1], []]
    assert [seen("bob", "/acme/day"), seen("bob", "/globex/day")] == [[2], [3]]
    assert [seen("nick", "/acme/day"), seen("nick", "/acme/night"), seen("nick", "/globex/night")] == [[], [1, 2], []]
    assert [seen(None, "/acme/day"), seen("mallory", "/acme/day")] == [[], []]
    engine.dispose()


TASKS = [(1, "alice", "acme"), (2, "bob", "acme"), (3, "bob", "globex"), (4, "alice", "globex")]
