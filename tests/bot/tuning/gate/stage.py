"""A run on the disk, and a generator that plays base, current and candidate for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from footnote.bot.generators.base import GenerationError, Message, Prompt, Queued
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.examples import Example, Origin, write_examples
from footnote.bot.tuning.gate.gating import ADAPTER, HELD_OUT, Contest, OpenContest
from footnote.bot.tuning.gate.incumbent import Incumbent
from footnote.bot.tuning.gate.items import Item, Suite
from footnote.bot.tuning.runs import Done, Run, begin, digest_of, new_manifest
from footnote.bot.verifying.sentences import SentenceScorer
from footnote.bot.verifying.support import Verifier
from footnote.retrieval.text import Analyzer
from tests.bot.tuning.gate.answerers import Writes
from tests.bot.tuning.gate.world import World
from tests.hashing import HashEmbedder

NOW = "2026-01-01T00:00:00+00:00"


class Players:
    """Answers as the contestant whose adapter is in use would.

    Attributes:
        asked: Which adapter was asked which item, with which seed.
        fails: Items that fail, with the reason.
        stops_after: After so many answers the process is killed.
    """

    name = "players"
    note = ""
    verbatim = False
    context_tokens = 4096
    prefill_rate: float | None = None
    decode_rate: float | None = None

    def __init__(self, world: World, writes: Mapping[str | None, Writes]) -> None:
        self.asked: list[tuple[str | None, str, int | None]] = []
        self.fails: Callable[[str | None, Item], str] = lambda _adapter, _item: ""
        self.stops_after = 10**9
        self.adapter: str | None = None
        self._world = world
        self._writes = writes
        self._items = {item.messages: item for item in world.items}

    async def generate(self, prompt: Prompt) -> AsyncIterator[str | Queued]:
        """The answer, in two pieces."""
        if len(self.asked) >= self.stops_after:
            raise KeyboardInterrupt
        item = self._items[prompt.messages]
        self.asked.append((self.adapter, item.id, prompt.sampling.seed))
        if why := self.fails(self.adapter, item):
            raise GenerationError(why)
        # The same adapter answers the same prompt and seed the same.
        drawn = f"{self.adapter} {prompt.question} {prompt.sampling.seed}"
        random = Random(drawn)  # noqa: S311  no secret
        text = self._writes[self.adapter](self._world, item, random)
        yield Queued(0)
        yield text[: len(text) // 2]
        yield text[len(text) // 2 :]

    def read_already(self, prompt: Prompt) -> int:
        """Nothing."""
        del prompt
        return 0

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """One token a word."""
        return sum(len(message.text.split()) for message in messages)

    async def load_adapter(self, adapter: str, path: Path) -> None:
        """Nothing: the players are there."""
        del adapter, path

    async def use_adapter(self, adapter: str | None) -> None:
        """Answer as this one from now on."""
        if adapter not in self._writes:
            raise GenerationError(f"there is no adapter {adapter}")
        self.adapter = adapter


def opens(players: Players) -> OpenContest:
    """What opens these players in place of an engine."""

    @asynccontextmanager
    async def opened(
        settings: Settings, candidate: Path, incumbent: Incumbent, report: Callable[[str], None]
    ) -> AsyncIterator[Contest]:
        del settings, candidate, report
        analyzer = Analyzer()
        scorer = SentenceScorer(None, HashEmbedder(), analyzer)  # type: ignore[arg-type]  # unread
        adapters: dict[str, str | None] = {"base": None, "candidate": "candidate"}
        if incumbent.path is not None:
            adapters["current"] = "current"
        yield Contest(players, adapters, Verifier(scorer, analyzer), "a model")

    return opened


def exported(root: Path, world: World) -> Run:
    """A run whose dataset and export are done; the held-out items of a world are its examples."""
    run = begin(root, new_manifest(7, parent="", settings={}, versions={}))
    held_out = [item for item in world.items if item.suite is Suite.HELD_OUT]
    for name in (HELD_OUT, ADAPTER):
        (run.folder / name).parent.mkdir(exist_ok=True)
    write_examples(run.folder / HELD_OUT, map(_example, held_out))
    (run.folder / ADAPTER).write_bytes(b"GGUF")
    for step, name in (("dataset", HELD_OUT), ("train", ""), ("export", ADAPTER)):
        made = {name: digest_of(run.folder / name)} if name else {}
        run.finish(step, Done(NOW, outputs=made))  # type: ignore[arg-type]  # a literal
    return run


def _example(item: Item) -> Example:
    return Example(
        id=item.id.removeprefix("heldout-"),
        conversation=item.conversation,
        origin=Origin.CORRECTED,
        question=item.question,
        messages=item.messages,
        answer=item.wanted,
        passages=item.passages,
    )
