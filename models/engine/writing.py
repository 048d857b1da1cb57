"""One answer while it is written: which tokens, which text, and why it ends."""

from __future__ import annotations

from collections.abc import Callable

from footnote.models.engine.choosing import Chooser
from footnote.models.engine.messages import Reason, Timings
from footnote.models.engine.native import Scores
from footnote.models.engine.steps import Chosen, Chunk
from footnote.models.engine.text import TextStream
from footnote.models.engine.vocabulary import Vocabulary
from footnote.models.thoughts import ThoughtFilter


class Writing:
    """Turns scores into an answer.

    Attributes:
        reason: Why it has ended, or None while it goes on.
    """

    def __init__(  # noqa: PLR0913  an answer has this many parts
        self,
        vocabulary: Vocabulary,
        chooser: Chooser,
        text: TextStream,
        thoughts: ThoughtFilter,
        *,
        prompt_tokens: int,
        max_tokens: int,
        asked: float,
        endless: bool = False,
    ) -> None:
        """Begin.

        Args:
            vocabulary: The model's.
            chooser: Chooses its tokens.
            text: Makes characters of them.
            thoughts: Holds thoughts back.
            prompt_tokens: Length of the prompt.
            max_tokens: Length of the answer at most.
            asked: When it was asked for.
            endless: Whether the model's wish to end is overruled.
        """
        self._vocabulary = vocabulary
        self._chooser = chooser
        self._text = text
        self._thoughts = thoughts
        self._prompt_tokens = prompt_tokens
        self._max_tokens = max_tokens
        self._asked = asked
        self._endless = endless
        self._tokens = 0
        self._reused = 0
        self._guessed = 0
        self._guessed_right = 0
        self._began: float | None = None
        self._first: float | None = None
        self._ready = ""
        self._drained = False
        self.reason: Reason | None = None

    def begin(self, reused: int, now: float) -> None:
        """Its prompt begins to be read, after so many tokens that need not be."""
        self._reused, self._began = reused, now

    def advance(
        self, chunk: Chunk, first_row: int, scores: Callable[[int], Scores], now: float
    ) -> Chosen:
        """Choose the next token, and after each guess that came true one more.

        Args:
            chunk: This answer's rows of the step.
            first_row: Index of its first scored row.
            scores: Gives a row's scores.
            now: The time.
        """
        tokens: list[int] = []
        for index, guess in enumerate((*chunk.drafts, None)):
            token = self._chooser.choose(scores(first_row + index))
            tokens.append(token)
            self._take(token)
            if self.reason or token != guess:
                break
        if self._first is None:
            self._first = now
        self._guessed += len(chunk.drafts)
        self._guessed_right += len(tokens) - 1
        return Chosen(tuple(tokens), ended=self.reason is not None)

    @property
    def silent(self) -> bool:
        """Whether there is text that is ready to be shown, and nothing was shown yet."""
        return bool(self._ready) and not self._drained

    def drain(self) -> str:
        """The text that is ready to be shown."""
        ready, self._ready = self._ready, ""
        self._drained |= bool(ready)
        return ready

    def timings(self, now: float) -> Timings:
        """How it went."""
        began = self._began if self._began is not None else now
        return Timings(
            prompt_tokens=self._prompt_tokens,
            reused_tokens=self._reused,
            answer_tokens=self._tokens,
            guessed=self._guessed,
            guessed_right=self._guessed_right,
            waited_s=began - self._asked,
            first_s=self._first - self._asked if self._first is not None else None,
            total_s=now - self._asked,
        )

    def close(self) -> None:
        """Free what llama.cpp holds."""
        self._chooser.close()

    def _take(self, token: int) -> None:
        self._tokens += 1
        if self._vocabulary.ends(token) and not self._endless:
            self._end("stop")
            return
        self._ready += self._thoughts.feed(self._text.feed(self._vocabulary.piece(token)))
        if self._text.stopped:
            self._end("stop")
        elif self._tokens >= self._max_tokens:
            self._end("length")

    def _end(self, reason: Reason) -> None:
        self.reason = reason
        self._ready += self._thoughts.feed(self._text.finish()) + self._thoughts.finish()
