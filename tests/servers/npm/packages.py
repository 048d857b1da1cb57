"""Puts the packages of one of these folders where Node finds them, once for all test runs."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from filelock import FileLock

from footnote.models.cache import default_cache

FOLDER = Path(__file__).parent
OLDEST_NODE = 20
INSTALL_S = 300
INSTALL = "npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=20000"


class NoPackagesError(Exception):
    """There is no Node or npm here, or the packages cannot be had; the sentence says which."""


def install(name: str) -> Path:
    """The folder in the cache that holds the `node_modules` of tests/servers/npm/NAME.

    Raises:
        NoPackagesError: They are not there and cannot be fetched.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NoPackagesError("there is no Node.js with npm on the PATH")
    version = _run(["node", "--version"], FOLDER).removeprefix("v")
    if int(version.partition(".")[0]) < OLDEST_NODE:
        raise NoPackagesError(f"Node.js {version} is older than {OLDEST_NODE}")
    lock = (FOLDER / name / "package-lock.json").read_bytes()
    folder = default_cache().with_name("npm") / f"{name}-{hashlib.sha256(lock).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "installed"
    with FileLock(folder.with_suffix(".lock")):
        if not done.exists():
            for file in ("package.json", "package-lock.json"):
                shutil.copy(FOLDER / name / file, folder)
            _run(INSTALL.split(), folder)
            done.touch()
    return folder


def _run(command: list[str], folder: Path) -> str:
    try:
        ran = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoPackagesError(f"{command[0]} does not run: {error}") from error
    if ran.returncode:
        raise NoPackagesError(f"{' '.join(command[:2])} failed: {ran.stderr.strip()[-300:]}")
    return ran.stdout.strip()
