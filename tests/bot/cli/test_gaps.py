"""`footnote gaps` names what was asked and is not in the sources."""

from __future__ import annotations

import asyncio
import json
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from footnote.bot.audience import Audience
from footnote.bot.cli.gaps import gaps
from footnote.bot.gaps.groups import ALIKE
from footnote.bot.questions import Answer, Outcome, Question
from footnote.bot.state import sqlite
from footnote.retrieval.readers import ADMIN, Readers
from tests.bot.cli.conftest import Footnote
from tests.bot.finished import finish
from tests.bot.parts import passage_of

PUBLIC = Audience(frozenset({"slack:C1"}), public=True)
CLOSED = Audience(frozenset({"slack:C9"}))
CLOSED_READERS = Readers(frozenset({"everyone", "slack:C9"}))
NEAR = passage_of("Dogs sleep.", "dogs")


def _question(text: str, audience: Audience = PUBLIC, readers: Readers | None = None) -> Question:
    return Question(
        f"id of {text}", text, place=text, audience=audience, readers=readers or Readers()
    )


def _keep(folder: Path, *answers: Answer) -> None:
    async def keep() -> None:
        async with sqlite.open_state(folder / ".footnote" / "state.db") as state:
            for answer in answers:
                await finish(state, answer)

    (folder / ".footnote").mkdir(exist_ok=True)
    asyncio.run(keep())


def _missing(question: Question) -> Answer:
    return Answer(question, Outcome.NOT_IN_SOURCES, closest=(NEAR,))


@pytest.fixture
def asked(footnote: Footnote, folder: Path) -> Footnote:
    """Three questions of everyone, of which two are alike, one of a channel, one of an admin."""
    footnote("init")
    _keep(
        folder,
        _missing(_question("may dogs come to the office?")),
        Answer(_question("who is answered?"), Outcome.ANSWERED),
        _missing(_question("payday of a year?", CLOSED, CLOSED_READERS)),
        _missing(_question("wifi password?", Audience(private=True), ADMIN)),
        _missing(_question("do dogs come to our office?")),
    )
    return footnote


def _told(footnote: Footnote, *arguments: str) -> dict[str, Any]:
    ran = footnote("gaps", "--json", *arguments)
    assert (ran.code, ran.err) == (0, "")
    told = json.loads(ran.out)
    assert isinstance(told, dict)
    return told


def test_nothing_missing_is_one_sentence(footnote: Footnote, folder: Path) -> None:
    """Before anything was served, where no state is made, and after everything was answered."""
    footnote("init")
    sentence = "Nothing that was asked and is still kept was missing from the sources.\n"
    ran = footnote("gaps")
    assert (ran.code, ran.out, ran.err) == (0, sentence, "")
    assert not list(folder.rglob("state.db"))
    _keep(folder, Answer(_question("who?"), Outcome.ANSWERED))
    assert footnote("gaps").out == sentence
    assert _told(footnote) == {"alike": ALIKE, "questions": 0, "groups": []}


def test_the_report_is_told_to_people(asked: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most asked first, with ages, other wordings, near documents, and for whom; 80 wide."""
    monkeypatch.setenv("COLUMNS", "80")
    ran = asked("gaps")
    assert (ran.code, ran.err) == (0, "")
    assert "\x1b" not in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    summary, first, *others = ran.out.split("\n\n")
    assert "4 questions that the sources did not answer, in 3 groups" in summary
    assert "cosine of at least 0.65" in " ".join(summary.split())
    assert first.splitlines() == [
        "2 times: may dogs come to the office?",
        "    just now",
        "    also: do dogs come to our office?",
        "    near: Dogs, docs:dogs (2 of them)",
    ]
    assert any("payday of a year?\n    just now; only for slack:C9\n" in each for each in others)
    assert any("wifi password?\n    just now; admins only\n" in each for each in others)


def test_json_has_the_promised_keys(asked: Footnote) -> None:
    """The shape is that of docs/commands.md."""
    told = _told(asked)
    assert (set(told), told["questions"]) == ({"alike", "questions", "groups"}, 4)
    first, *others = told["groups"]
    assert set(first) == {
        *("question", "count", "first_asked", "last_asked", "readers", "admins_only"),
        *("questions", "nearest"),
    }
    assert (first["question"], first["count"]) == ("may dogs come to the office?", 2)
    assert (first["readers"], first["admins_only"]) == (["everyone"], False)
    assert first["first_asked"] <= first["last_asked"]
    assert set(first["questions"][0]) == {"id", "text", "asked"}
    assert first["nearest"] == [
        {
            "document_id": "docs:dogs",
            "title": "Dogs",
            "url": None,
            "questions": 2,
            "admins_only": False,
        }
    ]
    readers = {group["question"]: (group["readers"], group["admins_only"]) for group in others}
    assert readers == {
        "payday of a year?": (["everyone", "slack:C9"], False),
        "wifi password?": (None, True),
    }


def test_a_document_of_others_is_marked(asked: Footnote, folder: Path) -> None:
    """The admin sees it, and that those who asked may not see it today."""
    path = folder / "footnote.toml"
    text = path.read_text(encoding="utf-8").replace('["everyone"]', '["group:hr"]')
    path.write_text(text.replace("[groups]", '[groups]\nhr = ["slack:U7"]'), encoding="utf-8")
    assert "docs:dogs (2 of them) [admins only]\n" in asked("gaps").out


def test_how_much_alike_can_be_told(asked: Footnote) -> None:
    """Only what is wholly alike stands together with 1; what is no cosine is refused."""
    assert [group["count"] for group in _told(asked, "--alike", "1.0")["groups"]] == [1] * 4
    assert asked("gaps", "--alike", "2").code == 2


def test_the_default_is_the_stated_one() -> None:
    """The command line and the code say the same."""
    assert signature(gaps).parameters["alike"].default == ALIKE
