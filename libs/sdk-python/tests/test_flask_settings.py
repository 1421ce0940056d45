from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from conftest import KEY
from licet import ConfigError
from licet.flask import LicetFlask


def test_settings_come_from_the_config_and_then_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Any] = {}
    monkeypatch.setattr("licet.flask.Licet", lambda **options: made.update(options))
    monkeypatch.setenv("LICET_URL", "http://from.env")
    monkeypatch.setenv("LICET_API_KEY", KEY)
    monkeypatch.setenv("LICET_MAX_STALENESS", "60")
    app = Flask(__name__)
    app.config.update(LICET_URL="http://from.config", LICET_MODE="remote", LICET_DECISION_LOG="off", LICET_SNAPSHOT_PATH="/x")
    LicetFlask(app)
    assert made == {
        "url": "http://from.config",
        "api_key": KEY,
        "name": None,
        "mode": "remote",
        "max_staleness": 60.0,
        "decision_log": False,
        "snapshot_path": "/x",
    }


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({}, "LICET_URL is not set"),
        ({"LICET_URL": "http://x"}, "LICET_API_KEY is not set"),
        ({"LICET_URL": "x", "LICET_API_KEY": KEY}, "LICET_URL"),
        ({"LICET_URL": "http://x", "LICET_API_KEY": "a\nb"}, "LICET_API_KEY"),
        ({"LICET_URL": "http://x", "LICET_API_KEY": KEY, "LICET_MODE": "both"}, "LICET_MODE"),
        ({"LICET_URL": "http://x", "LICET_API_KEY": KEY, "LICET_MAX_STALENESS": "soon"}, "LICET_MAX_STALENESS"),
        ({"LICET_URL": "http://x", "LICET_API_KEY": KEY, "LICET_MAX_STALENESS": 0}, "LICET_MAX_STALENESS"),
        ({"LICET_URL": "http://x", "LICET_API_KEY": KEY, "LICET_DECISION_LOG": "maybe"}, "LICET_DECISION_LOG"),
    ],
)
def test_a_missing_or_wrong_setting_stops_the_start(config: dict[str, Any], named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LICET_URL", raising=False)
    monkeypatch.delenv("LICET_API_KEY", raising=False)
    app = Flask(__name__)
    app.config.update(config)
    with pytest.raises(ConfigError, match=named):
        LicetFlask(app)
