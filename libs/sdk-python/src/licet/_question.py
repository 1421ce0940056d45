"""Makes an AuthZEN request of what applications have at hand: keys, mappings and their own objects.

Rules kept here:

- Attributes become plain JSON values, copied, so that nothing changes them later; what has no JSON form is refused by name.
- A class says how it looks to Licet with a method `__licet__`, which gives a mapping with `id` and attributes. Attributes of
  an object are never guessed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, Final, cast
from uuid import UUID

from licet._engine import is_id, parse_user_key, user_key

ANY_ID: Final = "*"
"""The resource id of a question about a whole type, such as `task:create`."""
_PLAIN: Final = frozenset((str, bool, int, type(None)))
"""The types of values that are as they are in JSON."""
_LARGEST: Final = 10**308
"""Numbers from here on are no doubles, and so not those of JSON (RFC 8259, section 6)."""
_NO_PARTICULAR: Final = {"resource": ', and `{"id": "*", ...}` asks about no particular one'}
_DEPTH: Final = 32
_NODES: Final = 10_000


def question(subject: Any, permission: str, resource: Any, context: Any, tenant: Any = None) -> dict[str, Any]:
    """Make the request: one that `is_request` of the engine takes for one.

    Raises ValueError, with a message that names the member, where that is not possible.
    """
    resource_type, action = _named(permission) if isinstance(permission, str) else ("", None)
    if action is None:
        raise ValueError(f"a permission is written `type:action`, such as `task:read`; this is {permission!r}")
    of_resource: dict[str, Any] | None
    # What most have, the id of a user and a dict, is read first and in few calls: a third of a check's time goes into this function.
    if type(subject) is str and ":" not in subject and is_id(subject):
        of_subject, valid = {"type": "user", "id": subject}, True
    else:
        of_subject = subject_of(subject)
        valid = is_id(of_subject["id"]) and isinstance(of_subject["type"], str) and of_subject["type"] != ""
    if resource is None:
        of_resource = {"type": resource_type, "id": ANY_ID}
    else:
        of_resource = _of_plain_dict(resource, resource_type) if type(resource) is dict else None
        if of_resource is None:
            of_resource = resource_of(resource, resource_type)
            valid = valid and is_id(of_resource["id"])
    if not valid:
        raise ValueError("type, id and action must be texts, the id of 1 to 256 characters without control characters")
    request: dict[str, Any] = {"subject": of_subject, "action": action, "resource": of_resource}
    if context is not None:
        request["context"] = _attributes(context, "context")
    if tenant is not None:
        request["resource"]["properties"] = {**request["resource"].get("properties", {}), "tenant": tenant_id(tenant)}
    return request


def tenant_id(tenant: Any) -> str:
    """Give the id of a tenant, which applications have as a text, a number or a UUID. Raises ValueError for anything else."""
    text = tenant if type(tenant) is str else _id(tenant, "tenant")
    if text == "":
        raise ValueError("tenant is empty; leave it out where there is none")
    return text


@lru_cache(maxsize=4096)
def _named(permission: str) -> tuple[str, dict[str, str] | None]:
    """Give the resource type and the AuthZEN action of a permission, the same for all questions; None for what is no permission."""
    resource_type, _, action = permission.partition(":")
    return resource_type, {"name": action} if resource_type and action else None


def subject_of(subject: Any) -> dict[str, Any]:
    """Give the AuthZEN subject: of a user key, a (type, id) pair, a mapping, or an object that has an id."""
    if isinstance(subject, str):
        subject_type, subject_id = parse_user_key(subject)
        return {"type": subject_type, "id": subject_id}
    if isinstance(subject, tuple) and len(subject) == 2:
        return {"type": subject[0], "id": _id(subject[1], "subject.id")}
    return _entity(_described(subject, "subject"), "user", "subject")


def name_of(subject: Any) -> str:
    """Give the user key of a subject, for logs. Never raises."""
    try:
        entity = subject_of(subject)
        return user_key(entity["type"], entity["id"])
    except Exception:
        return repr(type(subject))


def resource_of(resource: Any, resource_type: str) -> dict[str, Any]:
    """Give the AuthZEN resource: of an id, a (type, id) pair, a mapping, or an object that has an id."""
    if type(resource) is dict:  # first, since it is the most common and takes longest
        entity = _entity(resource, resource_type, "resource")
    elif isinstance(resource, (str, int, UUID)):
        return {"type": resource_type, "id": _id(resource, "resource.id")}
    elif isinstance(resource, tuple) and len(resource) == 2:
        entity = {"type": resource[0], "id": _id(resource[1], "resource.id")}
    else:
        entity = _entity(_described(resource, "resource"), resource_type, "resource")
    if entity["type"] != resource_type:
        raise ValueError(f"resource.type is {entity['type']!r}, but the permission is about {resource_type!r}")
    return entity


def _of_plain_dict(resource: dict[Any, Any], resource_type: str) -> dict[str, Any] | None:
    """Give what `resource_of` gives, and what is sure to be valid, of a flat dict with a text for its id: None for any other."""
    identifier = resource.get("id")
    if type(identifier) is not str or not is_id(identifier) or "type" in resource or "properties" in resource:
        return None
    properties = resource.copy()
    del properties["id"]
    if not _is_plain(properties):
        return None
    if properties:
        return {"type": resource_type, "id": identifier, "properties": properties}
    return {"type": resource_type, "id": identifier}


def _described(thing: Any, name: str) -> Mapping[str, Any]:
    if type(thing) is dict or isinstance(thing, Mapping):  # the exact type first: it is asked much faster
        return cast("Mapping[str, Any]", thing)
    describe = getattr(thing, "__licet__", None)
    if callable(describe):
        description = describe()
        if isinstance(description, Mapping):
            return description
        raise ValueError(f"{name}: `__licet__` must give a mapping")
    get_id = getattr(thing, "get_id", None)  # as users of Flask-Login have it
    found = get_id() if callable(get_id) else getattr(thing, "id", None)
    if found is None:
        instead = f'; write ("user", {thing})' if name == "subject" and isinstance(thing, (int, UUID)) else ""
        raise ValueError(f"{name}: a {type(thing).__name__} has neither `__licet__` nor an id{instead}")
    return {"id": found}


def _entity(entity: Mapping[str, Any], otherwise: str, name: str) -> dict[str, Any]:
    """Read {type, id, properties} as AuthZEN writes it; without `properties`, all other members are the attributes."""
    identifier = entity.get("id")
    if identifier is None:
        raise ValueError(f"{name}.id is missing; an object that is new has one once it is flushed" + _NO_PARTICULAR.get(name, ""))
    made = {"type": entity.get("type", otherwise), "id": identifier if type(identifier) is str else _id(identifier, f"{name}.id")}
    if "properties" in entity:
        properties = {} if entity["properties"] is None else _attributes(entity["properties"], f"{name}.properties")
    else:
        properties = dict(entity)
        properties.pop("id", None)
        properties.pop("type", None)
        if not _is_plain(properties):
            properties = _attributes(properties, f"{name}.properties")
    if properties:
        made["properties"] = properties
    return made


def _id(value: Any, name: str) -> str:
    if isinstance(value, Enum):
        return _id(value.value, name)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, UUID) or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST):
        return str(value)
    raise ValueError(f"{name} must be a string, a number or a UUID, not {type(value).__name__}")


def _is_plain(attributes: dict[Any, Any]) -> bool:
    """Tell whether attributes are a flat mapping of values as JSON has them: the common case, which needs no more than a copy."""
    for key, value in attributes.items():
        kind = type(value)
        if kind not in _PLAIN or type(key) is not str or (kind is int and not -_LARGEST < value < _LARGEST):
            return False
    return True


def _attributes(attributes: Any, name: str) -> dict[str, Any]:
    if not isinstance(attributes, Mapping):
        raise ValueError(f"{name} must be a mapping, not {type(attributes).__name__}")
    if type(attributes) is dict and _is_plain(attributes):
        return attributes.copy()
    made = _Json().value(attributes, name, 0)
    assert isinstance(made, dict)  # noqa: S101 -- for the type checker
    return made


class _Json:
    """Converts one value, counting what it visits."""

    def __init__(self) -> None:
        self._left = _NODES

    def value(self, value: Any, name: str, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or depth > _DEPTH:
            raise ValueError(f"{name} is nested too deeply or has too many members")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, Enum):
            return self.value(value.value, name, depth + 1)
        if isinstance(value, Mapping):
            return {self._name(key, name): self.value(item, f"{name}.{key}", depth + 1) for key, item in value.items()}
        if isinstance(value, (list, tuple, AbstractSet)):
            return [self.value(item, f"{name}[{index}]", depth + 1) for index, item in enumerate(value)]
        return _scalar(value, name)

    @staticmethod
    def _name(key: Any, name: str) -> str:
        if not isinstance(key, str):
            raise ValueError(f"{name} has a member whose name is no string: {key!r}")
        return key


def _scalar(value: Any, name: str) -> Any:
    if isinstance(value, (str, UUID)):
        return str(value)
    if isinstance(value, int):
        if abs(value) >= _LARGEST:
            raise ValueError(f"{name} is a number of more than 308 digits, which JSON cannot carry")
        return int(value)
    if isinstance(value, (float, Decimal)):
        if not math.isfinite(value):
            raise ValueError(f"{name} is {value}, which JSON cannot carry")
        return float(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{name} is a datetime without a time zone; give it one, for instance timezone.utc")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise ValueError(f"{name} is a {type(value).__name__}, which has no JSON form")
