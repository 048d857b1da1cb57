"""What must hold at the end of each schedule."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from footnote.bot.platforms.base import Cancelled, Deleted, Edited
from footnote.bot.questions import Outcome, Question
from tests.simulator.faults import Fault
from tests.simulator.world import World

HARMLESS = {Fault.DUPLICATES, Fault.EXPIRY, Fault.GENERATOR, Fault.STORE, Fault.CHANGES}
"""Trouble that costs no worker its lease."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the state says of one question."""

    id: str
    thread: str
    seq: int
    revision: int
    outcome: Outcome
    texts: tuple[str, ...]


def broken(world: World) -> list[str]:
    """A sentence for each invariant that does not hold."""
    rows = {row.id: row for row in _rows(world)}
    return [
        *world.chat.taken_back,
        *_finished_twice(world),
        *_taken_over(world),
        *_acknowledged(world, rows),
        *_left_over(world),
        *(wrong for row in rows.values() for wrong in _messages(world, row)),
        *_strangers(world, rows),
        *_order(world, rows),
        *_wishes(world, rows),
    ]


def _rows(world: World) -> Iterator[Row]:
    for row in world.disk.connection.execute(
        "SELECT id, thread, seq, revision, decided_outcome, decided_body FROM questions "
        "WHERE state = 'finished' AND thread <> ''"
    ):
        name, thread, seq, revision, outcome, body = row
        blocks = json.loads(body)["blocks"] if body else ()
        texts = tuple(block["text"] for block in blocks)
        yield Row(name, thread, seq, revision, Outcome(outcome), texts)


def _acknowledged(world: World, rows: dict[str, Row]) -> Iterator[str]:
    """Nothing that was not accepted was acknowledged."""
    known = {name for (name,) in world.disk.connection.execute("SELECT id FROM questions")}
    for deed in world.deeds:
        happening = deed.happening
        if not deed.acknowledged:
            yield f"{happening} was never acknowledged"
        if isinstance(happening, Question) and happening.id not in known:
            yield f"{happening.id} was acknowledged but not accepted"
        if isinstance(happening, Edited):
            question = happening.question
            row = rows.get(question.id)
            answered = row if row and row.outcome is not Outcome.WITHDRAWN else None
            if question.id not in known or (answered and answered.revision < question.revision):
                yield f"the edit of {question.id} was acknowledged but not taken"


def _finished_twice(world: World) -> Iterator[str]:
    """One outcome record for each time that a question was asked."""
    for name, count in world.disk.connection.execute(
        "SELECT id, count(*) FROM endings GROUP BY id, revision, wish HAVING count(*) > 1"
    ):
        yield f"{name} was finished {count} times"


def _taken_over(world: World) -> Iterator[str]:
    """Nobody takes a question over from a worker that is alive and can reach everything."""
    if not world.faults.kinds <= HARMLESS:
        return
    wishes = Counter(
        happening.question_id
        for deed in world.deeds
        if isinstance(happening := deed.happening, Cancelled | Deleted)
    )
    for name, attempts in world.disk.connection.execute("SELECT id, attempts FROM questions"):
        if attempts > 1 + wishes[name]:
            yield f"{name} was begun {attempts} times"


def _left_over(world: World) -> Iterator[str]:
    """No lease is left, and no task of a worker."""
    held = world.disk.connection.execute("SELECT id FROM questions WHERE state <> 'finished'")
    for (name,) in held:
        yield f"{name} has no outcome"
    for replica in world.replicas:
        for task in replica.tasks:
            yield f"{task} is still there"


def _messages(world: World, row: Row) -> Iterator[str]:
    """Exactly one final message, which says what the outcome record says."""
    there = [message for message in world.chat.of(row.id) if not message.locked]
    if row.outcome is Outcome.WITHDRAWN:
        if there:
            yield f"{row.id} was withdrawn, but {there} is there"
        return
    there.sort(key=lambda message: message.says.index)
    if not there or [message.says.index for message in there] != list(range(len(there))):
        yield f"{row.id} has other messages than one answer: {there}"
    for message in there:
        if (message.says.outcome, message.says.revision) != (row.outcome, row.revision):
            yield f"{row.id} ended {row.outcome} in revision {row.revision}, but says {message}"
    said = tuple(text for message in there for text in message.says.texts)
    if said[:-1] != row.texts:
        yield f"{row.id} says {said}, but its record {row.texts}"
    if not all(text.startswith(f"{row.id}r{row.revision} ") for text in row.texts):
        yield f"{row.id} in revision {row.revision} was answered with {row.texts}"


def _strangers(world: World, rows: dict[str, Row]) -> Iterator[str]:
    """No message without a question."""
    for message in world.chat.messages.values():
        if message.says.question not in rows:
            yield f"{message} answers no question"


def _order(world: World, rows: dict[str, Row]) -> Iterator[str]:
    """Questions of one thread are answered in the order of their acceptance."""
    last: dict[str, float] = {}
    changed = {
        happening.question_id
        for deed in world.deeds
        if isinstance(happening := deed.happening, Cancelled | Deleted)
    }
    for row in sorted(rows.values(), key=lambda row: row.seq):
        if row.outcome is Outcome.BUSY or row.revision or row.id in changed:
            continue
        finals = [message.final_at for message in world.chat.of(row.id) if message.final_at]
        if not finals:
            continue
        if min(finals) < last.get(row.thread, 0.0):
            yield f"{row.id} was answered before a question that came before it"
        last[row.thread] = max(finals)


def _wishes(world: World, rows: dict[str, Row]) -> Iterator[str]:
    """What was deleted is withdrawn; what an edit withdrew is, unless a later one asks anew."""
    for deed in world.deeds:
        happening = deed.happening
        if not isinstance(happening, Deleted):
            continue
        row = rows.get(happening.question_id)
        if row is None or row.revision > happening.revision:
            continue
        if row.outcome is not Outcome.WITHDRAWN:
            yield f"{row.id} was deleted, but ended {row.outcome}"
