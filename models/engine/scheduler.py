"""Plans step after step which tokens are computed for whom. Pure: it neither computes nor waits.

A question waits in line until its prompt begins to be read; there is no overtaking, so nobody
starves. Prompts are read one after another, in large chunks. Each step has one row, with guesses a
few, for every answer that is being written, and is filled up with the prompt that is being read;
while answers are written, only so far that the gaps between their tokens stay short.

A prompt looks for a prefix to reuse at the moment it begins, not when it comes: what the prompts
before it have in common with it is then in the cache. Adapters never mix: a prompt for another
adapter waits until all answers on the present one are whole, and so do those behind it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from footnote.models.engine.filling import End, without_gaps
from footnote.models.engine.lookup import Lookup, worthwhile
from footnote.models.engine.sequences import Held, Layout, Sequences
from footnote.models.engine.spills import Spills
from footnote.models.engine.steps import Adapt, Chosen, Chunk, Operation, Prompt, Step, Trim


class TooLongError(ValueError):
    """Prompt and answer can never fit; `tokens` is what they would take."""

    def __init__(self, tokens: int, most: int) -> None:
        super().__init__(f"{tokens} tokens do not fit into {most}")
        self.tokens = tokens
        self.most = most


@dataclass(frozen=True, slots=True)
class Limits:
    """What a step may hold, and the cache.

    Attributes:
        layout: How the cache is divided.
        answers: How many answers may be read or written at once.
        rows: Rows of a step at most; more than twice as many as there are sequences.
        rows_beside: Rows of a prompt in one step while answers are being written.
        spill_bytes: Memory for threads' caches outside the model.
        token_bytes: What the cache of one token takes there.
        reuse: Whether prefixes are reused.
        window: How far back a token sees at most, or None.
        guess_costs: What one guess, two, and so on cost, as shares of a step without any; as many
            as may be guessed at a time, so that none switches guessing off.
    """

    layout: Layout
    answers: int
    rows: int
    rows_beside: int
    spill_bytes: int = 0
    token_bytes: int = 1
    reuse: bool = True
    window: int | None = None
    guess_costs: tuple[float, ...] = ()


@dataclass(slots=True)
class _Answer:
    """An answer in the making: `tokens` are its prompt and all that was chosen so far."""

    prompt: Prompt
    held: Held
    tokens: list[int]
    lookup: Lookup | None

    @property
    def reading(self) -> bool:
        return len(self.held.tokens) < len(self.prompt.tokens)

    @property
    def left(self) -> int:
        """Tokens that may still be chosen."""
        return len(self.prompt.tokens) + self.prompt.max_tokens - len(self.tokens)


class Scheduler:
    """Takes prompts in, and says step after step what to compute.

    Call `plan`, do what it says, then `settle` with what was chosen, or `drop` where the step
    failed; then `plan` again.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        spills = Spills(limits.spill_bytes, limits.token_bytes)
        self.sequences = Sequences(limits.layout, spills, reuse=limits.reuse, window=limits.window)
        self._waiting: OrderedDict[int, Prompt] = OrderedDict()
        self._answers: dict[int, _Answer] = {}
        self._adapter: str | None = None
        self._steps = 0

    @property
    def waiting(self) -> tuple[int, ...]:
        """The prompts in line, first first."""
        return tuple(self._waiting)

    @property
    def running(self) -> tuple[int, ...]:
        """The answers that are being read or written."""
        return tuple(self._answers)

    def ask(self, prompt: Prompt) -> None:
        """Put a prompt in line.

        Raises:
            TooLongError: It can never fit.
        """
        cells = _cells(prompt)
        if not self.sequences.fits(cells):
            raise TooLongError(cells, self._limits.layout.cells)
        self._waiting[prompt.id] = prompt

    def cancel(self, number: int) -> bool:
        """Drop a prompt or an answer; returns whether it was there."""
        if self._waiting.pop(number, None):
            return True
        answer = self._answers.pop(number, None)
        if answer is None:
            return False
        self.sequences.release(answer.held)
        return True

    def plan(self, now: float = 0.0) -> Step:
        """What to compute next.

        Args:
            now: The time on the clock of the deadlines.
        """
        expired = self._expire(now)
        self._steps += 1
        operations: list[Operation] = []
        begun: list[tuple[int, int]] = []
        chunks = self._written()
        # Rows that only fill gaps need their places too.
        left = self._limits.rows - self._limits.layout.sequences
        left -= sum(len(chunk.tokens) for chunk in chunks)
        if chunks:
            left = min(left, self._limits.rows_beside)
        for answer in self._answers.values():
            if answer.reading and left > 0:
                left -= self._read(answer, left, chunks)
        while left > 0 and (new := self._begin(operations)):
            begun.append((new.prompt.id, len(new.held.tokens)))
            left -= self._read(new, left, chunks)
        return Step(tuple(operations), self._filled(chunks), tuple(begun), expired)

    def settle(self, step: Step, chosen: Mapping[int, Chosen]) -> tuple[Operation, ...]:
        """Take in what was chosen after a step.

        Args:
            step: What was computed.
            chosen: By answer, for each whose rows were scored.

        Returns:
            What takes back the rows that turned out wrong or only filled a gap.
        """
        trims: list[Operation] = []
        for chunk in step.chunks:
            held = self.sequences.all[chunk.sequence]
            _mark(held, chunk)
            answer = self._answers.get(chunk.id) if chunk.id is not None else None
            if answer is not None:
                self._take(answer, chunk, chosen.get(answer.prompt.id))
            if len(held.tokens) < chunk.start + len(chunk.tokens):
                trims.append(Trim(chunk.sequence, len(held.tokens)))
        return tuple(trims)

    def drop(self, step: Step) -> tuple[Operation, ...]:
        """A step failed: forget its answers, some of whose rows may have been computed.

        Returns:
            What makes sure that none of these rows is left.
        """
        trims = []
        for chunk in step.chunks:
            if chunk.id is not None:
                self.cancel(chunk.id)
            held = self.sequences.all[chunk.sequence]
            _mark(held, chunk)
            trims.append(Trim(chunk.sequence, len(held.tokens)))
        return tuple(trims)

    def _expire(self, now: float) -> tuple[int, ...]:
        late = [
            prompt.id
            for prompt in (
                *self._waiting.values(),
                *(answer.prompt for answer in self._answers.values()),
            )
            if prompt.deadline is not None and prompt.deadline <= now
        ]
        for number in late:
            self.cancel(number)
        return tuple(late)

    def _written(self) -> list[Chunk]:
        """One row for each answer that is being written, and guesses while there is room."""
        writing = [answer for answer in self._answers.values() if not answer.reading]
        found = self._drafts(writing)
        chunks = []
        for answer in writing:
            drafts = found.get(answer.prompt.id, ())
            chunks.append(
                Chunk(
                    answer.held.index,
                    len(answer.held.tokens),
                    (answer.tokens[-1], *drafts),
                    scored=1 + len(drafts),
                    id=answer.prompt.id,
                    drafts=drafts,
                )
            )
        return chunks

    def _drafts(self, writing: Sequence[_Answer]) -> dict[int, tuple[int, ...]]:
        """Guesses by answer, all equally long."""
        if not writing:
            return {}
        # One row is left for whatever is being read, so that guesses hold up nobody.
        room = self._limits.rows - self._limits.layout.sequences - len(writing) - 1
        found: dict[int, tuple[int, ...]] = {}
        chances, trial = [], False
        for answer in writing:
            most = min(room // len(writing), answer.left - 1)
            if answer.lookup and (guesses := answer.lookup.guess(answer.tokens, most, self._steps)):
                found[answer.prompt.id] = guesses
                chances.append(answer.lookup.chance)
                trial = trial or not answer.lookup.pays
        longest = max(map(len, found.values()), default=0)
        length = worthwhile(chances, len(writing), self._limits.guess_costs, longest)
        length = max(length, 1 if trial else 0)
        return {
            number: guesses[:length] for number, guesses in found.items() if len(guesses) >= length
        }

    def _read(self, answer: _Answer, most: int, chunks: list[Chunk]) -> int:
        """Add a chunk of an answer's prompt; returns its rows."""
        start = len(answer.held.tokens)
        tokens = answer.prompt.tokens[start : start + most]
        whole = start + len(tokens) == len(answer.prompt.tokens)
        chunks.append(
            Chunk(
                answer.held.index,
                start,
                tokens,
                scored=1 if whole else 0,
                first_scored=len(tokens) - 1 if whole else 0,
                id=answer.prompt.id,
            )
        )
        return len(tokens)

    def _begin(self, operations: list[Operation]) -> _Answer | None:
        """Let the first in line begin, if it can."""
        if not self._waiting or len(self._answers) >= self._limits.answers:
            return None
        prompt = next(iter(self._waiting.values()))
        if self._answers and prompt.adapter != self._adapter:
            return None
        begun = self.sequences.begin(prompt.id, prompt.tokens, _cells(prompt), prompt.adapter)
        if begun is None:
            return None
        del self._waiting[prompt.id]
        if prompt.adapter != self._adapter:
            operations.append(Adapt(prompt.adapter))
            self._adapter = prompt.adapter
        operations += begun.operations
        guesses = prompt.lookup and self._limits.reuse and self._limits.guess_costs
        lookup = Lookup(self._limits.guess_costs) if guesses else None
        answer = _Answer(prompt, begun.held, list(prompt.tokens), lookup)
        self._answers[prompt.id] = answer
        return answer

    def _filled(self, chunks: list[Chunk]) -> tuple[Chunk, ...]:
        if self._limits.layout.shared:
            return tuple(sorted(chunks, key=lambda chunk: chunk.sequence))

        def end(sequence: int) -> End:
            held = self.sequences.all[sequence]
            return End(len(held.tokens), self.sequences.spare(held))

        most = self._limits.rows - sum(len(chunk.tokens) for chunk in chunks)
        return without_gaps(chunks, end, most)

    def _take(self, answer: _Answer, chunk: Chunk, chosen: Chosen | None) -> None:
        if answer.reading:
            answer.held.tokens += chunk.tokens[: len(chunk.tokens) - chunk.padding]
            if chosen:
                answer.tokens += chosen.tokens
        elif chosen:
            right = len(chosen.tokens) - 1
            if chosen.tokens[:-1] != chunk.drafts[:right]:
                raise ValueError("only drafts that came true may be taken")
            answer.held.tokens += chunk.tokens[: 1 + right]
            answer.tokens += chosen.tokens
            if answer.lookup and chunk.drafts:
                answer.lookup.learn(len(chunk.drafts), right, self._steps)
        if chosen and chosen.ended:
            self.cancel(answer.prompt.id)


def _cells(prompt: Prompt) -> int:
    return len(prompt.tokens) + prompt.max_tokens


def _mark(held: Held, chunk: Chunk) -> None:
    """Rows were computed, whatever becomes of them."""
    held.highest = max(held.highest, chunk.start + len(chunk.tokens) - 1)
