"""What was forgotten is learned no longer, and leaves the datasets that there are."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.bot.audience import Audiences
from footnote.bot.commands import ServedCommands
from footnote.bot.errors import FootnoteError
from footnote.bot.feedback import forget, forget_asker
from footnote.bot.platforms.base import Command
from footnote.bot.questions import Answer, Outcome, Question
from footnote.bot.serving import _tidy
from footnote.bot.tuning.dataset import forgetting
from footnote.bot.tuning.dataset.candidates import Why
from footnote.bot.tuning.dataset.forgetting import (
    checked_run,
    still_learned,
    take_back,
    take_back_everywhere,
)
from footnote.bot.tuning.dataset.making import make_dataset
from footnote.bot.tuning.dataset.writing import write
from footnote.bot.tuning.examples import Example, read_examples, write_examples
from footnote.bot.tuning.running import Steps, run_all
from footnote.bot.tuning.runs import Done, Run, begin, new_manifest, open_run
from tests.bot.tuning.dataset.team import (
    COSTS,
    ENDS,
    EXPIRES,
    GOOD,
    IS_28,
    LEAVE,
    TRAVEL,
    Team,
    settings_in,
    silent,
    team,
    why,
)
from tests.bot.tuning.made import example
from tests.waiting import until

FEW = "[tune]\nmin_examples = 1\n"


def learned(run: Run) -> list[Example]:
    """Every example of a run."""
    paths = sorted((run.folder / "dataset").glob("*.jsonl"))
    return [example for path in paths for example in read_examples(path)]


async def praised(made: Team) -> Run:
    """A run with a thread of two questions of U1, and one question each of U2 and U3."""
    made.passages = 1
    for text, says, place, asker in (
        (LEAVE, f"{IS_28} [1]", "C1/1", "U1"),
        (TRAVEL, f"{COSTS} [2]", "C1/1", "U4"),
        (EXPIRES, f"{ENDS} [1]", "C1/2", "U2"),
        ("Who orders a laptop?", "The service desk orders a new laptop. [1]", "C1/3", "U3"),
    ):
        name = await made.ask(text, says, place=place, asker=asker)
        await made.judge(name, GOOD, asker)
    return await make_dataset(made.app, made.state, report=silent)


async def test_what_was_forgotten_is_not_learned(tmp_path: Path) -> None:
    """Neither the question, nor a later one of the thread whose record still holds its words."""
    async with team(tmp_path, FEW) as made:
        await praised(made)
        assert await forget(made.state, "q1")
        found = await made.gathered()
    assert [each.question_id for each in found.examples] == ["q3", "q4"]
    assert why(found) == {"q2": Why.FORGOTTEN_TURN}
    assert LEAVE not in str(found.examples)


async def test_a_dataset_loses_what_is_forgotten(tmp_path: Path) -> None:
    """Every example with a word of it, and what was made of the dataset is to be made again."""
    async with team(tmp_path, FEW) as made:
        run = await praised(made)
        run.finish("train", Done("now"))
        (run.folder / "gate").mkdir()
        (run.folder / "gate" / "report.md").write_text(LEAVE, "utf-8")
        assert await take_back(run, made.app.settings, made.state) == 0
        assert (run.folder / "gate").exists()
        assert await forget_asker(made.state, "U1") == 1
        assert await take_back(run, made.app.settings, made.state) == 2
        again = open_run(run.folder.parent, run.id)
        assert {each.question_id for each in learned(again)} == {"q3", "q4"}
        with pytest.raises(FootnoteError, match="has no train yet: run footnote tune train first"):
            again.needs("train")
        assert again.needs("dataset").facts["taken_back"] == 2
        assert await take_back(again, made.app.settings, made.state) == 0
    assert not any(
        LEAVE in path.read_text("utf-8") for path in run.folder.rglob("*") if path.is_file()
    )


async def test_a_question_that_is_no_longer_kept_is_taken_back(tmp_path: Path) -> None:
    """How long answers are kept holds for what is learned of them, too."""
    async with team(tmp_path, FEW) as made:
        run = await praised(made)
        await made.advance(40 * 86400.0)
        assert await take_back(run, made.app.settings, made.state) == 4
        assert learned(run) == []


async def test_what_may_no_longer_be_learned_from_is_taken_back(tmp_path: Path) -> None:
    """A source that is for fewer today takes its passages with it."""
    async with team(tmp_path, FEW) as made:
        run = await praised(made)
        fewer = '[sources.handbook]\nkind = "files"\npath = "docs"\naudience = ["slack:C9"]\n'
        assert await take_back(run, settings_in(tmp_path, fewer), made.state) == 4


async def test_what_a_killed_step_left_goes_as_a_whole(tmp_path: Path) -> None:
    """Half of a file may hold anything, and is of no use to anybody."""
    async with team(tmp_path, FEW) as made:
        run = begin(
            tmp_path / ".footnote" / "tuning",
            new_manifest(1, parent="", settings={}, versions={}),
        )
        write(run, "train", [example("1"), replace(example("2"), question_id="")])
        (run.folder / "dataset" / "heldout.jsonl").write_text('{"messages": [', "utf-8")
        (run.folder / "dataset" / "validation.part").write_text("{}", "utf-8")
        assert await take_back_everywhere(made.app.settings, made.state) == 1
    assert [each.id for each in learned(run)] == ["2"]
    assert [path.name for path in (run.folder / "dataset").iterdir()] == ["train.jsonl"]


async def test_a_step_takes_back_before_it_builds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says how much; where there is no state, it refuses to build upon what people asked."""
    async with team(tmp_path, FEW) as made:
        run = await praised(made)
        settings = made.app.settings
        told: list[str] = []
        with pytest.raises(FootnoteError, match="there is no state here that knows what of it was"):
            await still_learned(run, settings, told.append)
        monkeypatch.setattr(forgetting, "has_state", lambda _: True)
        monkeypatch.setattr(forgetting, "open_state", lambda _: made.second())
        await still_learned(run, settings, told.append)
        assert told == []
        await forget(made.state, "q3")
        await still_learned(run, settings, told.append)
    assert len(told) == 1
    assert told[0].startswith("Took back 1 example of the run ")


