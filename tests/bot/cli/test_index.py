"""`footnote index move`, and what `footnote doctor` says of an index that is elsewhere."""

from __future__ import annotations

import pytest

from footnote.bot.checks import doctor
from footnote.bot.settings.schema import Settings
from footnote.bot.syncing import moving
from footnote.models.cache import default_cache
from footnote.retrieval.moving import MoveProgress, MoveReport, Tell
from tests.bot.cli.conftest import Footnote
from tests.hashing import HashEmbedder
from tests.servers.redis import free_port


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


def test_a_weaviate_that_is_away_is_found(
    synced: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By `footnote doctor`, in one sentence that says what to do."""
    monkeypatch.setattr(doctor, "MiniLM", HashEmbedder())
    monkeypatch.setattr(doctor, "verify", lambda _: default_cache())
    monkeypatch.setenv("FOOTNOTE_STORE", "weaviate")
    monkeypatch.setenv("FOOTNOTE_WEAVIATE__URL", f"http://127.0.0.1:{free_port()}")
    (line,) = (line for line in synced("doctor").out.splitlines() if " index" in line[:8])
    assert line.startswith("✗ index: Weaviate at 127.0.0.1:")
    assert "cannot be reached: start it, or correct url and grpc under [weaviate]." in line
