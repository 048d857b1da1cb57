"""`footnote eval compare`: four ways over a team's own questions."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from footnote.bot import app as app_module
from footnote.bot.app import open_app
from footnote.bot.cli.main import run as footnote
from footnote.bot.evaluation.agreement import says_the_same, token_f1
from footnote.bot.evaluation.beir import DataError
from footnote.bot.evaluation.compare import ALONE, Reply, Way, scores
from footnote.bot.evaluation.compare_cost import Cost
from footnote.bot.evaluation.compare_picture import LABELS, svg
from footnote.bot.evaluation.compare_questions import AskedQuestion, read_asked
from footnote.bot.evaluation.compare_run import Comparison, Tuned, compare, tuned_model
from footnote.bot.generators.base import GenerationError, Generator, Message, Prompt, Queued
from footnote.bot.prompts import REFUSAL
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.runs import Done, begin, new_manifest
from footnote.retrieval.text import Analyzer
from tests.hashing import HashEmbedder

LEAVE = AskedQuestion(
    "How many days of annual leave are there?",
    "There are 28 days of annual leave.",
    "handbook:leave.md",
)
BADGE = AskedQuestion(
    "Who prints a new badge?", "Ms Abara prints a new badge.", "handbook:badge.md"
)
CATS = AskedQuestion("How many cats live in the building?", "")
QUESTIONS = (LEAVE, BADGE, CATS)


class Knower:
    """Knows the leave of last year; reads passages well; its adapter knows the badge by heart."""

    name = "knower"
    note = ""
    verbatim = False
    context_tokens = 4096
    prefill_rate: float | None = None
    decode_rate: float | None = None

    def __init__(self) -> None:
        self.adapter: str | None = None
        self.loaded: dict[str, Path] = {}

    async def generate(self, prompt: Prompt) -> AsyncIterator[str | Queued]:
        """By heart without passages, else what the right passage says."""
        yield Queued(0)
        if not prompt.passages:
            assert prompt.messages[0] == Message("system", ALONE)
            yield self._by_heart(prompt.question)
            return
        for item in prompt.passages:
            text = item.passage.text.split("\n")[-1]
            if ("leave" in prompt.question and "28" in text) or (
                "badge" in prompt.question and "Abara" in text
            ):
                yield f"{text} [{item.number}]"
                return
        yield REFUSAL

    def _by_heart(self, question: str) -> str:
        if "leave" in question:
            return "There are 25 days of annual leave."
        return "Ms Abara prints a new badge." if self.adapter and "badge" in question else REFUSAL

    def read_already(self, prompt: Prompt) -> int:
        """Nothing."""
        del prompt
        return 0

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """One token a word."""
        return sum(len(message.text.split()) for message in messages)

    async def load_adapter(self, adapter: str, path: Path) -> None:
        """Remember it."""
        self.loaded[adapter] = path

    async def use_adapter(self, adapter: str | None) -> None:
        """Know the badge, or no longer."""
        if adapter is not None and adapter not in self.loaded:
            raise GenerationError("it was never loaded")
        self.adapter = adapter


@pytest.fixture
async def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A handbook of two pages, indexed, and a model on this machine."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "leave.md").write_text(
        "# Leave\n\nThere are 28 days of annual leave.\n", "utf-8"
    )
    (tmp_path / "docs" / "badge.md").write_text(
        "# Badges\n\nMs Abara prints a new badge.\n", "utf-8"
    )
    path = tmp_path / "footnote.toml"
    path.write_text(
        '[answer]\ngate = "eager"\n[sources.handbook]\nkind = "files"\npath = "docs"\n'
        'audience = ["everyone"]\n',
        "utf-8",
    )
    made = load_settings(path)
    async with open_app(made, report=print, embedder=HashEmbedder(), answers=False) as app:
        await app.sync.run(app.connectors["handbook"], "handbook")
    monkeypatch.setenv("FOOTNOTE_ANSWER__GENERATOR", "gguf")
    return load_settings(path)


@pytest.fixture
def knower(monkeypatch: pytest.MonkeyPatch) -> Knower:
    """The model that the settings open."""
    made = Knower()

    @asynccontextmanager
    async def open_generator(settings: Settings) -> AsyncIterator[Generator]:
        del settings
        yield made

    monkeypatch.setattr(app_module, "open_generator", open_generator)
    return made


async def _compared(settings: Settings, tuned: Tuned | None) -> Comparison:
    return await compare(settings, QUESTIONS, tuned, report=lambda _: None, embedder=HashEmbedder())


async def test_four_ways_side_by_side(settings: Settings, knower: Knower, tmp_path: Path) -> None:
    """Each has its own right, wrong and refused ones, and the model is left without an adapter."""
    run = begin(tmp_path / "runs", new_manifest(1, parent="", settings={}, versions={}))
    run.finish("dataset", Done("2026-01-01T00:00:00+00:00", 20.0))
    run.finish("train", Done("2026-01-01T00:00:00+00:00", 400.0))
    found = await _compared(settings, Tuned("voice", tmp_path / "voice.gguf", run))
    ways = {
        way: (round(s.right * 3), round(s.wrong * 3), round(s.refused * 3))
        for way, s in found.scores.items()
    }
    assert ways == {
        Way.BASE: (1, 1, 1),
        Way.TUNED: (2, 1, 0),
        Way.RETRIEVAL: (3, 0, 0),
        Way.BOTH: (3, 0, 0),
    }
    assert found.scores[Way.RETRIEVAL].document == 1.0
    assert found.scores[Way.RETRIEVAL].cited == 1.0
    assert found.scores[Way.BASE].cited == 0.0
    assert found.scores[Way.BASE].token_f1 < 0.5 < found.scores[Way.RETRIEVAL].token_f1
    assert found.scores[Way.RETRIEVAL].read > found.scores[Way.BASE].read > 0
    assert found.scores[Way.BASE].written > 0
    assert found.costs[Way.TUNED].seconds == 420.0
    assert found.costs[Way.BASE].seconds is None
    assert (found.costs[Way.RETRIEVAL].seconds or 0) > 0
    assert (knower.adapter, found.adapter, found.remarks) == (None, "voice", ())


async def test_without_a_tuned_model_the_rest_is_compared(
    settings: Settings, knower: Knower
) -> None:
    """And it is said that there is none."""
    assert await tuned_model(settings) is None
    found = await _compared(settings, None)
    assert list(found.scores) == [Way.BASE, Way.RETRIEVAL]
    assert "no tuned model yet" in found.remarks[0]
    assert not knower.loaded


async def test_quotations_have_no_model_to_ask_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare machine compares what it has."""
    monkeypatch.delenv("FOOTNOTE_ANSWER__GENERATOR")
    quoting = load_settings(settings.file.path)
    found = await _compared(quoting, None)
    assert list(found.scores) == [Way.RETRIEVAL]
    assert "quotations" in found.remarks[0]


