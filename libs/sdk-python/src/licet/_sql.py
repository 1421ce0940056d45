"""Values of conditions in SQL: columns by their type, literals, and what SQLite and PostgreSQL write differently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.sql.functions import FunctionElement

from licet._values import equal, kind
from licet.errors import LicetError

Clause = sa.ColumnElement[Any]
_BINARY: Final = frozenset((None, "BINARY", "C", "POSIX", "ucs_basic"))
"""Collations that compare by code point; None is the database's own, see `Guarded`."""


class NotExpressible(LicetError):  # noqa: N818 -- says what the condition is
    """A condition has no WHERE clause; the message names it. Ask `check_many` row by row."""


class Value(NamedTuple):
    """A value in SQL. NULL stands for null where `nullable`, and for an error otherwise. `literal` is what it is, where that is known."""

    kind: str  # string, number, bool, null, instant; or list, id, atom, error
    sql: Clause
    nullable: bool = False
    literal: Any = None
    read: Callable[[Any], Any] | None = None  # of an atom: what stands in the column for a literal; None where nothing does


ERROR: Final = Value("error", sa.null())


def truth_value(sql: Clause) -> Value:
    """Make a value of what is true or false; in parentheses, since `NOT a IS NULL` would be another thing."""
    return Value("bool", Grouping(sql))


def literal_value(value: Any) -> Value:
    of_type = kind(value)
    if of_type == "null":
        return Value("null", sa.null())
    if of_type == "bool":
        return Value("bool", sa.true() if value else sa.false(), literal=value)
    if of_type == "number":
        whole = isinstance(value, int)
        return Value("number", sa.literal(value, sa.BigInteger() if whole else sa.Double()), literal=value)
    if not value.isascii() and value.encode("utf-8", "replace").decode() != value:
        raise NotExpressible("a condition compares with half of a character, which no database holds")
    return Value("string", sa.literal(value, sa.Text()), literal=value)


def column_value(column: Any) -> Value:
    sql: Clause = getattr(column, "expression", column)
    of_type = sql.type
    if isinstance(of_type, sa.Enum) and of_type.enum_class is not None:
        members = list(of_type.enum_class)
        return Value("atom", sql, True, read=lambda literal: next((each for each in members if equal(each.value, literal)), None))
    if isinstance(of_type, sa.Uuid):
        return Value("atom", sql, True, read=_read_uuid)
    if isinstance(of_type, sa.DateTime):
        return Value("atom", sql, True)
    if isinstance(of_type, sa.Boolean):
        return Value("bool", sql, True)
    if isinstance(of_type, (sa.Integer, sa.Numeric, sa.Float)) and not _is_short_float(of_type):
        return Value("number", sql, True)
    is_text = isinstance(of_type, sa.String) and not isinstance(of_type, (sa.Enum, sa.CHAR)) and of_type.collation in _BINARY
    return Value("string" if is_text else "other", sql, True)


def _is_short_float(of_type: Any) -> bool:
    """Tell whether a column holds numbers of four bytes, which are read as other doubles than they are compared as."""
    return isinstance(of_type, sa.REAL) or (isinstance(of_type, sa.Float) and (of_type.precision or 53) < 25)


def id_value(key: sa.Column[Any]) -> Value:
    value = column_value(key)
    if value.kind == "number" and isinstance(key.type, sa.Integer):
        return Value("atom", key, True, read=_read_whole)
    if value.kind == "string" or value.read is _read_uuid:
        return value
    raise NotExpressible(f"`resource.id` cannot be of type {key.type!r}")


def _read_whole(literal: Any) -> int | None:
    """Give the number that an id says, if it is written as numbers are, and a database has room for it."""
    if not isinstance(literal, str) or not literal.removeprefix("-").isdecimal() or len(literal) > 19:
        return None
    return int(literal) if str(int(literal)) == literal and abs(int(literal)) < 2**63 else None


def _read_uuid(literal: Any) -> UUID | None:
    try:
        found = UUID(literal)
    except (ValueError, TypeError, AttributeError):
        return None
    return found if str(found) == literal else None


def columns_of(model: type[Any]) -> dict[str, Any]:
    """Give the columns of the attributes that conditions may look at. Raises NotExpressible where one is none."""
    names = getattr(model, "__licet_columns__", None)
    if names is None:
        raise NotExpressible(f"{model.__name__} has no `__licet_columns__`, which say what conditions may look at")
    mapper = sa.inspect(model, raiseerr=False)
    if not isinstance(mapper, sa.orm.Mapper):
        raise NotExpressible(f"{model!r} is no mapped class; give the class itself, and alias the query around it")
    return {name: _column(model, mapper, name, column) for name, column in names.items()}


def _column(model: type[Any], mapper: Any, name: str, column: str) -> Any:
    found = getattr(model, column, None)
    if found is None or column in mapper.relationships or not hasattr(found, "type"):
        raise NotExpressible(f"`__licet_columns__` of {model.__name__} says that `{name}` is `{column}`, which is no mapped column")
    if isinstance(found.type, (sa.Time, sa.Interval, sa.LargeBinary)):
        raise NotExpressible(f"`{column}` of {model.__name__} is a {type(found.type).__name__}, which has no form in JSON; leave it out")
    return found


class Guarded(FunctionElement[bool]):
    """A clause for databases that compare text by code point; others refuse it."""

    type = sa.Boolean()
    name = "licet_where"
    inherit_cache = True


class ByCodePoint(FunctionElement[str]):
    """Text in the order of code points."""

    type = sa.Text()
    name = "by_code_point"
    inherit_cache = True


class Whole(FunctionElement[str]):
    """Text whose length can be told: SQLite counts up to the first null character only, and such text errs."""

    type = sa.Text()
    name = "whole_text"
    inherit_cache = True


class Position(FunctionElement[int]):
    """Where in a text another one begins, from 1; 0 where it does not stand there."""

    type = sa.Integer()
    name = "position_of"
    inherit_cache = True


@compiles(Guarded)
@compiles(ByCodePoint)
@compiles(Whole)
@compiles(Position)
def _other(element: FunctionElement[Any], compiler: Any, **options: Any) -> str:
    if compiler.dialect.name != "default":  # that one only prints
        raise NotExpressible(f"{compiler.dialect.name} may compare text otherwise than by code point; check row by row")
    return f"{element.name}({compiler.process(element.clauses, **options)})"


@compiles(Guarded, "sqlite")
@compiles(Guarded, "postgresql")
@compiles(ByCodePoint, "sqlite")
@compiles(Whole, "postgresql")
def _as_it_is(element: FunctionElement[Any], compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(ByCodePoint, "postgresql")
def _collate(element: ByCodePoint, compiler: Any, **options: Any) -> str:
    return f'({compiler.process(element.clauses, **options)} COLLATE "C")'


@compiles(Whole, "sqlite")
def _whole(element: Whole, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return f"(CASE WHEN instr({text}, char(0)) = 0 THEN {text} END)"


@compiles(Position, "sqlite")
def _instr(element: Position, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(Position, "postgresql")
def _strpos(element: Position, compiler: Any, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"
