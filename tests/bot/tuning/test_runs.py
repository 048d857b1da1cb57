"""A run's folder and its manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.tuning.runs import (
    STEPS,
    Done,
    Run,
    begin,
    digest_of,
    new_manifest,
    open_run,
    runs,
)


def made(root: Path) -> Run:
    """A run that has just begun."""
    return begin(root, new_manifest(7, parent="a1", settings={"rank": 16}, versions={"x": "1"}))


def wrote(run: Run, name: str, text: str = "x") -> Done:
    """A step that wrote one file."""
    path = run.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return Done("2026-01-01T00:00:00+00:00", 1.5, {"in": "0"}, {name: digest_of(path)}, {"n": 3})


def test_a_run_is_found_again(tmp_path: Path) -> None:
    """With all that its manifest says, by its name and as the latest."""
    run = made(tmp_path)
    run.finish("dataset", wrote(run, "dataset/train.jsonl"))
    run.knows({"torch": "2"})
    assert open_run(tmp_path).manifest == run.manifest
    assert open_run(tmp_path, run.id).done("dataset") == run.manifest.steps["dataset"]
    assert run.manifest.versions == {"x": "1", "torch": "2"}
    assert runs(tmp_path) == [run.id]


def test_the_latest_run_is_the_one_that_began_last(tmp_path: Path) -> None:
    """However many begin within one second."""
    ids = [made(tmp_path).id for _ in range(50)]
    assert runs(tmp_path) == ids
    assert open_run(tmp_path).id == ids[-1]


def test_a_step_that_is_done_anew_undoes_those_behind_it(tmp_path: Path) -> None:
    """What was made of the old one does not pass for made of the new one."""
    run = made(tmp_path)
    for step in STEPS:
        run.finish(step, wrote(run, step))
    run.finish("train", wrote(run, "train", "y"))
    assert open_run(tmp_path).done("dataset")
    assert open_run(tmp_path).done("export") is None


@pytest.mark.parametrize("change", ["changed", "gone"])
def test_what_was_changed_since_is_not_built_upon(tmp_path: Path, change: str) -> None:
    """A step's output that is no longer as it was is named."""
    run = made(tmp_path)
    run.finish("dataset", wrote(run, "train.jsonl"))
    if change == "gone":
        (run.folder / "train.jsonl").unlink()
    else:
        (run.folder / "train.jsonl").write_text("y", "utf-8")
    with pytest.raises(FootnoteError, match=r"train\.jsonl is not as footnote tune dataset left"):
        run.needs("dataset")


def test_a_missing_step_is_named(tmp_path: Path) -> None:
    """One sentence says which command comes first."""
    with pytest.raises(FootnoteError, match="run footnote tune train first"):
        made(tmp_path).needs("train")


def test_missing_runs_are_named(tmp_path: Path) -> None:
    """No run at all, one that is not there, and a manifest that is none."""
    with pytest.raises(FootnoteError, match="begin with footnote tune dataset"):
        open_run(tmp_path)
    run = made(tmp_path)
    with pytest.raises(FootnoteError, match=f"There is no run x in .*: the latest is {run.id}"):
        open_run(tmp_path, "x")
    (run.folder / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(FootnoteError, match="begin anew with footnote tune dataset"):
        open_run(tmp_path)


def test_a_full_disk_leaves_the_manifest_as_it_was(tmp_path: Path) -> None:
    """A manifest that cannot be written is said in one sentence, and the old one stands."""
    run = made(tmp_path)
    (run.folder / "manifest.part").mkdir()
    with pytest.raises(FootnoteError, match=r"manifest\.json cannot be written"):
        run.finish("dataset", Done("now"))
    assert open_run(tmp_path).done("dataset") is None
