"""One round of the loop, which goes on where it was broken off."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from filelock import FileLock

from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.settings.schema import Settings
from footnote.bot.state.opening import open_state
from footnote.bot.tuning.announcing import NEWS
from footnote.bot.tuning.gate import keeping
from footnote.bot.tuning.gate.decision import Decision, Verdict
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.running import Report, Steps, run_all
from footnote.bot.tuning.runs import Done, Run, begin, digest_of, new_manifest, open_run, runs
from tests.bot.tuning.registry.test_swapping import settings

ALL = ["dataset", "train", "export", "gate"]


class Killed(BaseException):
    """What no step can do anything about."""


@dataclass
class Work:
    """Steps that take no time.

    Attributes:
        done: The steps, as they were begun.
        dies_in: The step in which the process is killed, or "".
        passes: Whether the gate is passed.
    """

    done: list[str] = field(default_factory=list)
    dies_in: str = ""
    passes: bool = True

    @property
    def steps(self) -> Steps:
        """The same as `run_all` takes them."""
        return Steps(self._dataset, self._train, self._export, self._gate)

    def _begin(self, step: str) -> None:
        self.done.append(step)
        if step == self.dies_in:
            raise Killed

    async def _dataset(self, chosen: Settings, report: Report) -> Run:
        del report
        self._begin("dataset")
        root = chosen.folder / "tuning"
        manifest = new_manifest(1, parent="", settings={}, versions={})
        # Names tell runs of different seconds apart, and these take less.
        run = begin(root, replace(manifest, id=f"run-{len(runs(root))}"))
        run.finish("dataset", wrote(run, "dataset.jsonl"))
        return run

    async def _train(self, run: Run, chosen: Settings, report: Report) -> None:
        del chosen, report
        self._begin("train")
        run.finish("train", wrote(run, "adapter"))

    async def _export(self, run: Run, chosen: Settings, report: Report) -> None:
        del chosen, report
        self._begin("export")
        run.finish("export", wrote(run, "export/adapter.gguf"))

    async def _gate(self, run: Run, chosen: Settings, report: Report) -> None:
        del chosen, report
        self._begin("gate")
        verdict: Verdict = "passed" if self.passes else "refused"
        decision = Decision(self.passes, verdict, ("Because of this.",), run=run.id)
        run.finish(
            "gate", Done("now", outputs=keeping.write(run.folder, decision, (), run.manifest))
        )


def wrote(run: Run, name: str) -> Done:
    """A step that wrote one file, which says of which run it is."""
    path = run.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(run.id, "utf-8")
    return Done("now", outputs={name: digest_of(path)})


async def ran(
    folder: Path, work: Work, *, name: str = "", anew: bool = False
) -> tuple[Run, list[str]]:
    """One round, and what it said."""
    said: list[str] = []
    chosen = settings(folder)
    run, _ = await run_all(chosen, report=said.append, name=name, anew=anew, steps=work.steps)
    return run, said


async def news(folder: Path) -> list[dict[str, str]]:
    """What is filed for the admins."""
    async with open_state(settings(folder)) as state:
        records = await state.records.all(NEWS)
    return [json.loads(record.value) for record in records.values()]


async def test_all_steps_and_then_the_admins(tmp_path: Path) -> None:
    """What has passed is filed with its bytes, so that any replica can promote it."""
    run, said = await ran(tmp_path, work := Work())
    assert work.done == ALL
    assert [line for line in said if line.startswith("Step")] == [
        "Step 1 of 4: the dataset",
        *(f"Step {number} of 4: {step}" for number, step in enumerate(ALL[1:], 2)),
    ]
    (told,) = await news(tmp_path)
    assert told["run"] == run.id
    assert "has passed the gate. Because of this." in told["text"]
    assert str(run.folder / "gate" / "report.html") in told["text"]
    async with open_state(settings(tmp_path)) as state:
        registry = Registry(state)
        adapter = await registry.adapter(told["adapter"])
        assert (adapter.run, adapter.verdict) == (run.id, "passed")
        path = await registry.fetch(adapter, tmp_path / "cache")
        assert path.read_text("utf-8") == run.id
        assert not (await registry.current()).adapter


async def test_what_has_not_passed_is_told_and_not_filed(tmp_path: Path) -> None:
    """There is nothing to decide then."""
    await ran(tmp_path, Work(passes=False))
    (told,) = await news(tmp_path)
    assert told["adapter"] == ""
    assert "The gate refuses the candidate. Because of this." in told["text"]
    async with open_state(settings(tmp_path)) as state:
        assert not await Registry(state).adapters()


@pytest.mark.parametrize("step", ALL)
async def test_a_killed_run_is_gone_on_with(tmp_path: Path, step: str) -> None:
    """At the step that was broken off; what is done is not done again."""
    with pytest.raises(Killed):
        await ran(tmp_path, Work(dies_in=step))
    run, said = await ran(tmp_path, work := Work())
    assert work.done == ALL[ALL.index(step) :]
    if step != "dataset":
        assert f"Going on with the run {run.id}." in said
    assert len(await news(tmp_path)) == 1


async def test_one_that_died_before_the_admins_knew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is handed over by the next, which does nothing else; they are told once."""

    async def dies(*_: object) -> bool:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("footnote.bot.tuning.running.file_news", dies)
        with pytest.raises(Killed):
            await ran(tmp_path, Work())
    assert not await news(tmp_path)
    run, _ = await ran(tmp_path, work := Work())
    assert not work.done
    (run.folder / "announced").unlink()
    await ran(tmp_path, work)
    assert len(await news(tmp_path)) == 1


async def test_a_run_at_its_end_is_followed_by_another(tmp_path: Path) -> None:
    """And so is one that somebody does not want to go on with; a named one is gone on with."""
    first, _ = await ran(tmp_path, Work())
    with pytest.raises(Killed):
        await ran(tmp_path, Work(dies_in="export"))
    second = open_run(settings(tmp_path).folder / "tuning")
    assert second.id != first.id
    third, _ = await ran(tmp_path, work := Work(), anew=True)
    assert (work.done, third.id in {first.id, second.id}) == (ALL, False)
    again, _ = await ran(tmp_path, work := Work(), name=second.id)
    assert (again.id, work.done) == (second.id, ["export", "gate"])


async def test_what_was_changed_since_is_made_anew(tmp_path: Path) -> None:
    """With what is behind it, and it is said why; a changed dataset is not trained on."""
    with pytest.raises(Killed):
        await ran(tmp_path, Work(dies_in="gate"))
    run = open_run(settings(tmp_path).folder / "tuning")
    (run.folder / "adapter").write_text("x", "utf-8")
    _, said = await ran(tmp_path, work := Work())
    assert work.done == ["train", "export", "gate"]
    assert any("is not as footnote tune train left it" in line for line in said)
    with pytest.raises(Killed):
        await ran(tmp_path, Work(dies_in="train"))
    run = open_run(settings(tmp_path).folder / "tuning")
    (run.folder / "dataset.jsonl").unlink()
    with pytest.raises(FootnoteError, match="is not as footnote tune dataset left it"):
        await ran(tmp_path, Work())


async def test_two_at_once(tmp_path: Path) -> None:
    """The second is told to wait, in one sentence."""
    folder = settings(tmp_path).folder / "tuning"
    folder.mkdir(parents=True)
    with FileLock(folder / "run.lock"), pytest.raises(UnavailableError, match="wait until it is"):
        await ran(tmp_path, Work())
