"""`footnote eval retrieval` with a team's own embedding and reranking models."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from footnote.bot.cli.main import run
from tests.models.gguf_bert import RERANKER, write_bert


def ran(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Run `footnote eval retrieval`; returns its exit code."""
    monkeypatch.setattr(sys, "argv", ["footnote", "eval", "retrieval", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        run()
    return int(ended.value.code or 0)


def test_search_is_measured_with_own_models(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The figures are of the models that the settings name, also without the reranker."""
    write_bert(tmp_path / "embedder.gguf")
    write_bert(tmp_path / "reranker.gguf", RERANKER)
    settings = tmp_path / "footnote.toml"
    settings.write_text(
        '[embedder]\nmodel = "embedder.gguf"\nquestion_prefix = "the "\n'
        '[reranker]\nmodel = "reranker.gguf"\nshare = 1.0\ntimeout_s = 600.0\n',
        encoding="utf-8",
    )
    given = ("--data", data, "--settings", settings, "--json", "--keep", tmp_path / "kept")
    assert ran(monkeypatch, *given) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["queries"] == 4
    assert 0 < figures["search"]["mrr"] <= 1
    assert ran(monkeypatch, *given, "--ablate") == 0
    variants = json.loads(capsys.readouterr().out)["results"][data.name]["variants"]
    assert variants["as shipped"]["mrr"]["mean"] == pytest.approx(
        figures["search"]["mrr"], abs=1e-3
    )
    assert "not reranked" in variants


def test_settings_that_cannot_be_used_are_told(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A file that is not there is one sentence."""
    assert ran(monkeypatch, "--data", data, "--settings", tmp_path / "gone.toml") == 1
    assert "gone.toml" in capsys.readouterr().err
