"""A team whose bot writes with the small model of the tests, and has been corrected often.

What is asked about are made-up words, since the model's own are too few for as many questions. So
it reads words in pieces, and answers worse than it does in tests; how long a step takes does not
depend on that.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from footnote.bot.app import open_app
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.state.opening import open_state
from footnote.bot.tuning.gate import gating
from tests.benchmarks.timing import say
from tests.bot.tuning.dataset.team import team_of
from tests.bot.tuning.loop import team as slack_team
from tests.models.tiny_copier import LOOKS, careless, document, exported, question

CONTEXT = 4096
"""Tokens; the standing evaluation's longest prompts have three thousand pieces of words."""
_PASSAGES = 6
_SETTINGS = """context_tokens = {context}
[tune]
model = "model"
min_examples = 1
learning_rate = 1e-3
"""
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A document, what was asked about it, and what is wanted for an answer.

    Attributes:
        name: What it is about, and the file's name.
        look: What it says of it.
    """

    name: str
    look: str


@contextmanager
def without_weights() -> Iterator[None]:
    """Let nothing fetch an embedder, whose share of a round is small."""
    with pytest.MonkeyPatch.context() as patched:
        slack_team.without_weights(patched)
        patched.setattr(gating, "open_embedder", slack_team._open_embedder)
        yield


def documents(count: int, seed: int) -> list[Corrected]:
    """So many, no two about the same."""
    draw = random.Random(seed)  # noqa: S311  nothing secret
    names = dict.fromkeys("".join(draw.sample(_SYLLABLES, 4)) for _ in range(2 * count))
    return [Corrected(name, draw.choice(LOOKS)) for name in list(names)[:count]]


async def made(folder: Path, examples: int, *, seed: int = 1) -> Settings:
    """Make the team: its documents, and a state with as many questions, answers and corrections.

    Args:
        folder: Where all is; the model is there already.
        examples: How many corrections an admin has approved.
        seed: Of what is asked.
    """
    await _widen(folder)
    every = documents(examples, seed)
    (folder / "docs").mkdir()
    for each in every:
        text = document(each.name, each.look)
        (folder / "docs" / f"{each.name}.md").write_text(text, "utf-8")
    file = folder / "footnote.toml"
    file.write_text(slack_team.SETTINGS + _SETTINGS.format(context=CONTEXT), "utf-8")
    settings = load_settings(file)
    async with (
        open_app(settings, report=say, answers=False) as app,
        open_state(settings) as state,
    ):
        await app.sync.run(app.connectors["docs"], "docs")
        team = team_of(app, state, passages=_PASSAGES)
        for each in every:
            asked = await team.ask(question(each.name), careless(each.name, each.look))
            await team.correct(asked, document(each.name, each.look))
    return settings


async def _widen(folder: Path) -> None:
    """Let the model be served with room for the standing evaluation, beyond what it has seen."""
    file = folder / "model" / "config.json"
    config = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**config, "max_position_embeddings": CONTEXT}), "utf-8")
    await exported(folder)
