"""The package installs as a user installs it: a wheel, in an empty virtual environment, and a first decision."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from conftest import KEY
from licet.testing import MemoryControlPlane
from served import served

SDK = Path(__file__).parents[1]
FIRST_DECISION = """
import json, sys
from licet import Licet

with Licet(sys.argv[1], sys.argv[2]) as licet:
    licet.wait_ready(10)
    print(json.dumps([licet.check("root", "task:delete").allowed, licet.check("alice", "task:delete").allowed]))
"""


def pip(*args: object) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-cache-dir", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    shutil.copytree(SDK / "src", source / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(SDK / name, source / name)
    pip("wheel", "--no-index", "--no-build-isolation", "--no-deps", "--wheel-dir", made, source)
    return next(made.glob("licet-*.whl"))


def test_a_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (metadata,) = (archive.read(name).decode() for name in names if name.endswith(".dist-info/METADATA"))
    packaged = {path.relative_to(SDK / "src").as_posix() for path in (SDK / "src").rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert {name for name in names if ".dist-info/" not in name} == packaged
    assert "licet/py.typed" in packaged
    assert [line for line in metadata.splitlines() if line.startswith("Requires-Dist:") and "extra" not in line] == [
        "Requires-Dist: h11<1,>=0.16",
        "Requires-Dist: urllib3<3,>=2.6",
    ]
    assert {"Provides-Extra: flask", "Provides-Extra: sqlalchemy"} <= set(metadata.splitlines())


def test_an_empty_environment_gets_its_first_decision(wheel: Path, plane: MemoryControlPlane, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    python = next(path for path in (tmp_path / "venv").glob("*/python*") if path.stem == "python")
    pip("--python", python, "install", "--no-index", "--no-deps", wheel)
    packages = next((tmp_path / "venv").rglob("site-packages"))
    for name in ("h11", "urllib3"):  # what it depends on, from here and not from the network
        for file in distribution(name).files or ():
            target = packages / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file.locate(), target)
    pip("--python", python, "check")
    with served(plane) as server:
        command = [str(python), "-I", "-c", FIRST_DECISION, server.url, KEY]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    assert json.loads(done.stdout) == [True, False]
