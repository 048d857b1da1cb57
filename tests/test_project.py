"""Rules of the project that no linter knows."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "connectors", "models", "retrieval")
ALLOWED = {
    "bot": {"bot", "connectors", "models", "retrieval"},
    "retrieval": {"retrieval", "connectors.base"},
    "models": {"models"},
    "connectors": {"connectors"},
}
MAX_LINES = 400


def _sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_one_way(package: str) -> None:
    """A package imports only what the architecture lets it know."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _sources(package)
        for name in _imports(path)
        if name.startswith("footnote.")
        and not any(f"{name}.".startswith(f"footnote.{allowed}.") for allowed in ALLOWED[package])
    ]
    assert not wrong


def test_platforms_know_neither_retrieval_nor_models() -> None:
    """A platform knows platforms/base.py and the core's words, and nothing below them."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _sources("bot/platforms")
        for name in _imports(path)
        if name.startswith(("footnote.retrieval", "footnote.models", "footnote.connectors"))
    ]
    assert not wrong


def test_no_file_is_longer_than_the_ceiling() -> None:
    """A file that outgrows the ceiling holds more than one idea."""
    files = _sources(*PACKAGES, "tests", "docs")
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert not {
        str(path.relative_to(ROOT)): lines for path, lines in lengths.items() if lines > MAX_LINES
    }


def test_every_lint_exception_has_its_reason() -> None:
    """Each ignored rule in pyproject.toml, and each noqa or type: ignore, says why."""
    ignored = re.findall(
        r'^\s*"[A-Z]+\d*",(?!\s*# \w)', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE
    )
    silent = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in _sources(*PACKAGES, "tests")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"# (noqa: [A-Z0-9, ]+|type: ignore\[[\w, -]+\])\s*$", line)
    ]
    assert not ignored
    assert not silent


def test_every_package_is_in_the_wheel() -> None:
    """pyproject.toml lists each folder with Python files as a package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(project["tool"]["setuptools"]["packages"])
    there = {
        "footnote." + ".".join(path.parent.relative_to(ROOT).parts) for path in _sources(*PACKAGES)
    }
    assert listed == there
