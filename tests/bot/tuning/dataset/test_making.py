"""The step as a whole: its run, its manifest, and what is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.tuning.dataset import making
from footnote.bot.tuning.dataset.making import TooFewError, make_dataset
from footnote.bot.tuning.dataset.writing import write
from footnote.bot.tuning.examples import Example, read_examples
from footnote.bot.tuning.runs import Run, begin, digest_of, new_manifest, open_run, runs
from tests.bot.tuning.dataset.team import (
    BAD,
    COSTS,
    ENDS,
    EXPIRES,
    GOOD,
    IS_28,
    LAPTOP,
    LEAVE,
    ORDERS,
    TRAVEL,
    Team,
    silent,
    team,
)

FEW = "[tune]\nmin_examples = 4\n"


async def praise_all(made: Team) -> None:
    """Four questions that have nothing in common, all found good."""
    for text, says in ((LEAVE, IS_28), (TRAVEL, COSTS), (EXPIRES, ENDS), (LAPTOP, ORDERS)):
        await made.judge(await made.ask(text, f"{says} [1]"), GOOD)


async def make(made: Team, told: list[str] | None = None) -> Run:
    """Make a dataset; what is reported goes into `told`."""
    report = silent if told is None else told.append
    return await make_dataset(made.app, made.state, parent="a1", report=report)


def learned(run: Run) -> list[Example]:
    """Every example of a run."""
    paths = sorted((run.folder / "dataset").glob("*.jsonl"))
    return [example for path in paths for example in read_examples(path)]


async def test_all_thumbs_up_make_a_dataset(tmp_path: Path) -> None:
    """Three files, a manifest that says what they were made of, and a sentence for each figure."""
    async with team(tmp_path, FEW) as made:
        await praise_all(made)
        told: list[str] = []
        run = await make(made, told)
        done = open_run(tmp_path / ".footnote" / "tuning").needs("dataset")
    assert sorted(done.outputs) == [
        f"dataset/{n}.jsonl" for n in ("heldout", "train", "validation")
    ]
    assert set(done.inputs) == {"journal"}
    assert done.facts["origins"] == {"praised": 4}
    assert sum(done.facts["splits"].values()) == len(learned(run)) == 4
    assert (run.manifest.parent, run.manifest.seed) == ("a1", 1)
    assert run.manifest.settings["min_examples"] == 4
    assert {"footnote-bot", "datasketch", "python"} <= set(run.manifest.versions)
    assert told[1:3] == ["Looked at 4 finished questions.", "Kept 4 examples: 4 praised."]
    assert told[-2].startswith("The gate asks for 20 held-out conversations, and these are ")
    assert told[-1] == f"Wrote the run {run.id}."


async def test_the_same_makes_the_same(tmp_path: Path) -> None:
    """Two runs of the same state differ in their names alone; a verdict more, in their input."""
    async with team(tmp_path, FEW) as made:
        await praise_all(made)
        first, second = await make(made), await make(made)
        await made.judge("q1", BAD, "U8")
        await made.judge("q1", GOOD, "U9")
        third = await make(made)
    assert first.needs("dataset").outputs == second.needs("dataset").outputs
    assert first.needs("dataset").inputs == second.needs("dataset").inputs
    assert first.needs("dataset").inputs != third.needs("dataset").inputs
    assert first.needs("dataset").outputs == third.needs("dataset").outputs


async def test_too_few_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    """What was kept and left out is told before the sentence that says what to do."""
    async with team(tmp_path) as made:
        await praise_all(made)
        await made.ask(LEAVE, f"{IS_28} [1]")
        told: list[str] = []
        with pytest.raises(TooFewError, match=r"too few examples .*\(4, and min_examples .* 100\)"):
            await make(made, told)
    assert told[-2:] == ["Left out 1:", "  1: nobody said what they think of the answer"]
    assert not (tmp_path / ".footnote").exists()


async def test_nothing_at_all_is_one_sentence(tmp_path: Path) -> None:
    """An empty state, and none."""
    async with team(tmp_path) as made:
        for state in (made.state, None):
            with pytest.raises(TooFewError, match="There is nothing to learn from yet"):
                await make_dataset(made.app, state, report=silent)


async def test_what_all_belongs_together_cannot_be_held_out(tmp_path: Path) -> None:
    """One thread alone cannot say how well another is answered."""
    async with team(tmp_path, FEW) as made:
        for text, says in ((LEAVE, IS_28), (TRAVEL, COSTS), (EXPIRES, ENDS), (LAPTOP, ORDERS)):
            name = await made.ask(text, says, place="C1/1")
            await made.judge(name, GOOD)
        with pytest.raises(TooFewError, match="All examples belong together"):
            await make(made)


@pytest.mark.parametrize("written", range(3))
async def test_a_killed_step_leaves_no_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """Wherever it is killed, the run is not done, and the next one is a run of its own."""
    left = iter(range(written))

    def killed(run: Run, name: str, examples: Iterable[Example]) -> str:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return write(run, name, examples)

    root = tmp_path / ".footnote" / "tuning"
    async with team(tmp_path, FEW) as made:
        await praise_all(made)
        monkeypatch.setattr(making, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            await make(made)
        (broken,) = runs(root)
        with pytest.raises(FootnoteError, match="has no dataset yet: run footnote tune dataset"):
            open_run(root).needs("dataset")
        monkeypatch.undo()
        run = await make(made)
    assert run.id != broken
    assert len(learned(open_run(root, run.id))) == 4


async def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing half-written has the name of a dataset's file."""

    def full(path: Path, examples: object) -> None:
        del examples
        path.write_text("{", "utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("footnote.bot.tuning.dataset.writing.write_examples", full)
    async with team(tmp_path, FEW) as made:
        await praise_all(made)
        with pytest.raises(FootnoteError, match=r"train\.jsonl cannot be written \(No space left"):
            await make(made)
        assert not learned(open_run(tmp_path / ".footnote" / "tuning"))


async def test_a_line_is_what_a_trainer_reads(tmp_path: Path) -> None:
    """Chat JSONL: system, user, assistant; people and places stand nowhere in it."""
    async with team(tmp_path, FEW) as made:
        await praise_all(made)
        run = await make(made)
    for path in (run.folder / "dataset").glob("*.jsonl"):
        for line in path.read_text("utf-8").splitlines():
            told = json.loads(line)
            assert [message["role"] for message in told["messages"]] == [
                "system",
                "user",
                "assistant",
            ]
            assert "U1" not in line
            assert "slack" not in line


def test_a_digest_is_that_of_what_is_there(tmp_path: Path) -> None:
    """The manifest's hashes are those of the files."""
    run = begin(tmp_path, new_manifest(1, parent="", settings={}, versions={}))
    digest = write(run, "train", [])
    assert digest == digest_of(run.folder / "dataset" / "train.jsonl")
