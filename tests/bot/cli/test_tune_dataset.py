"""`footnote tune dataset` at the command line."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.bot.tuning.dataset.writing import write
from footnote.bot.tuning.runs import Done, begin, new_manifest, open_run
from tests.bot.cli.conftest import Footnote
from tests.bot.tuning.made import example

LEAVE = "Every employee gets 28 days of annual leave in a calendar year."
NOTE = "A doctor's note is needed after three days of sick leave."
ROWS = f"""\
question,answer
How many days of annual leave are there?,{LEAVE}
When is a doctor's note needed?,{NOTE}
Who brews beer on Mars?,Marvin does.
What is this?
After how much sick leave do I need a doctor?,- {NOTE}
Tell me of annual leave and of notes.,{LEAVE} {NOTE}
"""


@pytest.fixture
def with_file(synced: Footnote, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Footnote:
    """The settings name a table of questions and answers."""
    (folder / "faq.csv").write_text(ROWS, "utf-8")
    monkeypatch.setenv("FOOTNOTE_TUNE__FILES", '["faq.csv"]')
    return synced


def test_a_dataset_is_made_and_told(
    with_file: Footnote, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was kept, what was left out and why, line by line, and where it is."""
    monkeypatch.setenv("FOOTNOTE_TUNE__MIN_EXAMPLES", "2")
    ran = with_file("tune", "dataset")
    assert (ran.code, ran.err) == (0, "")
    run = open_run(folder / ".footnote" / "tuning")
    first, *lines, last = ran.out.splitlines()
    assert first == "Read 6 lines of faq.csv."
    assert "    faq.csv, line 5: it has no answer" in lines
    assert any(line.startswith('    faq.csv, line 4: "Marvin does.": ') for line in lines)
    assert last == f"Wrote the run {run.id}."
    assert list(run.needs("dataset").inputs) == [str(folder / "faq.csv")]
    assert not list(folder.rglob("state.db"))


def test_too_few_is_exit_code_1(with_file: Footnote) -> None:
    """With all that there is to tell of it on stdout, and one sentence on stderr."""
    ran = with_file("tune", "dataset")
    assert ran.code == 1
    assert "faq.csv, line 5: it has no answer" in ran.out
    assert ran.err.startswith("footnote: There are too few examples to train on (")
    assert len(ran.err.splitlines()) == 1


def test_an_empty_state_is_one_sentence(synced: Footnote, folder: Path) -> None:
    """Nothing was served yet, and no file is named; no state is made by looking."""
    ran = synced("tune", "dataset")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("footnote: There is nothing to learn from yet: let people judge")
    assert not list(folder.rglob("state.db"))


def test_a_missing_extra_is_one_sentence(synced: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names what is missing, and how to install it."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: None if name == "datasketch" else find(name),
    )
    ran = synced("tune", "dataset")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "footnote: Making a dataset needs datasketch: pip install 'footnote-bot[tune]'.\n"
    )


@pytest.mark.parametrize("step", ["train", "export", "gate", "promote"])
def test_no_step_builds_upon_what_may_be_forgotten(
    synced: Footnote, folder: Path, step: str
) -> None:
    """Where nobody knows what was forgotten since, nothing is made of what people asked."""
    run = begin(
        folder / ".footnote" / "tuning", new_manifest(1, parent="", settings={}, versions={})
    )
    write(run, "train", [example("1")])
    ran = synced("tune", step)
    assert ran.code == 1
    assert "and there is no state here that knows what of it was forgotten" in ran.err


@pytest.mark.parametrize("step", ["train", "gate"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("{\n", "train.jsonl is no example: make the dataset anew"),
        ("", "train.jsonl is not as footnote tune dataset left it: run that step again"),
    ],
)
def test_a_broken_example_is_not_built_upon(
    synced: Footnote, folder: Path, step: str, change: str, said: str
) -> None:
    """Neither one that is none, nor one that was taken out; one sentence names the file."""
    manifest = new_manifest(1, parent="", settings={}, versions={})
    run = begin(folder / ".footnote" / "tuning", manifest)
    examples = [replace(example(name), question_id="") for name in "ab"]
    digest = write(run, "train", examples)
    run.finish("dataset", Done("now", outputs={"dataset/train.jsonl": digest}))
    path = run.folder / "dataset" / "train.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, change] if change else lines[1:]), "utf-8")
    ran = synced("tune", step)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