def test_the_command_prints_a_table_and_draws_a_picture(
    settings: Settings,
    knower: Knower,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Beside the questions, unless another place is named; --json prints one object."""
    del knower
    asked = tmp_path / "asked.csv"
    asked.write_text("question,answer\nHow many days of annual leave are there?,28 days\n", "utf-8")

    @asynccontextmanager
    async def open_embedder(*_: object) -> AsyncIterator[HashEmbedder]:
        yield HashEmbedder()

    monkeypatch.setattr(app_module, "open_embedder", open_embedder)
    monkeypatch.setenv("COLUMNS", "120")
    command = [
        "footnote",
        "-c",
        str(settings.file.path),
        "eval",
        "compare",
        "--questions",
        str(asked),
    ]
    printed = []
    for further in ([], ["--json", "--picture", str(tmp_path / "other.svg")]):
        monkeypatch.setattr(sys, "argv", [*command, *further])
        with pytest.raises(SystemExit) as ended:
            footnote()
        assert not ended.value.code
        printed.append(capsys.readouterr().out)
    assert "Retrieval, base model" in printed[0]
    assert "no tuned model yet" in printed[0]
    assert ET.parse(tmp_path / "asked.svg").getroot().tag.endswith("svg")  # noqa: S314  our own
    shown = json.loads(printed[1])
    assert shown["ways"]["retrieval"]["right"] == 1.0
    assert shown["ways"]["base"]["wrong"] == 1.0
    assert (tmp_path / "other.svg").is_file()


def test_a_picture_shows_every_way_and_is_whole() -> None:
    """It parses as XML, and says in words what it shows."""
    replies = [Reply("There are 28 days of annual leave."), Reply("Nobody & <nothing>"), Reply("")]
    one = scores(QUESTIONS, replies)
    drawn = svg(Comparison({Way.BASE: one, Way.BOTH: one}, _costs(), "m"))
    root = ET.fromstring(drawn)  # noqa: S314  our own
    texts = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert {LABELS[Way.BASE], LABELS[Way.BOTH]} <= set(texts)
    assert "67 %" in texts
    assert "67 % right" in root.attrib["aria-label"]


def _costs() -> dict[Way, Cost]:
    return {Way.BASE: Cost("never", None), Way.BOTH: Cost("a sync", 0.4)}


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("There are 28 days of annual leave.", True),
        ("You get twenty-eight days.", True),
        ("There are 25 days of annual leave.", False),
        ("There are not 28 days of annual leave.", False),
        ("28", False),
        ("", False),
    ],
)
def test_the_same_is_told_by_values_and_words(said: str, *, same: bool) -> None:
    """Another number, or a denial, is another answer."""
    asked = "How much time off is there?"
    assert says_the_same(Analyzer(), asked, LEAVE.answer, said) is same


def test_an_answer_where_there_is_none_is_wrong() -> None:
    """Refusing is right there, and failing is not."""
    answered, refused, failed = (
        scores([CATS], [reply]) for reply in (Reply("Nine."), Reply(""), Reply("", failure="no"))
    )
    assert (answered.wrong, answered.right) == (1.0, 0.0)
    assert (refused.right, refused.refused) == (1.0, 0.0)
    assert (failed.right, failed.refused) == (0.0, 1.0)


def test_without_values_words_have_to_be_there() -> None:
    """Half of them, where the answer has neither numbers nor names."""
    asked, wanted = "What happens at the end?", "Unused leave is paid out in spring."
    analyzer = Analyzer()
    assert says_the_same(analyzer, asked, wanted, "In spring, leave is paid out.")
    assert not says_the_same(analyzer, asked, wanted, "The office is closed and nobody works.")


def test_words_in_common_are_counted() -> None:
    """As often as they stand in both."""
    assert token_f1("a b b", "b b c") == pytest.approx(4 / 6)
    assert token_f1("x", "y") == 0.0


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_questions_are_read(tmp_path: Path, suffix: str) -> None:
    """From both kinds of files, with or without a document and an answer."""
    path = tmp_path / f"asked.{suffix}"
    text = {
        "csv": '\ufeffdocument,question,answer\nhandbook:a.md,What?,"That,\nand this."\n,Why?,\n',
        "jsonl": '{"question": "What?", "answer": "That,\\nand this.", "document": "handbook:a.md"}'
        '\n\n{"question": "Why?"}\n',
    }[suffix]
    path.write_text(text, "utf-8")
    assert read_asked(path) == [
        AskedQuestion("What?", "That,\nand this.", "handbook:a.md"),
        AskedQuestion("Why?", ""),
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "frage,antwort\nx,y\n", "columns question and answer"),
        ("a.csv", "question,answer\n,y\n", "line 2"),
        ("a.csv", "question,answer\n", "holds no question"),
        ("a.jsonl", "{", "line 1 of .* is no JSON"),
        ("a.jsonl", "[]", "no JSON object"),
        ("a.jsonl", '{"question": 3}', "line 1"),
        ("a.txt", "x", "neither CSV nor JSON"),
    ],
)
def test_what_is_no_question_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    """One sentence with the line."""
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=said):
        read_asked(path)
    with pytest.raises(DataError, match="cannot be read"):
        read_asked(tmp_path / "nowhere.csv")
