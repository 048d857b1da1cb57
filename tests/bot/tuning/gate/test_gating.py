"""The step as a whole: asked alike, judged, written down, gone on with after a kill."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from random import Random

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.gate import gating, keeping
from footnote.bot.tuning.gate.gating import gate
from footnote.bot.tuning.gate.incumbent import Incumbent
from footnote.bot.tuning.gate.items import Item, Suite
from footnote.bot.tuning.gate.standing import standing_items
from footnote.bot.tuning.runs import open_run
from tests.bot.tuning.gate.answerers import Writes
from tests.bot.tuning.gate.stage import Players, exported, opens
from tests.bot.tuning.gate.world import World, world

STANDING = standing_items()[::3]


@pytest.fixture(scope="module")
def tiny() -> World:
    """A world of which each fact is asked twice, so that asking all is quick."""
    whole = world(Random(5))  # noqa: S311  no secret
    held_out = [item for item in whole.items if item.id.endswith(("-0", "-8"))]
    return World((*held_out, *STANDING), whole.facts)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The least that works."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "footnote.toml").write_text(
        '[sources.handbook]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n', "utf-8"
    )
    return load_settings(tmp_path / "footnote.toml")


def _players(tiny: World, candidate: Writes, current: Writes | None = None) -> Players:
    plain: Writes = lambda world, item, random: world.plain(item)  # noqa: E731, ARG005  a contestant
    return Players(tiny, {None: plain, "candidate": candidate, "current": current or plain})


def _right(world: World, item: Item, random: Random) -> str:
    del world, random
    return item.wanted


async def test_a_better_candidate_passes_and_it_is_written_down(
    tmp_path: Path, settings: Settings, tiny: World
) -> None:
    """The decision as JSON, both reports, the manifest; each contestant is asked each item once."""
    run = exported(tmp_path / "runs", tiny)
    players = _players(tiny, _right)
    told: list[str] = []
    decision = await gate(
        run, settings, report=told.append, opened=opens(players), standing=STANDING
    )
    assert decision.passed, decision.reasons
    assert keeping.read(open_run(tmp_path / "runs")) == decision
    assert len(set(players.asked)) == len(players.asked) == 2 * len(tiny.items)
    seeds = {(item, seed) for _, item, seed in players.asked}
    assert len(seeds) == len(tiny.items)
    done = run.needs("gate")
    assert done.facts == {"verdict": "passed", "against": "", "model": "players"}
    assert set(done.outputs) == {"gate/gate.json", "gate/report.md", "gate/report.html"}
    assert told[-1] == decision.summary
    assert decision.summary.startswith("The candidate has passed the gate.")


async def test_the_current_adapter_is_the_one_to_beat(
    tmp_path: Path, settings: Settings, tiny: World
) -> None:
    """What beats the bare model, but not the current adapter, is refused."""
    run = exported(tmp_path / "runs", tiny)
    players = _players(tiny, _right, _right)
    (tmp_path / "current.gguf").write_bytes(b"GGUF")
    decision = await gate(
        run,
        settings,
        report=lambda _: None,
        opened=opens(players),
        incumbent=Incumbent("abc", tmp_path / "current.gguf"),
        standing=STANDING,
    )
    assert (decision.verdict, decision.against) == ("refused", "abc")
    assert "no gain worth a change" in decision.reasons[0]
    assert len(players.asked) == 3 * len(tiny.items)


async def test_a_killed_gate_asks_nothing_twice(
    tmp_path: Path, settings: Settings, tiny: World
) -> None:
    """Even where the last answer was half written; and comes to the same decision."""
    run = exported(tmp_path / "runs", tiny)
    killed = _players(tiny, _right)
    killed.stops_after = 30
    with pytest.raises(KeyboardInterrupt):
        await gate(run, settings, report=lambda _: None, opened=opens(killed), standing=STANDING)
    with (run.folder / gating.ANSWERS).open("a", encoding="utf-8") as file:
        file.write('{"item": "half')
    again = _players(tiny, _right)
    resumed = await gate(
        run, settings, report=lambda _: None, opened=opens(again), standing=STANDING
    )
    assert not set(killed.asked) & set(again.asked)
    assert len(killed.asked) + len(again.asked) == 2 * len(tiny.items)
    fresh = exported(tmp_path / "others", tiny)
    whole = await gate(
        fresh,
        settings,
        report=lambda _: None,
        opened=opens(_players(tiny, _right)),
        standing=STANDING,
    )
    # Seconds differ from run to run.
    assert [c for c in resumed.checks if c.about != "speed"] == [
        c for c in whole.checks if c.about != "speed"
    ]


async def test_another_adapter_is_asked_anew(
    tmp_path: Path, settings: Settings, tiny: World
) -> None:
    """Answers of what was exported before are no answers of this candidate."""
    run = exported(tmp_path / "runs", tiny)
    first = _players(tiny, _right)
    first.stops_after = 30
    with pytest.raises(KeyboardInterrupt):
        await gate(run, settings, report=lambda _: None, opened=opens(first), standing=STANDING)
    (run.folder / gating.ADAPTER).write_bytes(b"GGUF of another training")
    export = run.manifest.steps["export"]
    run.finish("export", type(export)(export.at))
    second = _players(tiny, _right)
    await gate(run, settings, report=lambda _: None, opened=opens(second), standing=STANDING)
    assert len(second.asked) == 2 * len(tiny.items)


async def test_what_fits_into_no_model_is_left_out_and_said(
    tmp_path: Path, settings: Settings, tiny: World
) -> None:
    """An item that only the candidate fails at counts against it."""
    run = exported(tmp_path / "runs", tiny)
    players = _players(tiny, _right)
    refusals = [item.id for item in tiny.items if item.refusal and item.suite is Suite.HELD_OUT]
    first = STANDING[0].id

    def fails(adapter: str | None, item: Item) -> str:
        if item.id == first:
            return "it does not fit"
        return "it broke" if adapter == "candidate" and item.id in refusals else ""

    players.fails = fails
    decision = await gate(
        run, settings, report=lambda _: None, opened=opens(players), standing=STANDING
    )
    assert decision.remarks == (
        f"1 of {len(tiny.items)} items could be put to no contestant: it does not fit",
    )
    right = next(c for c in decision.checks if (c.about, c.measure) == ("floor", "right"))
    held_out = sum(item.suite is Suite.HELD_OUT for item in tiny.items)
    assert right.candidate == pytest.approx(1 - len(refusals) / held_out)


async def test_what_its_passages_do_not_support_is_not_asked(
    tmp_path: Path, settings: Settings, tiny: World
) -> None:
    """People would see such an answer of nobody, so that nobody could be right."""
    answered = [item for item in tiny.items if item.id in tiny.facts]
    changed = {item.id: "Whales sing in minor keys. [1]" for item in answered[:2]}
    items = [replace(item, wanted=changed.get(item.id, item.wanted)) for item in tiny.items]
    run = exported(tmp_path / "runs", World(tuple(items), tiny.facts))
    players = _players(tiny, _right)
    decision = await gate(
        run, settings, report=lambda _: None, opened=opens(players), standing=STANDING
    )
    assert decision.remarks[0].startswith("The wanted answer of 2 items is not supported")
    assert not {item for _, item, _ in players.asked} & changed.keys()
    assert decision.passed


async def test_a_model_that_answers_nothing_is_one_sentence(
    tmp_path: Path, settings: Settings, tiny: World
) -> None:
    """And the run stays as it was."""
    run = exported(tmp_path / "runs", tiny)
    players = _players(tiny, _right)
    players.fails = lambda _adapter, _item: "the engine stopped"
    with pytest.raises(FootnoteError, match=r"answers nothing \(the engine stopped\)"):
        await gate(run, settings, report=lambda _: None, opened=opens(players), standing=STANDING)
    assert run.done("gate") is None
    with pytest.raises(FootnoteError, match="footnote tune gate first"):
        keeping.read(run)


async def test_a_step_before_is_needed(tmp_path: Path, settings: Settings, tiny: World) -> None:
    """Without an export there is nothing to ask."""
    run = exported(tmp_path / "runs", tiny)
    run.finish("dataset", run.manifest.steps["dataset"])
    with pytest.raises(FootnoteError, match="footnote tune export first"):
        await gate(run, settings, report=lambda _: None)


class _Tags(HTMLParser):
    """Gathers what a page has of tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [f"{name}={value}" for name, value in attrs]


