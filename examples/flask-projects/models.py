"""The data: projects, each of one organisation."""

from __future__ import annotations

from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Project(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64), index=True)
    owner: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    private: Mapped[bool] = mapped_column(default=False)
    archived: Mapped[bool] = mapped_column(default=False)
    locked: Mapped[bool] = mapped_column(default=False)
    allow_owner_edits: Mapped[bool] = mapped_column(default=True)

    # What the policy may look at when somebody wants to do something with this project.
    def __licet__(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "tenant": self.tenant,
            "ownerId": self.owner,
            "private": self.private,
            "archived": self.archived,
            "locked": self.locked,
            "allowOwnerEdits": self.allow_owner_edits,
        }
