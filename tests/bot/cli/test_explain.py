"""`footnote explain` tells the way of a question, asked now or served before."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from footnote.bot.answerer import AnswerOptions
from footnote.bot.audience import Audience
from footnote.bot.inbox.said import said_by_a_person
from footnote.bot.questions import Answer, Outcome, Question, Said, Unsupported
from footnote.bot.state import sqlite
from footnote.bot.state.base import State
from footnote.bot.state.entries import Filing
from footnote.bot.turns import Conversation, Turn
from footnote.retrieval.readers import Readers
from tests.bot.cli.conftest import Footnote
from tests.bot.finished import finish
from tests.bot.parts import ask, parts

QUESTION = "how many days of annual leave does an employee get in a calendar year?"
ID = "slack:T1:C9:1711111111.000100"
CLOSED = Readers(frozenset({"everyone", "slack:C9"}))
KEYS = {
    *("id", "reference", "question", "platform", "place", "finished_at", "readers", "history"),
    *("search", "candidates", "gate", "prompt", "unsupported", "outcome", "why", "text"),
    *("generator", "adapter", "timings_ms", "not_kept", "again"),
}


def _told(footnote: Footnote, *arguments: str) -> dict[str, Any]:
    ran = footnote("explain", "--json", *arguments)
    assert (ran.code, ran.err) == (0, "")
    told = json.loads(ran.out)
    assert isinstance(told, dict)
    return told


async def _keep(folder: Path, *answers: Answer, waiting: str = "") -> None:
    async with sqlite.open_state(folder / ".footnote" / "state.db") as state:
        for answer in answers:
            await finish(state, answer)
        if waiting:
            await state.queue.accept(Filing(waiting, "another", "{}"), limit=9, engaged_s=60.0)


def _kept(folder: Path, *answers: Answer, waiting: str = "") -> None:
    """Make the state hold these answers, as `footnote serve` leaves them."""
    asyncio.run(_keep(folder, *answers, waiting=waiting))


def _answered(question: Question, options: AnswerOptions | None = None) -> Answer:
    async def answered() -> Answer:
        async with parts() as made:
            return (await ask(made.answerer(made.quote, options), question)).answer

    return asyncio.run(answered())


@pytest.fixture
def answer(synced: Footnote, folder: Path) -> Answer:
    """What is kept of one question that was served in a closed channel."""
    del synced
    turns = Conversation((Turn("How much annual leave is there?", "28 days."),))
    made = _answered(
        Question(
            ID,
            QUESTION,
            asker="slack:U7",
            place="C9",
            platform="slack",
            audience=Audience(frozenset({"slack:C9"})),
            readers=CLOSED,
            conversation=turns,
        )
    )
    left_out = Unsupported(
        "Bananas ripen.", "the passage does not say it", coverage=0.1, cosine=0.2
    )
    made = replace(made, unsupported=(left_out,))
    _kept(folder, made)
    return made


def test_the_whole_way_of_a_question_asked_now(synced: Footnote) -> None:
    """Search, candidates, gate, prompt and outcome are told, 80 wide and without colours."""
    ran = synced("explain", QUESTION)
    assert (ran.code, ran.err) == (0, "")
    assert "\x1b" not in ran.out
    for title in ("Search", "Gate", "Prompt", "Outcome"):
        assert f"\n{title}\n" in ran.out
    assert ran.out.startswith(f"Question {QUESTION}\n")
    assert "words: mani day annual leav employe get calendar year" in ran.out
    assert "kept as [1]" in ran.out
    assert '(answer.gate = "eager"): passed' in ran.out
    assert "answered: The answer cites" in ran.out
    assert not any(line != line.rstrip() for line in ran.out.splitlines())


def test_it_fits_into_eighty_columns(
    synced: Footnote, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is longer, whether of today or of what is kept."""
    del answer
    monkeypatch.setenv("COLUMNS", "80")
    for arguments in ((QUESTION,), (ID, "--again")):
        out = synced("explain", *arguments).out
        assert max(map(len, out.splitlines())) <= 80
        assert "BM25  cosine  fused  final" in out


