"""The data: projects, each of one organisation."""

from __future__ import annotations

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from licet.sqlalchemy import Described


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Project(Described, db.Model):
    # What the policy may look at when somebody wants to do something with a project, and in which column that stands.
    __licet_columns__ = {
        "tenant": "tenant",
        "ownerId": "owner",
        "private": "private",
        "archived": "archived",
        "locked": "locked",
        "allowOwnerEdits": "allow_owner_edits",
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64), index=True)
    owner: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    private: Mapped[bool] = mapped_column(default=False)
    archived: Mapped[bool] = mapped_column(default=False)
    locked: Mapped[bool] = mapped_column(default=False)
    allow_owner_edits: Mapped[bool] = mapped_column(default=True)
