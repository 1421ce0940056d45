"""The plugin for pytest: the fixture `licet_policy`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest

from licet._testing_policy import Policy
from licet.client import Licet
from licet.testing import from_policy


@pytest.fixture
def licet_policy() -> Iterator[Callable[..., Licet]]:
    """Give a function that makes a Licet which answers from an inline policy, without a server; see `licet.testing.from_policy`."""
    made: list[Licet] = []

    def make(policy: Policy, users: Iterable[str] = ()) -> Licet:
        made.append(from_policy(policy, users))
        return made[-1]

    yield make
    for licet in made:
        licet.close()