def test_json_of_a_question_asked_now(synced: Footnote) -> None:
    """The keys are those of docs/commands.md, and the kept are what `ask` makes its answer from."""
    told = _told(synced, QUESTION)
    assert set(told) == KEYS
    assert (told["question"], told["outcome"], told["again"]) == (QUESTION, "answered", None)
    assert told["readers"]["unrestricted"] is True
    assert set(told["search"]) == {
        *("query", "queries", "stems", "matched", "nearest", "weight", "reranking"),
    }
    assert set(told["candidates"][0]) == {
        *("rank", "passage_id", "document_id", "title", "heading", "bm25", "cosine", "fused"),
        *("judged", "final", "kept", "fate", "by", "number"),
    }
    assert set(told["gate"]) == {
        *("features", "bias", "score", "threshold", "setting", "passed"),
    }
    assert told["gate"]["setting"] == "eager"
    asked = json.loads(synced("ask", "--json", QUESTION).out)
    assert [c["passage_id"] for c in told["candidates"] if c["kept"]] == [
        passage["id"] for passage in asked["passages"]
    ]
    assert told["prompt"]["passages"] == [passage["id"] for passage in asked["passages"]]
    assert told["text"] == asked["text"]
    assert told["not_kept"] == []


def test_every_key_is_documented() -> None:
    """docs/commands.md names each of them."""
    text = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
    section = text.partition("\n## footnote explain\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(\w+)`", section)) >= KEYS


def test_nothing_is_recorded(synced: Footnote, folder: Path) -> None:
    """A question that is only explained leaves no state behind."""
    before = sorted(folder.rglob("*"))
    synced("explain", QUESTION)
    assert sorted(folder.rglob("*")) == before


def test_a_refusal_says_that_the_gate_refused(synced: Footnote) -> None:
    """There is neither a prompt nor a kept number, and JSON has null for them."""
    told = _told(synced, "which employee erupted in Iceland like a volcano?")
    assert (told["outcome"], told["prompt"]) == ("not_in_sources", None)
    assert told["why"] == "The gate's score is below its threshold."
    assert told["gate"]["passed"] is False
    assert {candidate["number"] for candidate in told["candidates"]} == {None}


@pytest.mark.parametrize("by", ["id", "reference"])
def test_a_served_question_tells_what_was_recorded(
    synced: Footnote, answer: Answer, by: str
) -> None:
    """By its id or its reference: readers, conversation, scores, gate, failures, outcome."""
    told = _told(synced, ID if by == "id" else answer.question.reference)
    assert set(told) == KEYS
    assert (told["id"], told["reference"]) == (ID, answer.question.reference)
    assert (told["platform"], told["place"]) == ("slack", "C9")
    assert told["finished_at"].endswith("+00:00")
    assert told["readers"] == {"labels": ["everyone", "slack:C9"], "unrestricted": False}
    assert told["history"] == ["How much annual leave is there?"]
    assert told["search"]["query"] == answer.question.conversation.query(QUESTION).weighted
    assert told["search"]["stems"] is None
    assert [(c["passage_id"], c["bm25"], c["final"]) for c in told["candidates"]] == [
        (found.passage.id, found.lexical, found.score) for found in answer.passages
    ]
    assert told["gate"]["score"] == answer.gate["score"]
    assert told["gate"]["passed"] is True
    assert told["prompt"]["tokens"] is None
    assert [failed["text"] for failed in told["unsupported"]] == ["Bananas ripen."]
    assert told["timings_ms"] == answer.timings_ms
    assert len(told["not_kept"]) == 3


def test_a_served_question_is_told_to_people(synced: Footnote, answer: Answer) -> None:
    """What failed and what was not kept are said in words."""
    ran = synced("explain", ID)
    assert (ran.code, ran.err) == (0, "")
    assert "readers: everyone, slack:C9\n" in ran.out
    assert f"{answer.question.reference}, ended just now" in ran.out
    assert "left out: Bananas ripen.\n" in ran.out
    assert "the passage does not say it (coverage 0.10, cosine 0.20)" in ran.out
    assert "Which candidates were cut" in " ".join(ran.out.split())
    assert "Today" not in ran.out


def test_again_looks_today_for_the_readers_of_then(synced: Footnote, answer: Answer) -> None:
    """What they may see is found; no generator writes, and what is kept stays as it is told."""
    del answer
    told = _told(synced, ID, "--again")
    again = told["again"]
    assert set(again) == {"readers", "history", "search", "candidates", "gate", "why"}
    assert again["readers"] == told["readers"]
    assert again["history"] == told["history"]
    assert {c["document_id"] for c in again["candidates"]} == {"docs:leave.md"}
    assert again["gate"]["setting"] == "eager"
    assert "\nToday, for everyone, slack:C9\n" in synced("explain", ID, "--again").out


