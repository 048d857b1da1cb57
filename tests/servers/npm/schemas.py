"""JSON schemas of published TypeScript types, made once and kept in the cache."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from filelock import FileLock

from tests.servers.npm.packages import FOLDER, NoPackagesError, install

SOURCES = ("wire.ts", "schemas.cjs", "tsconfig.json")
GENERATE_S = 300


def generated(name: str, types: Iterable[str]) -> dict[str, Any]:
    """The schemas of these types, by name, as tests/servers/npm/NAME/schemas.cjs makes them.

    Raises:
        NoPackagesError: Node, npm or the packages are missing.
    """
    packages = install(name)
    names = list(types)
    sources = [FOLDER / name / source for source in SOURCES]
    read = b"".join(source.read_bytes() for source in sources) + " ".join(names).encode()
    file = packages / f"schemas-{hashlib.sha256(read).hexdigest()[:12]}.json"
    with FileLock(file.with_suffix(".lock")):
        if not file.exists():
            for source in sources:
                shutil.copy(source, packages)
            _generate(packages, names, file)
    schemas: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schemas


def _generate(folder: Path, names: list[str], file: Path) -> None:
    command = ["node", "schemas.cjs", "wire.ts", "tsconfig.json", *names]
    ran = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=GENERATE_S, check=False
    )
    if ran.returncode:
        raise NoPackagesError(f"the schemas cannot be made: {ran.stderr[-500:]}")
    half = file.with_suffix(".half")
    half.write_text(ran.stdout, encoding="utf-8")
    half.replace(file)
