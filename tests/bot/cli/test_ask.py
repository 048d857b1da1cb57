"""`footnote ask` prints an answer for people, or one JSON object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from footnote.bot import app as app_module
from footnote.bot.answerer import AnswerOptions
from footnote.bot.app import Core
from footnote.bot.gate import Strictness
from footnote.bot.generators.base import Generator
from footnote.bot.generators.scripted import Pause, ScriptedGenerator
from footnote.retrieval.embedder import Embedder
from footnote.retrieval.parts import Parts
from footnote.retrieval.stores.base import PassageStore
from tests.bot.cli.conftest import Footnote

QUESTION = "how many days of annual leave does an employee get in a calendar year?"
SENTENCE = "Every employee gets 28 days of annual leave in a calendar year."


def _asked(footnote: Footnote, *arguments: str) -> dict[str, Any]:
    ran = footnote("ask", "--json", *arguments)
    assert (ran.code, ran.err) == (0, "")
    answer = json.loads(ran.out)
    assert isinstance(answer, dict)
    return answer


def test_an_answer_is_printed_with_where_it_comes_from(synced: Footnote) -> None:
    """The text with its numbers, then each number's place, then that it is a quotation."""
    ran = synced("ask", QUESTION)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{SENTENCE} [1]")
    assert "\n\n[1] Leave\n    docs:leave.md\n" in ran.out
    assert ran.out.endswith("\nQuoted from the sources word for word.\n")


def test_what_is_not_in_the_sources_is_said(synced: Footnote) -> None:
    """It is an answer like any other: exit code 0, and the closest documents."""
    ran = synced("ask", "which volcano erupted in Iceland?")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("I could not find this in the sources.\n")


def test_json_is_one_object_with_the_promised_keys(synced: Footnote, folder: Path) -> None:
    """The keys are those of docs/commands.md, and a quote stands where it says."""
    answer = _asked(synced, QUESTION)
    assert set(answer) == {
        *("id", "question", "outcome", "text", "note", "citations", "closest", "passages"),
        *("timings_ms", "generator", "adapter"),
    }
    assert (answer["question"], answer["outcome"]) == (QUESTION, "answered")
    assert (answer["generator"], answer["adapter"]) == ("quote", None)
    assert set(answer["timings_ms"]) == {"search", "first_block", "total"}
    assert answer["timings_ms"]["total"] >= answer["timings_ms"]["first_block"] > 0
    citation = answer["citations"][0]
    assert set(citation) == {
        *("number", "passage_id", "document_id", "title", "url", "quote", "start", "end"),
    }
    assert (citation["number"], citation["document_id"]) == (1, "docs:leave.md")
    text = (folder / "docs" / "leave.md").read_text(encoding="utf-8")
    assert text[citation["start"] : citation["end"]] == citation["quote"] == SENTENCE
    assert citation["passage_id"] in {passage["id"] for passage in answer["passages"]}
    assert set(answer["passages"][0]) == {"id", "document_id", "score"}


def test_json_of_a_refusal_has_the_closest(synced: Footnote) -> None:
    """There is no text and no first block, which is null."""
    answer = _asked(synced, "which employee erupted in Iceland like a volcano?")
    assert (answer["outcome"], answer["text"], answer["citations"]) == ("not_in_sources", "", [])
    assert answer["timings_ms"]["first_block"] is None
    assert answer["closest"][0] == {"document_id": "docs:leave.md", "title": "Leave", "url": None}


def test_links_reach_the_answer(footnote: Footnote, folder: Path) -> None:
    """With a base URL, a citation is a link with the heading's anchor."""
    footnote("init")
    path = folder / "footnote.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("#base_url", "base_url"), encoding="utf-8")
    footnote("sync")
    question = "after how many days of sick leave is a doctor's note needed?"
    answer = _asked(footnote, question)
    url = "https://docs.example.com/leave#sick-leave"
    assert url in {citation["url"] for citation in answer["citations"]}
    assert f"Leave > Sick leave\n    {url}\n" in footnote("ask", question).out


def test_private_sources_answer_the_command_line(footnote: Footnote, folder: Path) -> None:
    """Whoever may read the index is an admin."""
    footnote("init")
    path = folder / "footnote.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('["everyone"]', '["slack:C9"]'), encoding="utf-8")
    footnote("sync")
    assert _asked(footnote, QUESTION)["outcome"] == "answered"


def test_odd_bytes_in_a_question_are_fine(synced: Footnote) -> None:
    """An argument that is not UTF-8 is asked with a sign in its place."""
    assert _asked(synced, f"{QUESTION} \udce9")["question"] == f"{QUESTION} ?"


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> ScriptedGenerator:
    """What writes the answers of this test instead of the quote generator."""
    generator = ScriptedGenerator()
    assemble = app_module.assemble

    def with_script(  # noqa: PLR0913  as many as the original has
        store: PassageStore,
        embedder: Embedder,
        options: AnswerOptions,
        strictness: Strictness,
        named: Generator | None,
        *,
        parts: Parts | None,
    ) -> Core:
        assert named is None
        return assemble(store, embedder, options, strictness, generator, parts=parts)

    monkeypatch.setattr(app_module, "assemble", with_script)
    return generator


def test_an_unsupported_sentence_is_left_out_or_marked(
    synced: Footnote, scripted: ScriptedGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting decides which."""
    script = f"{SENTENCE} [1] Volcanoes erupted in Iceland. [1]"
    scripted.enqueue(script)
    assert _asked(synced, QUESTION)["text"] == f"{SENTENCE} [1]"
    monkeypatch.setenv("FOOTNOTE_ANSWER__UNSUPPORTED", "mark")
    scripted.enqueue(script)
    assert "Volcanoes erupted in Iceland. (not found in the sources)" in synced("ask", QUESTION).out


def test_an_answer_that_takes_too_long_fails(
    synced: Footnote, scripted: ScriptedGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was shown stays, and the sentence names the setting."""
    monkeypatch.setenv("FOOTNOTE_ANSWER__TIMEOUT_S", "0.3")
    scripted.enqueue(f"{SENTENCE} [1] And more", Pause(5), " there is.")
    ran = synced("ask", QUESTION)
    assert ran.code == 1
    assert ran.out.startswith(SENTENCE)
    assert "took too long" in ran.err
    assert "timeout_s" in ran.err
