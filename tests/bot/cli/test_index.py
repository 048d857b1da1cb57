"""`footnote index move` as a person runs it."""

from __future__ import annotations

import pytest

from footnote.bot.settings.schema import Settings
from footnote.bot.syncing import moving
from footnote.retrieval.moving import MoveProgress, MoveReport, Tell
from tests.bot.cli.conftest import Footnote


def test_it_tells_how_far_it_is_and_what_to_do_next(
    synced: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each hundred documents, the end of each source, and the setting that is to be changed."""

    async def move_index(settings: Settings, to: str, tell: Tell) -> MoveReport:
        assert (settings.store, to) == ("sqlite", "weaviate")
        for done in range(1, 251):
            tell(MoveProgress("docs", checking=False, done=done, total=250))
        tell(MoveProgress("docs", checking=True, done=250, total=250))
        return MoveReport(copied=240, documents=250, passages=900)

    monkeypatch.setattr(moving, "move_index", move_index)
    ran = synced("index", "move", "--to", "weaviate")
    assert ran.code == 0
    assert ran.err.splitlines() == [
        "docs: 100 of 250 documents copied",
        "docs: 200 of 250 documents copied",
        "docs: 250 of 250 documents copied",
        "docs: 250 of 250 documents compared",
    ]
    assert ran.out.splitlines() == [
        "250 documents in 900 passages are the same in both indexes; 240 were copied now.",
        'Set store = "weaviate" in footnote.toml, and start Footnote again.',
    ]


def test_to_where_it_is_already(synced: Footnote) -> None:
    """One sentence, and nothing is done."""
    ran = synced("index", "move", "--to", "sqlite")
    assert ran.code == 1
    assert 'kept in "sqlite" already' in " ".join(ran.err.split())
