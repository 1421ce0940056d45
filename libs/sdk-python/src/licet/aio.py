"""The client for coroutines.

    licet = AsyncLicet(Licet("http://localhost:4000", "lct_...", name="invoices"))
    if await licet.check("alice", "task:update", {"id": "t1", "ownerId": "alice"}):
        ...

Rules kept here:

- In local mode a check waits for nothing, so it is answered at once, without a thread; `Licet` itself may be used in a coroutine just as
  well. In remote mode, and for searches and writes in either, the work is done in a thread of the loop's executor.
- Everything else is the Licet that is wrapped: the same arguments, answers and errors.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from licet.client import Licet

P = ParamSpec("P")
T = TypeVar("T")


def _waits(method: Callable[Concatenate[Licet, P], T]) -> Callable[Concatenate[AsyncLicet, P], Coroutine[Any, Any, T]]:
    """Make a coroutine of a method that may take long."""

    @wraps(method)
    async def run(self: AsyncLicet, /, *args: P.args, **options: P.kwargs) -> T:
        return await asyncio.to_thread(method, self.client, *args, **options)

    return run


def _asks(method: Callable[Concatenate[Licet, P], T]) -> Callable[Concatenate[AsyncLicet, P], Coroutine[Any, Any, T]]:
    """Make a coroutine of a question that takes microseconds where the policy is held here."""

    @wraps(method)
    async def run(self: AsyncLicet, /, *args: P.args, **options: P.kwargs) -> T:
        if self.client.mode == "local":
            return method(self.client, *args, **options)
        return await asyncio.to_thread(method, self.client, *args, **options)

    return run


class AsyncUsers:
    """See `Users`."""

    def __init__(self, client: Licet) -> None:
        self._client = client

    async def sync(self, users: Iterable[str | Mapping[str, Any]]) -> int:
        """Register users, or bring them up to date; see `Users.sync`."""
        return await asyncio.to_thread(self._client.users.sync, users)


class AsyncLicet:
    """Answers who may do what, in coroutines. `client` is the Licet that answers; `close` closes it."""

    def __init__(self, client: Licet) -> None:
        self.client = client
        self.users = AsyncUsers(client)

    check = _asks(Licet.check)
    check_many = _asks(Licet.check_many)
    require = _asks(Licet.require)
    explain = _asks(Licet.explain)
    filter_plan = _asks(Licet.filter_plan)
    who_can = _waits(Licet.who_can)
    what_can = _waits(Licet.what_can)
    actions_on = _waits(Licet.actions_on)
    assign = _waits(Licet.assign)
    revoke = _waits(Licet.revoke)
    wait_ready = _waits(Licet.wait_ready)
    close = _waits(Licet.close)

    async def __aenter__(self) -> AsyncLicet:  # noqa: PYI034 -- Self came with Python 3.11
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
