"""`footnote serve` as a person runs it."""

from __future__ import annotations

import os
import signal

import pytest

from footnote.bot import plugins
from footnote.bot.platforms.base import Intake
from footnote.bot.questions import Question
from tests.bot.cli.conftest import Footnote
from tests.bot.plaza import Plaza, PlazaKind

QUESTION = "how many days of annual leave does every employee get?"


@pytest.fixture
def plaza(monkeypatch: pytest.MonkeyPatch) -> Plaza:
    """One platform that can run, where a question is asked and SIGTERM comes; one that cannot."""

    async def visit(intake: Intake) -> None:
        await intake.take(Question("q1", QUESTION, platform="plaza"))
        os.kill(os.getpid(), signal.SIGTERM)

    opened = Plaza(visit)
    kinds = {
        "market": PlazaKind(Plaza(), "The market does not run: set MARKET_TOKEN."),
        "plaza": PlazaKind(opened),
    }
    monkeypatch.setattr(plugins, "platform_kinds", lambda: kinds)
    return opened


def test_sigterm_lets_the_answer_end(synced: Footnote, plaza: Plaza) -> None:
    """The exit code is 0, and what does not run is said once."""
    ran = synced("serve")
    assert ran.code == 0
    assert plaza.final == ["q1#0"]
    assert ran.err.splitlines() == [
        "The market does not run: set MARKET_TOKEN.",
        "Answering on plaza; Ctrl-C or SIGTERM stops.",
        "Stopping: what is being answered may end.",
    ]


def test_without_a_platform_the_chat_is_suggested(
    synced: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one sentence, and the exit code is 1."""
    monkeypatch.setattr(plugins, "platform_kinds", dict)
    ran = synced("serve")
    assert ran.code == 1
    assert ran.err == (
        "footnote: No platform can run yet. Until then `footnote chat` asks in the terminal.\n"
    )


@pytest.mark.usefixtures("plaza")
def test_there_has_to_be_something_to_search(footnote: Footnote, folder: object) -> None:
    """Nobody is left waiting for answers out of nothing."""
    del folder
    assert footnote("init").code == 0
    ran = footnote("serve")
    assert ran.code == 1
    assert "Nothing is indexed yet: run `footnote sync`." in ran.err
