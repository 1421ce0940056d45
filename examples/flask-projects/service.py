"""What can be done with projects. Each function is guarded by itself, and so whoever calls it: a route, a command line, a job.

`by` is who asks. Whoever may not read a project is told that there is none, whatever they wanted to do with it; whoever may read it and
not change it is told so, by `licet.Forbidden`.
"""

from __future__ import annotations

from typing import Any

from licet import Forbidden
from licet.decision import UNDECIDED
from licet.flask import LicetFlask
from licet.sqlalchemy import where
from models import Project, db
from tokens import current_tenant, signed_in

licet = LicetFlask(subject=signed_in, tenant=current_tenant)
READ = "project:read"


class NoSuchProjectError(LookupError):
    """There is no such project, or nobody may know."""


def visible(tenant: str, by: Any) -> list[Project]:
    """The projects of an organisation that somebody may read, by one query."""
    readable = where(Project, READ, subject=by, client=licet.client, tenant=tenant)
    return list(db.session.scalars(db.select(Project).filter_by(tenant=tenant).where(readable).order_by(Project.id)))


def find(tenant: str, number: int, by: Any) -> Project:
    project: Project | None = db.session.scalar(db.select(Project).filter_by(tenant=tenant, id=number))
    if project is None:
        raise NoSuchProjectError(number)
    decision = licet.client.check(by, READ, project)
    if decision.reason in UNDECIDED:  # nobody is told that a project is gone because the policy has not arrived yet
        raise Forbidden(READ, decision)
    if not decision:
        raise NoSuchProjectError(number)
    return project


def create(tenant: str, by: Any, owner: str, name: str, *, private: bool = False) -> Project:
    licet.client.require(by, "project:create", tenant=tenant)
    project = Project(tenant=tenant, owner=owner, name=name, private=private, archived=False, locked=False, allow_owner_edits=True)
    db.session.add(project)
    db.session.commit()
    return project


def change(tenant: str, number: int, by: Any, **changes: Any) -> Project:
    """Change the name of a project, or whether it is private."""
    return _set(tenant, number, by, "project:update", **changes)


def set_archived(tenant: str, number: int, by: Any, archived: bool) -> Project:
    """Archive a project, which nobody may change from then on, or bring it back."""
    return _set(tenant, number, by, "project:archive", archived=archived)


def govern(tenant: str, number: int, by: Any, **changes: bool) -> Project:
    """Lock a project, or say whether its owner may edit it."""
    return _set(tenant, number, by, "project:govern", **changes)


def remove(tenant: str, number: int, by: Any) -> None:
    project = find(tenant, number, by)
    licet.client.require(by, "project:delete", project)
    db.session.delete(project)
    db.session.commit()


def _set(tenant: str, number: int, by: Any, permission: str, **changes: Any) -> Project:
    project = find(tenant, number, by)
    licet.client.require(by, permission, project)
    for name, value in changes.items():
        setattr(project, name, value)
    db.session.commit()
    return project
