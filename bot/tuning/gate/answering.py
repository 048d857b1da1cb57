"""Asking the contestants: the same prompts and seeds for all, each answer kept once it is there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any, Self, cast

from pydantic import TypeAdapter, ValidationError

from footnote.bot.errors import FootnoteError
from footnote.bot.fitting import sampling_for
from footnote.bot.generators.base import GenerationError, Generator, Queued, Sampling
from footnote.bot.tuning.gate.items import Item
from footnote.bot.working_time import in_words

_TOLD_EVERY_S = 20.0
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Written:
    """What a contestant wrote for an item.

    Attributes:
        item: The item's id.
        by: The contestant.
        text: The answer as it came from the model.
        first_s: Seconds to its first piece.
        total_s: Seconds to its end.
        failure: Why there is no answer, or "".
    """

    item: str
    by: str
    text: str
    first_s: float
    total_s: float
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """How the contestants are asked.

    Attributes:
        contestants: The adapter of each by its name; None is the model without any.
        seed: What each item's seed is drawn from.
        timeout_s: After so many seconds an answer counts as failed.
        made_of: Names all else that answers depend on, such as the hashes of model and adapters.
    """

    contestants: Mapping[str, str | None]
    seed: int
    timeout_s: float
    made_of: str = ""


async def collect(
    items: Sequence[Item],
    asking: Asking,
    generator: Generator,
    kept: Path,
    report: Callable[[str], None],
) -> list[Written]:
    """Ask every contestant every item, one answer at a time.

    What a killed run had asked is read from `kept` and not asked again, if it was asked the same.
    Whose turn is first changes from item to item, so that a busy machine harms nobody more.

    Raises:
        FootnoteError: The answers cannot be kept.
    """
    sampling = sampling_for(generator.context_tokens)
    with _Kept(kept, _key(items, asking, sampling, generator.name)) as answers:
        plan = [
            (item, name)
            for place, item in enumerate(items)
            for name in _turned(list(asking.contestants), place)
            if (item.id, name) not in answers.known
        ]
        clock = _Clock(len(plan), report)
        for item, name in plan:
            await generator.use_adapter(asking.contestants[name])
            seeded = replace(sampling, seed=_seed(asking.seed, item.id))
            written = await _ask(item, name, generator, seeded, asking.timeout_s)
            answers.add(written)
            clock.tick()
        return list(answers.known.values())


async def _ask(
    item: Item, name: str, generator: Generator, sampling: Sampling, timeout_s: float
) -> Written:
    """One answer; where the generator fails, what it wrote before that counts for nothing."""
    began = perf_counter()
    first: float | None = None
    pieces: list[str] = []
    prompt = item.prompt(sampling, asyncio.get_running_loop().time() + timeout_s)
    failure = ""
    try:
        made = cast("AsyncGenerator[str | Queued, None]", generator.generate(prompt))
        async with asyncio.timeout(timeout_s), aclosing(made) as stream:
            async for piece in stream:
                if isinstance(piece, str):
                    first = perf_counter() - began if first is None else first
                    pieces.append(piece)
    except GenerationError as error:
        failure = str(error) or "the generator failed"
    except TimeoutError:
        failure = f"no end within {timeout_s:g} seconds"
    total = perf_counter() - began
    text = "" if failure else "".join(pieces)
    return Written(item.id, name, text, total if first is None else first, total, failure)


class _Kept:
    """The answers so far, in a file to which each is added; failures are not kept for next time."""

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key
        self.known: dict[tuple[str, str], Written] = {}

    def __enter__(self) -> Self:
        lines = self._read()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
            for line in lines or [json.dumps({"key": self._key})]:
                self._file.write(f"{line}\n")
            self._file.flush()
        except OSError as error:
            raise self._full(error) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, written: Written) -> None:
        self.known[written.item, written.by] = written
        if written.failure:
            return
        try:
            self._file.write(f"{json.dumps(_adapter().dump_python(written, mode='json'))}\n")
            self._file.flush()
        except OSError as error:
            raise self._full(error) from error

    def _read(self) -> list[str]:
        """The whole lines of an earlier run that asked the same; a torn last one is left out."""
        try:
            head, *lines = self._path.read_text("utf-8").splitlines()
            if json.loads(head) != {"key": self._key}:
                return []
        except (OSError, ValueError):
            return []
        whole = [head]
        for line in lines:
            try:
                written = _adapter().validate_json(line)
            except ValidationError:
                break
            self.known[written.item, written.by] = written
            whole.append(line)
        return whole

    def _full(self, error: OSError) -> FootnoteError:
        return FootnoteError(
            f"{self._path} cannot be written ({error.strerror or error}): free some space there "
            "and run footnote tune gate again, which goes on where it stopped."
        )


class _Clock:
    """Says now and then how far it is, and for how long it will go on."""

    def __init__(self, total: int, report: Callable[[str], None]) -> None:
        self._total = total
        self._report = report
        self._done = 0
        self._began = self._told = perf_counter()
        if total:
            report(f"Asking: {total:,} answers to write")

    def tick(self) -> None:
        self._done += 1
        now = perf_counter()
        if now - self._told < _TOLD_EVERY_S and self._done < self._total:
            return
        self._told = now
        left_s = (now - self._began) / self._done * (self._total - self._done)
        about = f", about {in_words(max(1, left_s))} left" if self._done < self._total else ""
        self._report(f"Asked: {self._done:,} of {self._total:,}{about}")


def _turned(names: list[str], place: int) -> list[str]:
    start = place % len(names)
    return [*names[start:], *names[:start]]


def _seed(seed: int, name: str) -> int:
    """The seed of an item, the same for every contestant."""
    digest = sha256(f"{seed} {name}".encode()).digest()
    return int.from_bytes(digest[:_DIGITS]) % 2**31


def _key(items: Sequence[Item], asking: Asking, sampling: Sampling, model: str) -> str:
    """Names all that the answers depend on."""
    asked: Any = [[item.id, *((m.role, m.text) for m in item.messages)] for item in items]
    rest = [asking.seed, asking.made_of, sorted(asking.contestants), repr(sampling), model]
    return sha256(json.dumps([asked, rest]).encode("utf-8", "surrogatepass")).hexdigest()


def _adapter() -> TypeAdapter[Written]:
    return TypeAdapter(Written)
