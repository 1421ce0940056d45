"""What applications hand in that is not what is asked for, and what a decision point refuses."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from conftest import Connect
from licet import ConfigError, Licet
from licet.testing import MemoryControlPlane


@pytest.mark.parametrize("questions", [None, 5, "task:nonsense"])
def test_what_is_no_list_of_questions_is_denied_once(licet: Licet, questions: Any) -> None:
    answers = licet.check_many("alice", questions)
    assert [answer.allowed for answer in answers] == [False]


def test_a_pair_of_a_question_may_be_a_list(licet: Licet) -> None:
    assert licet.check_many("alice", [["task:update", {"id": "1", "ownerId": "alice"}]])[0]  # type: ignore[list-item]


def test_a_limit_that_is_none_is_refused(licet: Licet) -> None:
    for limit in (-1, 1.5, "3", True):
        with pytest.raises(ValueError, match="limit"):
            licet.who_can("task:read", limit=limit)  # type: ignore[arg-type]
    assert licet.who_can("task:read", limit=0) == []


@pytest.mark.parametrize("mode", ["local", "remote"])
def test_a_name_that_licet_does_not_know_is_said_once(connect: Connect, plane: MemoryControlPlane, caplog: Any, mode: str) -> None:
    licet = connect(fetcher=plane, mode=mode)
    licet.wait_ready(5)
    for _ in range(3):
        assert licet.check("root", "task:raed").reason == "unknown_action"
        assert licet.check("root", "tsak:read").reason == "unknown_resource_type"
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [("`task:raed`" in line, "`tsak:read`" in line) for line in lines] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("name", "value"), [("timeout", -1), ("timeout", 0), ("timeout", "5"), ("max_staleness", "30"), ("max_staleness", True)]
)
def test_seconds_that_are_none_are_an_error_of_the_settings(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"LICET_{name.upper()}"):
        Licet("http://licet.test", "lct_test", **{name: value})


def test_an_address_without_a_scheme_is_told_so() -> None:
    with pytest.raises(ConfigError, match="http://"):
        Licet("localhost:4000", "lct_test")
