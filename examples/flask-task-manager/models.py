"""The data: users and their tasks."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from flask_login import UserMixin
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from werkzeug.security import check_password_hash, generate_password_hash

from licet.sqlalchemy import Described


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class User(UserMixin, db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(255))
    enabled: Mapped[bool] = mapped_column(default=True)
    in_licet: Mapped[bool] = mapped_column(default=False)
    tasks: Mapped[list[Task]] = relationship(back_populates="owner")

    @property
    def is_active(self) -> bool:
        return self.enabled

    def set_password(self, password: str) -> None:
        self.password_hash = generate_password_hash(password)

    def has_password(self, password: str) -> bool:
        return check_password_hash(self.password_hash, password)

    def __licet__(self) -> dict[str, Any]:
        return {"id": self.username}


class Task(Described, db.Model):
    # What the policy may look at when somebody wants to do something with a task, and in which column that stands.
    __licet_columns__ = {"ownerId": "owner_username"}

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    details: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(timezone.utc))
    owner_username: Mapped[str] = mapped_column(ForeignKey("user.username"))
    owner: Mapped[User] = relationship(back_populates="tasks", lazy="joined")
