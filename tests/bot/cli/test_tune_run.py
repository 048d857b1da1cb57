"""`footnote tune run`."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.tuning import running
from tests.bot.cli.conftest import Footnote
from tests.bot.tuning.registry.test_running import Work


@pytest.mark.parametrize("passes", [True, False])
def test_it_says_what_came_of_it(
    footnote: Footnote,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    passes: bool,  # noqa: FBT001  a case
) -> None:
    """The verdict on stdout, the steps on stderr; the exit code says whether it has passed."""
    (folder / "model.gguf").write_bytes(b"model")
    (folder / "footnote.toml").write_text(
        '[sources.docs]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n'
        '[gguf]\npath = "model.gguf"\n',
        "utf-8",
    )
    monkeypatch.setattr(running, "STEPS", Work(passes=passes).steps)
    ran = footnote("tune", "run")
    (run,) = (folder / ".footnote" / "tuning").glob("run-*")
    assert f"\nRun: {run.name}\n" in ran.out
    assert "Step 4 of 4: gate" in ran.err
    if passes:
        assert ran.code == 0
        assert ran.out.endswith(f"by hand it is footnote tune promote --run {run.name}.\n")
        assert footnote("tune", "promote").code == 0
    else:
        assert ran.code == 1
        assert ran.out.startswith("The gate refuses the candidate. Because of this.\n")


def test_without_anything_to_learn_from(footnote: Footnote, folder: Path) -> None:
    """One sentence says so, and no run is begun."""
    footnote("init", "--path", "docs")
    footnote("sync")
    ran = footnote("tune", "run")
    assert (ran.code, ran.out) == (1, "")
    assert "There is nothing to learn from yet" in ran.err
    assert not list((folder / ".footnote" / "tuning").glob("*/manifest.json"))
