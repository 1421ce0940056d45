#!/usr/bin/env python3
"""Starts the task manager: `python3 run.py`. Makes a virtual environment beside this file the first time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def main() -> None:
    if sys.version_info < (3, 10):
        sys.exit("This needs Python 3.10 or newer.")
    os.environ.setdefault("LICET_URL", "http://localhost:4000")
    if not os.environ.get("LICET_API_KEY", "").strip():
        url = os.environ["LICET_URL"].rstrip("/")
        sys.exit(f"LICET_API_KEY is not set: make a key at {url}/#/api-keys and start again with `LICET_API_KEY=lct_... python3 run.py`.")
    install()
    command = [str(PYTHON), str(HERE / "app.py")]
    if os.name == "nt":
        sys.exit(subprocess.call(command, cwd=HERE))
    os.chdir(HERE)
    os.execv(command[0], command)


def install() -> None:
    wanted = hashlib.sha256((HERE / "requirements.txt").read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Installing the task manager into .venv (only the first time) ...", flush=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        # The path of the SDK in requirements.txt is relative to this folder.
        subprocess.run(
            [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", "requirements.txt"], cwd=HERE, check=True
        )
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"The installation failed ({error}). On Debian and Ubuntu, `apt install python3-venv` may be missing.")
    stamp.write_text(wanted)


if __name__ == "__main__":
    main()
