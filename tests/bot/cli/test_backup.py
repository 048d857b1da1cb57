"""`footnote backup` and `footnote restore` as a person runs them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from footnote.bot.settings.load import load_settings
from footnote.bot.state.opening import open_state
from tests.bot.cli.conftest import Footnote
from tests.bot.state.acts import ask, takes

QUESTION = "how many days of annual leave does every employee get?"


def fill_state(config: Path, *questions: str) -> None:
    """Have questions accepted in the state of these settings."""

    async def fill() -> None:
        async with open_state(load_settings(config)) as state:
            for question in questions:
                await ask(state, question)

    asyncio.run(fill())


def waiting_in(config: Path) -> list[str]:
    """The questions that wait in the state of these settings."""

    async def look() -> list[str]:
        async with open_state(load_settings(config)) as state:
            return await takes(state)

    return asyncio.run(look())


def test_everything_comes_back_in_another_place(synced: Footnote, folder: Path) -> None:
    """Settings, state and index: the same answer, and the same questions wait."""
    fill_state(folder / "footnote.toml", "q1", "q2")
    before = json.loads(synced("ask", "--json", QUESTION).out)
    made = synced("backup", "kept.zip")
    assert made.code == 0
    assert made.out.startswith("kept.zip holds the settings, the state and the index (")
    elsewhere = folder / "elsewhere" / "footnote.toml"
    restored = synced("--config", str(elsewhere), "restore", "kept.zip")
    assert restored.code == 0, restored.err
    assert restored.out.startswith("Restored the settings, the state and the index of ")
    after = json.loads(synced("--config", str(elsewhere), "ask", "--json", QUESTION).out)
    assert (after["text"], after["citations"]) == (before["text"], before["citations"])
    assert waiting_in(elsewhere) == ["q1", "q2"]


def test_it_can_be_made_while_others_write(synced: Footnote, folder: Path) -> None:
    """What is acknowledged before it begins is in it, and each question is whole."""
    config = folder / "footnote.toml"
    fill_state(config, "before")

    async def both() -> int:
        async with open_state(load_settings(config)) as state:
            backup = asyncio.ensure_future(asyncio.to_thread(synced, "backup", "kept.zip"))
            number = 0
            while not backup.done():
                await ask(state, f"during {number}")
                number += 1
            assert (await backup).code == 0
            return number

    count = asyncio.run(both())
    elsewhere = folder / "elsewhere" / "footnote.toml"
    assert synced("--config", str(elsewhere), "restore", "kept.zip").code == 0
    expected = ["before", *(f"during {number}" for number in range(count))]
    found = waiting_in(elsewhere)
    assert found
    assert found == expected[: len(found)]


def test_without_the_index_the_next_step_is_told(synced: Footnote, folder: Path) -> None:
    """A sync makes it anew."""
    assert synced("backup", "--without-index", "kept.zip").out.startswith(
        "kept.zip holds the settings ("
    )
    elsewhere = folder / "elsewhere" / "footnote.toml"
    restored = synced("--config", str(elsewhere), "restore", "kept.zip")
    assert restored.out.splitlines()[-1] == "Next: footnote sync"


@pytest.mark.parametrize("what", ["state.db", "index.db"])
def test_nothing_is_replaced(synced: Footnote, folder: Path, what: str) -> None:
    """Where something is, nothing at all is put back, and the sentence names it."""
    fill_state(folder / "footnote.toml", "q1")
    assert synced("backup", "kept.zip").code == 0
    data = folder / "elsewhere" / ".footnote"
    data.mkdir(parents=True)
    (data / what).write_bytes(b"mine")
    elsewhere = folder / "elsewhere" / "footnote.toml"
    restored = synced("--config", str(elsewhere), "restore", "kept.zip")
    assert restored.code == 1
    assert f"{what} is there already: move it away" in restored.err
    assert [path.name for path in (folder / "elsewhere").rglob("*") if path.is_file()] == [what]


def test_another_kind_of_state_is_refused(
    synced: Footnote, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file does not go into Redis."""
    fill_state(folder / "footnote.toml", "q1")
    assert synced("backup", "kept.zip").code == 0
    monkeypatch.setenv("FOOTNOTE_STATE", "redis://localhost:1/0")
    elsewhere = folder / "elsewhere" / "footnote.toml"
    restored = synced("--config", str(elsewhere), "restore", "kept.zip")
    assert restored.code == 1
    assert "set state as it was" in restored.err
    assert not elsewhere.exists()


def test_a_second_one_of_the_day_replaces_nothing(synced: Footnote, folder: Path) -> None:
    """The file of today is named, and stays."""
    assert synced("backup").code == 0
    (made,) = folder.glob("footnote-*.zip")
    again = synced("backup")
    assert again.code == 1
    assert again.err == f"footnote: {made.name} is there already: choose another name.\n"
    assert not list(folder.glob(".backup-*"))
