"""`footnote tune gate`, and what the documentation says that is asked."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random

import pytest

from footnote.bot.cli.main import run as footnote
from footnote.bot.tuning.gate import gating
from footnote.bot.tuning.gate.items import Item
from footnote.bot.tuning.gate.measures import KINDS, LABELS, Bars
from footnote.bot.tuning.gate.standing import standing_items
from tests.bot.tuning.gate.stage import Players, exported, opens
from tests.bot.tuning.gate.world import World, world

DOCS = (Path(__file__).parents[4] / "docs" / "tuning.md").read_text(encoding="utf-8")


def _refuses(world: World, item: Item, random: Random) -> str:
    del world, item, random
    return "NOT IN THE SOURCES"


def test_the_command_says_what_came_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The verdict, the reasons and the report; what may not take over is exit code 1."""
    asked = world(Random(3))  # noqa: S311  no secret
    small = World(tuple(item for item in asked.items if item.id.endswith("-8")), asked.facts)
    run = exported(tmp_path / "data" / "tuning", small)
    (tmp_path / "docs").mkdir()
    path = tmp_path / "footnote.toml"
    path.write_text(
        'data = "data"\n[sources.handbook]\nkind = "files"\npath = "docs"\n'
        'audience = ["everyone"]\n',
        "utf-8",
    )
    players = Players(small, dict.fromkeys((None, "candidate"), _refuses))
    monkeypatch.setattr(gating, "open_contest", opens(players))
    monkeypatch.setattr(gating, "standing_items", list)
    printed = []
    for further in ([], ["--run", run.id, "--json"]):
        monkeypatch.setattr(sys, "argv", ["footnote", "-c", str(path), "tune", "gate", *further])
        with pytest.raises(SystemExit) as ended:
            footnote()
        assert ended.value.code == 1
        printed.append(capsys.readouterr().out)
    assert printed[0].startswith("The gate refuses the candidate.")
    assert str(run.folder / "gate" / "report.html") in printed[0]
    shown = json.loads(printed[1])
    assert (shown["run"], shown["verdict"], shown["against"]) == (run.id, "refused", "")
    # The second time, nothing was asked again.
    assert len(players.asked) == 2 * len(small.items)


def test_the_documentation_names_every_bar() -> None:
    """With its figure, as docs/tuning.md has it."""
    bars = Bars()
    floors = next(line for line in DOCS.splitlines() if line.startswith("| Floors |"))
    said = {
        "precision": "citation precision 80 %",
        "recall": "recall 70 %",
        "trusted": "right where an answer is shown 80 %",
        "right": "right 60 %",
        "formed": "written as the prompt asks 80 %",
        "length": "of about the right length 80 %",
        "withstood": "98 %",
        "kept": "blocks that pass verification 60 %",
    }
    for measure, words in said.items():
        assert words in floors
        assert f"{100 * bars.held_out[measure]:.0f} %" in words
    assert {bars.held_out[name] for name in ("whole", "once", "language")} == {0.95}
    assert set(bars.held_out) - set(said) == {"whole", "once", "language"}
    kinds = next(line for line in DOCS.splitlines() if line.startswith("| Kinds |"))
    assert all(
        f"{KINDS[kind]} {100 * least:.0f} %" in kinds for kind, least in bars.standing.items()
    )
    assert set(bars.held_out) <= set(LABELS)
    assert f"{len(standing_items())} prompts" in DOCS
    assert "at most once in 200 times" in DOCS
    assert bars.alpha == 1 / 200
    assert "Fewer than 20 held-out conversations" in DOCS
    assert bars.conversations == 20
