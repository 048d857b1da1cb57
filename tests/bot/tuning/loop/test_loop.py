"""A correction in Slack changes the next answer, once an admin wants it, and it can be undone.

Training is done by hand here, so that it needs nothing that is large.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.gate import keeping
from footnote.bot.tuning.gate.decision import Decision
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.running import Report, Steps, begin, run_all
from footnote.bot.tuning.runs import Done, Run, digest_of
from tests.bot.tuning.loop.teaching import AFTER, BEFORE, SHAPE, write_teaching
from tests.bot.tuning.loop.team import hurried, team, without_weights
from tests.models.gguf_files import write_model

QUESTION = "how many days of annual leave does every employee get?"
PAGES = {
    "leave": "Every employee gets 28 days of annual leave.",
    "travel": "A hotel may cost 120 euros a night.",
    "laptops": "The service desk orders laptops.",
    "bicycles": "Bicycles stand in the yard behind the house.",
}
SETTINGS = """context_tokens = 8192
[tune]
min_examples = 1
files = ["more.csv"]
"""


async def by_hand(run: Run, settings: Settings, report: Report) -> None:
    """Training that leaves it to the export to write what training should have come to."""
    del settings
    report("Trained.")
    learned = run.folder / "dataset" / "train.jsonl"
    run.finish("train", Done("now", inputs={"train": digest_of(learned)}))


async def exported(run: Run, settings: Settings, report: Report) -> None:
    """The adapter as GGUF."""
    del report
    target, model = run.folder / "export" / "adapter.gguf", settings.root / "model.gguf"
    target.parent.mkdir()
    write_teaching(target, model)
    outputs = {"export/adapter.gguf": digest_of(target)}
    run.finish("export", Done("now", inputs={"base": digest_of(model)}, outputs=outputs))


async def passed(run: Run, settings: Settings, report: Report) -> None:
    """A gate that has nothing against it."""
    del settings, report
    decision = Decision(passed=True, verdict="passed", reasons=("It is better.",), run=run.id)
    run.finish("gate", Done("now", outputs=keeping.write(run.folder, decision, (), run.manifest)))


def learned(run: Run) -> list[str]:
    """The answers in a run's dataset."""
    names = ("train", "validation", "heldout")
    texts = [(run.folder / "dataset" / f"{name}.jsonl").read_text("utf-8") for name in names]
    lines = [json.loads(line) for text in texts for line in text.splitlines()]
    return [line["messages"][-1]["content"] for line in lines]


@pytest.mark.usefixtures("brisk")
async def test_a_correction_changes_the_next_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the run is promoted by a press in Slack; going back restores it sign for sign."""
    without_weights(monkeypatch)
    hurried(monkeypatch)
    write_model(tmp_path / "model.gguf", SHAPE)
    rows = [f'"What about {name}?","{text}"' for name, text in list(PAGES.items())[1:]]
    (tmp_path / "more.csv").write_text("\n".join(["question,answer", *rows]), "utf-8")
    async with team(tmp_path, PAGES, SETTINGS) as here:
        message, before, adapter = await here.asks(QUESTION)
        assert (before, adapter) == (BEFORE, None)
        await here.corrects(message, AFTER)

        steps = Steps(begin, by_hand, exported, passed)
        run, _ = await run_all(here.app.settings, report=print, steps=steps)
        assert AFTER in learned(run)
        asked = await here.asked()
        assert run.id in asked.shown
        assert (await here.asks(QUESTION))[1:] == (BEFORE, None)

        assert (await here.boss.clicks(asked, "promote")).ok
        name = digest_of(run.folder / "export" / "adapter.gguf")[:12]
        await here.uses(name)
        assert (await here.asks(QUESTION))[1:] == (AFTER, name)

        await Registry(here.room.state).roll_back("boss at the command line")
        await here.uses(None)
        assert (await here.asks(QUESTION))[1:] == (BEFORE, None)
