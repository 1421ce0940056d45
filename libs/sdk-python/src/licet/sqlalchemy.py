"""Filters the rows of a SQLAlchemy 2 model by what a subject may do with them: one query instead of a check for each row.

    class Task(Described, Base):
        __licet_columns__ = {"ownerId": "owner_id", "archived": "archived"}

    tasks = session.scalars(select(Task).where(where(Task, "task:read", subject=current_user, client=licet)))

Rules kept here:

- The clause says of each row what `check` says of the object that `Described` describes: NULL is null, text is compared by code point,
  a naive datetime is in UTC. What errs is NULL in the clause, and no row gets through by an error.
- What cannot be said in SQL raises NotExpressible, and so does every database but SQLite and PostgreSQL: others may compare text without
  regard to case.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql.elements import Grouping

from licet._sql import (
    ERROR,
    ByCodePoint,
    Clause,
    Guarded,
    NotExpressible,
    Position,
    Value,
    Whole,
    column_value,
    columns_of,
    id_value,
    literal_value,
    truth_value,
)
from licet._values import parse_timestamp
from licet.client import Licet
from licet.decision import FilterPlan

__all__ = ["Described", "NotExpressible", "clause", "where"]

_EXACT: Final = 2**53
"""From here on not every whole number is a double."""
_LARGEST: Final = 1.7976931348623157e308


class Described:
    """Describes the objects of a model to Licet, as `where` sees its rows.

    `__licet_columns__` gives the attributes that conditions may look at, and the mapped column of each.
    """

    __licet_columns__: Mapping[str, str] = {}

    def __licet__(self) -> dict[str, Any]:
        """Give id and attributes."""
        mapper = sa.inspect(type(self), raiseerr=True)
        key = mapper.get_property_by_column(mapper.primary_key[0]).key  # the attribute, which may be named otherwise than its column
        attributes = {name: _stated(getattr(self, column)) for name, column in self.__licet_columns__.items()}
        return {"id": getattr(self, key), "properties": attributes}


def where(
    model: type[Any],
    permission: str,
    *,
    subject: Any,
    client: Licet,
    context: Any = None,
    at_least: int | None = None,
    tenant: str | None = None,
) -> Clause:
    """Give the WHERE clause of the rows of `model` for which `client.check(subject, permission, row)` says yes.

    - `model`: a mapped class with a primary key of one column. Its `__licet_columns__` names attributes and their columns.
    - `tenant`: the tenant that all rows are in. Absent, rows are in the tenant that their attribute `tenant` names, if there is one.

    Where Licet cannot tell, no row gets through. Attributes that are stored in Licet for registered resources are not looked at.
    Raises NotExpressible.
    """
    return clause(model, client.filter_plan(subject, permission, None, context, at_least, tenant=tenant), permission)


def clause(model: type[Any], plan: FilterPlan, permission: str = "") -> Clause:
    """Give the WHERE clause of a filter plan. Raises NotExpressible."""
    if plan.reason == "not_expressible":
        raise NotExpressible(f"the conditions on `{permission}` compare all attributes at once, or are too many; check row by row")
    if plan.kind == "conditional" and plan.condition is not None:
        return Guarded(sa.and_(_Translator(model).truth(plan.condition), *_finite(model)))
    return sa.and_(sa.true(), *_finite(model)) if plan.kind == "always" else sa.false()


class _Translator:
    def __init__(self, model: type[Any]) -> None:
        self._columns = {name: column_value(column) for name, column in columns_of(model).items()}
        keys = sa.inspect(model).primary_key
        if len(keys) != 1:
            raise NotExpressible(f"{model.__name__} has a primary key of {len(keys)} columns; `resource.id` must be one")
        self._id = id_value(keys[0])

    def truth(self, tree: Mapping[str, Any]) -> Clause:
        """Translate a condition: true, false, or NULL where it errs."""
        value = self.value(tree)
        return value.sql if value.kind == "bool" else Grouping(sa.null())

    def value(self, tree: Mapping[str, Any]) -> Value:
        op, args = tree["op"], tree.get("args", [])
        if op == "lit":
            return literal_value(tree["value"])
        if op in ("var", "has"):
            return self._path(tree)
        if op in ("and", "or"):
            return truth_value((sa.and_ if op == "and" else sa.or_)(*[self.truth(arg) for arg in args]))
        if op == "not":
            return truth_value(sa.not_(self.truth(args[0])))
        if op == "isTrue":
            return truth_value(self.truth(args[0]).is_(sa.true()))
        if op == "in" and args[1]["op"] == "list":
            item, items = self.value(args[0]), [self.value(arg) for arg in args[1]["args"]]
            found = [Grouping(_equality(item, each, tree)) for each in items]
            return truth_value(_unless_erring([item, *items], sa.or_(sa.false(), *found)))
        operands = [self.value(arg) for arg in args]
        if op in ("eq", "ne"):
            found_equal = _equality(operands[0], operands[1], tree)
            return truth_value(found_equal if op == "eq" else sa.not_(Grouping(found_equal)))
        translate = _OPERATORS.get(op)
        if translate is None:
            raise _refused(tree)
        return ERROR if any(operand.kind == "error" for operand in operands) else translate(tree, *operands)

    def _path(self, tree: Mapping[str, Any]) -> Value:
        path = tree["path"]
        if path == ["resource", "id"]:
            return self._id
        if path[:2] != ["resource", "properties"] or len(path) < 3:
            raise _refused(tree)
        column = self._columns.get(path[2])
        if len(path) == 3 and tree["op"] == "has":
            return truth_value(sa.false() if column is None else sa.true())
        if column is None:
            return ERROR  # as of an attribute that is missing
        if column.kind == "other":
            raise _refused(tree)
        return column if len(path) == 3 else ERROR  # nothing has members


def _equality(a: Value, b: Value, tree: Mapping[str, Any]) -> Clause:
    """Compare two values: they are equal, or not, or one of them errs (NULL)."""
    if "error" in (a.kind, b.kind):
        return sa.null()
    if a.kind == "null":
        a, b = b, a
    if "atom" in (a.kind, b.kind):
        same = _same_atom(a, b, tree)
    elif "instant" in (a.kind, b.kind) and a.kind == b.kind:
        return _compare_instants("eq", a, b, tree)
    elif a.kind == b.kind == "number":
        same = _number(a, b, tree).is_not_distinct_from(_number(b, a, tree))
    elif a.kind == b.kind:
        same = sa.true() if a.kind == "null" else a.sql.is_not_distinct_from(b.sql)
    else:  # different types are equal only where both are null
        same = sa.and_(*[value.sql.is_(None) if value.nullable else sa.literal(value.kind == "null") for value in (a, b)])
    return _unless_erring([a, b], same)


def _unless_erring(values: Sequence[Value], otherwise: Clause) -> Clause:
    """Give NULL where one of the values errs."""
    if any(value.kind == "error" for value in values):
        return sa.null()
    may_err = [value for value in values if not value.nullable and value.literal is None and value.kind != "null"]
    erring = sa.or_(sa.false(), *[value.sql.is_(None) for value in may_err])
    return sa.case((erring, sa.null()), else_=otherwise) if may_err else otherwise


def _same_atom(a: Value, b: Value, tree: Mapping[str, Any]) -> Clause:
    atom, other = (a, b) if a.kind == "atom" else (b, a)
    if other.kind == "null":
        return atom.sql.is_(None)
    if other.literal is None or atom.read is None:
        raise _refused(tree)
    held = atom.read(other.literal)
    return sa.false() if held is None else atom.sql.is_not_distinct_from(held)


def _ordering(tree: Mapping[str, Any], a: Value, b: Value) -> Value:
    if "atom" in (a.kind, b.kind):
        raise _refused(tree)
    if a.kind != b.kind or a.kind not in ("number", "string", "instant"):
        return ERROR
    op = tree["op"]
    if a.kind == "instant":
        return truth_value(_compare_instants(op, a, b, tree))
    if a.kind == "number":
        return truth_value(_COMPARE[op](_number(a, b, tree), _number(b, a, tree)))
    return truth_value(_COMPARE[op](ByCodePoint(a.sql), ByCodePoint(b.sql)))


def _compare_instants(op: str, a: Value, b: Value, tree: Mapping[str, Any]) -> Clause:
    """Compare a column with a literal: conditions know milliseconds, and columns more, which is cut off."""
    if a.literal is not None:
        a, b, op = b, a, _MIRRORED.get(op, op)
    if a.literal is not None or b.literal is None:
        raise _refused(tree)
    zone = timezone.utc if getattr(a.sql.type, "timezone", False) else None
    try:
        at = (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=b.literal)).replace(tzinfo=zone)
        after = at + timedelta(milliseconds=1)
    except OverflowError as error:
        raise _refused(tree) from error
    if op == "eq":
        return sa.and_(a.sql >= at, a.sql < after)
    bound = after if op in ("le", "gt") else at
    return a.sql < bound if op in ("lt", "le") else a.sql >= bound


def _number(value: Value, other: Value, tree: Mapping[str, Any]) -> Clause:
    """Give a number as it is compared: as a double, as all numbers of conditions are."""
    if value.literal is None:
        # A whole number compares with a small literal as its double does, and an index serves it.
        return value.sql if other.literal is not None and isinstance(value.sql.type, sa.Integer) else sa.cast(value.sql, sa.Double)
    if isinstance(other.sql.type, sa.Integer) and abs(value.literal) >= _EXACT:
        raise _refused(tree)
    return value.sql


def _text(tree: Mapping[str, Any], text: Value, part: Value) -> Value:
    if "atom" in (text.kind, part.kind):
        raise _refused(tree)
    if text.kind != "string" or part.kind != "string":
        return ERROR
    place = Position(text.sql, part.sql)
    if tree["op"] != "endsWith":
        return truth_value(place > 0 if tree["op"] == "contains" else place == 1)
    whole, sought, length = Whole(text.sql), Whole(part.sql), sa.func.length
    rest = sa.func.substr(whole, length(whole) - length(sought) + 1)
    return truth_value(sa.and_(length(whole) >= length(sought), rest == sought))


def _size(tree: Mapping[str, Any], value: Value) -> Value:
    if value.kind == "atom":
        raise _refused(tree)
    return Value("number", sa.func.length(Whole(value.sql), type_=sa.Integer())) if value.kind == "string" else ERROR


def _timestamp(tree: Mapping[str, Any], value: Value) -> Value:
    if value.kind == "atom" and isinstance(value.sql.type, sa.DateTime):
        return Value("instant", value.sql)
    if value.kind == "string" and isinstance(value.literal, str):
        instant = parse_timestamp(value.literal)
        return ERROR if instant is None else Value("instant", sa.literal(instant.ms), literal=instant.ms)
    if value.kind in ("atom", "string"):
        raise _refused(tree)
    return ERROR


_COMPARE: Final[dict[str, Callable[[Any, Any], Clause]]] = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}
_MIRRORED: Final = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
_OPERATORS: Final[dict[str, Callable[..., Value]]] = {
    **dict.fromkeys(_COMPARE, _ordering),
    **dict.fromkeys(("startsWith", "endsWith", "contains"), _text),
    "size": _size,
    "timestamp": _timestamp,
}


def _stated(value: Any) -> Any:
    """Give a column's value as an attribute."""
    return value.replace(tzinfo=timezone.utc) if isinstance(value, datetime) and value.tzinfo is None else value


def _finite(model: type[Any]) -> list[Clause]:
    """Leave out rows with numbers that JSON cannot carry: there is no valid question about them."""
    values = [column_value(column) for column in columns_of(model).values()]
    return [
        sa.or_(value.sql.is_(None), sa.cast(value.sql, sa.Double).between(-_LARGEST, _LARGEST))
        for value in values
        if value.kind == "number" and not isinstance(value.sql.type, sa.Integer)
    ]


def _refused(tree: Mapping[str, Any]) -> NotExpressible:
    return NotExpressible(f"this part of a condition has no WHERE clause, check row by row: {json.dumps(tree, ensure_ascii=False)[:500]}")
