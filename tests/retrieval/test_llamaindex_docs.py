"""The code of docs/llamaindex.md, run as it stands there."""

from __future__ import annotations

import ast
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.schema import TextNode

from footnote.bot import app as app_module
from footnote.bot.app import open_app
from footnote.bot.settings.load import load_settings
from tests.hashing import HashEmbedder
from tests.retrieval.test_llamaindex_engines import ScriptedLLM

DOCS = Path(__file__).parents[2] / "docs" / "llamaindex.md"
SETTINGS = """\
[sources.handbook]
kind = "files"
path = "pages"
audience = ["everyone"]
"""


@pytest.fixture
async def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with settings and an index, in which the code runs, and no weights to fetch."""
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "travel.md").write_text("# Travel\n\nAnn Low approves travel.\n", "utf-8")
    (tmp_path / "footnote.toml").write_text(SETTINGS, "utf-8")
    monkeypatch.chdir(tmp_path)
    settings = load_settings(tmp_path / "footnote.toml")
    async with open_app(settings, report=print, embedder=HashEmbedder()) as app:
        for name, connector in app.connectors.items():
            await app.sync.run(connector, name)
    monkeypatch.setattr(app_module, "open_app", partial(open_app, embedder=HashEmbedder()))


async def _run(code: str, given: dict[str, Any]) -> None:
    """Run code that awaits at its top, as a notebook does."""
    compiled = compile(code, str(DOCS), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    await eval(compiled, given)  # noqa: S307  the docs are ours


@pytest.mark.usefixtures("team")
async def test_the_documented_lines_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """Both query engines of LlamaIndex answer, each from what Footnote found or embedded for it."""
    code = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)[0]
    llm = ScriptedLLM()
    nodes = [TextNode(text="Travel is approved by Cy."), TextNode(text="Bananas ripen in bags.")]
    await _run(code, {"llm": llm, "nodes": nodes})
    assert capsys.readouterr().out.splitlines() == [
        "At most 140 euros. ['Travel']",
        "At most 140 euros.",
    ]
    first, second = llm.prompts
    assert "Ann Low approves travel." in first
    assert "Travel is approved by Cy." in second
    assert "Ann Low" not in second


def test_everything_that_the_docs_import_is_there() -> None:
    """Every import of every example works."""
    for code in re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL):
        lines = [line for line in code.splitlines() if line.startswith(("from ", "import "))]
        assert lines
        exec("\n".join(lines), {})  # noqa: S102  the docs are ours
