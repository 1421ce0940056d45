"""The settings of the Flask extension: from `app.config`, else from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from licet.errors import ConfigError


def settings(config: Mapping[str, Any]) -> dict[str, Any]:
    def read(name: str) -> Any:
        value = config.get(name)
        return os.environ.get(name) if value is None else value

    settings: dict[str, Any] = {"url": read("LICET_URL"), "api_key": read("LICET_API_KEY"), "name": read("LICET_NAME")}
    if read("LICET_MODE"):
        settings["mode"] = read("LICET_MODE")
    if read("LICET_SNAPSHOT_PATH"):
        settings["snapshot_path"] = read("LICET_SNAPSHOT_PATH")
    for name, option in (("LICET_MAX_STALENESS", "max_staleness"), ("LICET_TIMEOUT", "timeout")):
        if read(name) not in (None, ""):
            settings[option] = _seconds(name, read(name))
    if read("LICET_DECISION_LOG") not in (None, ""):
        settings["decision_log"] = _switch("LICET_DECISION_LOG", read("LICET_DECISION_LOG"))
    return settings


def _seconds(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ConfigError(f"{name} is {value!r}; it must be a number of seconds") from None


def _switch(name: str, value: Any) -> bool:
    text = str(value).strip().lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off"):
        return False
    raise ConfigError(f"{name} is {value!r}; it must be `on` or `off`")