async def test_the_command_takes_back_at_once(tmp_path: Path) -> None:
    """/forget reaches the datasets of the machine that serves, whatever else lies there."""
    async with team(tmp_path, FEW) as made:
        run = await praised(made)
        broken = run.folder.parent / "20200101-000000-aaaa"
        broken.mkdir()
        (broken / "manifest.json").write_text("{", "utf-8")
        commands = ServedCommands(made.app, made.state, Audiences())
        texts = [text async for text in commands(Command("forget", asker="U1"))]
        assert texts == ["1 question of yours and their answers are forgotten."]
        assert {each.question_id for each in learned(run)} == {"q3", "q4"}


async def test_whoever_serves_takes_back_now_and_then(tmp_path: Path) -> None:
    """Also what was forgotten on another machine, or has expired."""
    async with team(tmp_path, FEW) as made:
        run = await praised(made)
        await made.state.journal.erase("q3")
        tidying = asyncio.ensure_future(_tidy(made.app.settings, made.state))
        await until(lambda: len(learned(run)) == 3)
        tidying.cancel()


async def test_a_command_gets_the_run_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever acts on a run, by its name or on the latest, does not see what was forgotten."""
    async with team(tmp_path, FEW) as made:
        run = await praised(made)
        monkeypatch.setattr(forgetting, "has_state", lambda _: True)
        monkeypatch.setattr(forgetting, "open_state", lambda _: made.second())
        await forget(made.state, "q3")
        found = await checked_run(made.app.settings, run.id, silent)
        assert {each.question_id for each in learned(found)} == {"q1", "q2", "q4"}
        assert (await checked_run(made.app.settings, "", silent)).id == run.id


async def test_a_round_that_goes_on_looks_first(tmp_path: Path) -> None:
    """No step of `tune run` is done, or taken for done, before it is known what was forgotten."""

    async def never(*arguments: object) -> Run:
        raise AssertionError(arguments)

    async with team(tmp_path, FEW) as made:
        await praised(made)
        with pytest.raises(FootnoteError, match="there is no state here that knows what of it was"):
            await run_all(made.app.settings, report=silent, steps=Steps(never, never, never, never))


async def test_files_need_no_state(tmp_path: Path) -> None:
    """What comes from files alone is forgotten by taking the file out."""
    run = begin(tmp_path, new_manifest(1, parent="", settings={}, versions={}))
    (run.folder / "dataset").mkdir()
    one = replace(example("1"), question_id="")
    write_examples(run.folder / "dataset" / "train.jsonl", [one])
    await still_learned(run, settings_in(tmp_path), silent)
    assert learned(run) == [one]


async def test_withdrawn_words_are_not_learned(tmp_path: Path) -> None:
    """A reply whose author removed it is no answer any more."""
    async with team(tmp_path, FEW) as made:
        name = await made.ask(EXPIRES, None)
        await made.reply(name, ENDS)
        assert len((await made.gathered()).examples) == 1
        await made.withdraw("r1")
        found = await made.gathered()
        assert not found.examples
        question = Question("w", LEAVE, place="C2", platform="slack")
        await made.finish(Answer(question, Outcome.WITHDRAWN))
        assert (await made.gathered()).questions == 1