async def test_reports_show_answers_worst_first_and_as_text(
    tmp_path: Path, settings: Settings, tiny: World
) -> None:
    """One page that loads nothing, in which what a model wrote is text and no tag."""
    evil = "<script>alert(1)</script><img src=https://x.invalid/a.png>"

    def flawed(world: World, item: Item, random: Random) -> str:
        del random
        return evil if item.id.endswith("-8") and not item.refusal else world.plain(item)

    lost = next(item for item in tiny.items if item.id.endswith("-8") and not item.refusal)
    asked = [replace(i, question=evil) if i is lost else i for i in tiny.items]
    run = exported(tmp_path / "runs", World(tuple(asked), tiny.facts))
    decision = await gate(
        run,
        settings,
        report=lambda _: None,
        opened=opens(_players(tiny, flawed)),
        standing=STANDING,
    )
    html = (run.folder / keeping.HTML).read_text("utf-8")
    tags = _Tags()
    tags.feed(html)
    assert {"script", "img", "link", "iframe"}.isdisjoint(tags.tags)
    assert not re.search(r"(?:src|href)=", " ".join(tags.attributes))
    assert "&lt;script&gt;" in html
    assert "prefers-color-scheme: dark" in html
    assert all(reason.split(":")[0] in html for reason in decision.reasons)
    markdown = (run.folder / keeping.MARKDOWN).read_text("utf-8")
    assert markdown.startswith("# Refused")
    assert "<script" not in markdown
    assert html.index("alert(1)") < html.index(
        next(i for i in tiny.items if i.suite is Suite.STANDING).question
    )
    assert json.loads((run.folder / keeping.DECISION).read_bytes())["verdict"] == "refused"