def test_again_finds_nothing_that_its_readers_may_not_see(
    synced: Footnote, answer: Answer, folder: Path
) -> None:
    """Although whoever asks for the explanation is an admin."""
    del answer
    path = folder / "footnote.toml"
    text = path.read_text(encoding="utf-8").replace('["everyone"]', '["slack:C1"]')
    path.write_text(text, encoding="utf-8")
    again = _told(synced, ID, "--again")["again"]
    assert again["candidates"] == []
    assert again["why"] == "Nothing was found that these readers may see."
    assert again["gate"]["score"] is None


def test_cut_candidates_are_named_too(synced: Footnote, answer: Answer, folder: Path) -> None:
    """Their titles are looked up, for what is asked now and for what is asked again."""
    del answer
    for number in range(12):
        text = f"# Room {number}\n\nAn employee takes annual leave in room {number}.\n"
        (folder / "docs" / f"room{number}.md").write_text(text, encoding="utf-8")
    assert synced("sync").code == 0
    for told in (_told(synced, QUESTION), _told(synced, ID, "--again")["again"]):
        cut = [row for row in told["candidates"] if row["fate"] not in {"kept", "spare"}]
        assert cut
        assert all(row["title"] for row in cut)


def test_the_number_of_candidates_can_be_told(synced: Footnote) -> None:
    """Those that were kept are shown in any case, and the rest is counted."""
    out = synced("explain", QUESTION, "--candidates", "0").out
    assert "kept as [1]" in out


def test_an_unknown_id_is_one_sentence(synced: Footnote, folder: Path) -> None:
    """Before anything was served and after, and so is one that waits or was forgotten."""
    ran = synced("explain", "nosuchid")
    assert (ran.code, ran.out) == (1, "")
    assert "has kept none yet" in ran.err
    assert not list(folder.rglob("state.db"))
    gone = Answer(Question("gone", ""), Outcome.WITHDRAWN)
    _kept(folder, gone, waiting="later")
    assert (
        'No finished question with the id "nosuchid" is kept' in synced("explain", "nosuchid").err
    )
    assert "not answered yet (it is the next one)" in synced("explain", "later").err


def test_an_empty_question_is_refused(synced: Footnote) -> None:
    """That is a mistake on the command line."""
    ran = synced("explain", "  ")
    assert ran.code == 2
    assert "it is empty" in ran.err


def test_what_a_person_said_was_not_searched(synced: Footnote, folder: Path) -> None:
    """There are no candidates and no gate, and it is said why."""

    async def said() -> Answer:
        question = Question("said", "Who?", said=Said("Ann.", "Bob"))
        events = [event async for event in said_by_a_person(question, Said("Ann.", "Bob"))]
        assert isinstance(events[-1], Answer)
        return events[-1]

    _kept(folder, asyncio.run(said()))
    told = _told(synced, "said")
    assert (told["candidates"], told["gate"], told["prompt"]) == ([], None, None)
    assert told["why"] == told["not_kept"][0] == "A person answered it: nothing was searched."


def test_a_question_that_failed_says_why(synced: Footnote, folder: Path) -> None:
    """Its note is all there is to tell, and that nothing else is kept."""
    note = "The search took too long."
    _kept(folder, Answer(Question("failed", "Who?"), Outcome.FAILED, note=note))
    told = _told(synced, "failed")
    assert (told["outcome"], told["why"]) == ("failed", note)
    assert told["not_kept"] == [
        "Nothing is kept of what was searched for a question that ended like this."
    ]


def test_a_forgotten_question_is_said_to_be(synced: Footnote, folder: Path) -> None:
    """Nothing is kept of it but that it was there."""
    _kept(folder, _answered(Question("q", QUESTION)))

    async def forget(state: State) -> None:
        await state.journal.erase("q")

    async def forgotten() -> None:
        async with sqlite.open_state(folder / ".footnote" / "state.db") as state:
            await forget(state)

    asyncio.run(forgotten())
    ran = synced("explain", "q")
    assert ran.code == 1
    assert "its asker withdrew it or had it forgotten" in ran.err
