"""Everything that may become an example, and why the rest does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from footnote.bot.app import App
from footnote.bot.recalling import Recall
from footnote.bot.state.base import State
from footnote.bot.syncing.words import counted
from footnote.bot.tuning.dataset.balancing import balanced
from footnote.bot.tuning.dataset.candidates import Candidate, Left
from footnote.bot.tuning.dataset.files import Told, told_in
from footnote.bot.tuning.dataset.finding import Finding, candidate_of
from footnote.bot.tuning.dataset.journal import JournalReader, Reading
from footnote.bot.tuning.dataset.merging import merged
from footnote.bot.tuning.dataset.permitted import Permission, learners
from footnote.bot.tuning.dataset.scrubbing import Scrubber
from footnote.bot.tuning.examples import Example
from footnote.bot.tuning.runs import digest_of

JOURNAL = "journal"
"""What the manifest calls all that was read of the state."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What there is to learn.

    Attributes:
        questions: How many finished questions were looked at.
        examples: What is learned, oldest first.
        left: What is not, in the order in which it was left out.
        taken: How many secrets and pieces of personal data were taken out, by kind.
        inputs: SHA-256 of what was read, by name.
    """

    questions: int
    examples: tuple[Example, ...]
    left: tuple[Left, ...]
    taken: Mapping[str, int] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)


async def gathered(app: App, state: State | None, report: Callable[[str], None]) -> Gathered:
    """Gather examples from the files that the settings name and from what the state keeps.

    Args:
        app: The settings, the index, and what verifies.
        state: What was asked and answered; None where nothing was served yet.
        report: Told what takes a while.

    Raises:
        SettingsError: A file cannot be read.
        StateUnavailableError: The state cannot be read now.
        RetrievalError: The index cannot be read.
        ModelError: The embedder cannot be used.
    """
    settings = app.settings
    paths = [settings.root / path.expanduser() for path in settings.tune.files]
    told = [one for path in paths for one in await asyncio.to_thread(_all_in, path, report)]
    inputs = {str(path): digest_of(path) for path in paths}
    permission = Permission(learners(settings), settings.audiences, app.store)
    needs = Finding(
        app.core.search, app.core.verifier, permission.readers, settings.answer.passages
    )
    made = [await candidate_of(one, needs) if isinstance(one, Told) else one for one in told]
    questions = 0
    if state is not None:
        report("Reading what was asked, answered and said of it…")
        reading = Reading(permission, Recall(app.store), app.core.verifier)
        reader = JournalReader(state, reading)
        made += [one async for one in reader.candidates()]
        questions, inputs = reader.read, {**inputs, JOURNAL: reader.sha256}
    return await asyncio.to_thread(_sifted, made, settings.tune.seed, questions, inputs)


def _all_in(path: Path, report: Callable[[str], None]) -> list[Told | Left]:
    found = list(told_in(path))
    report(f"Read {counted(len(found), 'line')} of {path.name}.")
    return found


def _sifted(
    made: Iterable[Candidate | Left], seed: int, questions: int, inputs: Mapping[str, str]
) -> Gathered:
    """What is left when secrets, near-duplicates and refusals beyond their share are gone."""
    scrubber = Scrubber()
    clean: list[Candidate] = []
    left: list[Left] = []
    for one in made:
        scrubbed = scrubber.scrubbed(one) if isinstance(one, Candidate) else one
        if isinstance(scrubbed, Left):
            left.append(scrubbed)
        else:
            clean.append(scrubbed)
    single, duplicates = merged(clean)
    kept, refusals = balanced(single, seed)
    return Gathered(
        questions,
        tuple(candidate.example for candidate in sorted(kept, key=lambda item: item.at)),
        (*left, *duplicates, *refusals),
        scrubber.taken,
        inputs,
    )
