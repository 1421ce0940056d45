from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from conftest import Connect, task_policy
from licet import Forbidden
from licet.aio import AsyncLicet
from licet.testing import MemoryControlPlane


class Waiting(MemoryControlPlane):
    """A control plane that answers questions and writes only once `let_go` is set."""

    def __init__(self, rows: Any) -> None:
        super().__init__(rows)
        self.let_go = threading.Event()

    def send(self, method, path, **options):  # type: ignore[no-untyped-def]
        if not path.startswith("/replica/"):
            assert self.let_go.wait(10)
        return super().send(method, path, **options)


@pytest.fixture
def plane() -> Waiting:
    return Waiting(task_policy())


@pytest.mark.parametrize("mode", ["local", "remote"])
def test_the_loop_goes_on_while_a_question_or_a_write_waits(plane: Waiting, connect: Connect, mode: str) -> None:
    async def story() -> None:
        async with AsyncLicet(connect(mode=mode)) as licet:
            await licet.wait_ready(5)
            asked: list[Any] = [licet.users.sync(["zoe"]), licet.assign("bob", "admin")]
            if mode == "remote":
                asked += [licet.check("root", "task:delete"), licet.who_can("task:delete")]
            tasks = [asyncio.ensure_future(each) for each in asked]
            await asyncio.sleep(0)
            assert not any(task.done() for task in tasks)
            plane.let_go.set()  # which only a loop that is not blocked gets to
            await asyncio.gather(*tasks)
            assert await licet.check("zoe", "task:read", at_least=tasks[0].result())
            await licet.revoke("bob", "admin")

    asyncio.run(story())


def test_where_the_policy_is_held_here_a_question_needs_no_thread(plane: Waiting, connect: Connect) -> None:
    async def story() -> None:
        licet = AsyncLicet(connect())
        await licet.wait_ready(5)
        threads = threading.active_count()
        assert await licet.check("root", "task:delete")
        assert [bool(answer) for answer in await licet.check_many("alice", ["task:read", "task:delete"])] == [True, False]
        assert (await licet.explain("alice", "task:delete")).roles
        assert (await licet.filter_plan("root", "task:read", tenant="default")).kind == "always"
        with pytest.raises(Forbidden):
            await licet.require("alice", "task:delete")
        assert threading.active_count() == threads
        assert await licet.what_can("root", "task:read") == []
        assert await licet.actions_on("alice", "task") == ["read"]
        await licet.close()

    asyncio.run(story())
