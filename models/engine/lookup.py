"""Prompt lookup: what followed the last few tokens when they stood in the text before.

Answers repeat their passages. Guesses are checked in the same step that would compute one token,
so a guess that comes true saves a step; one that does not costs its row. A row costs little where
a step mostly waits for the weights, and nearly as much as a token where it mostly computes. So all
answers of a step guess equally far, which keeps the step in one piece, and only as far as what it
costs on this machine is likely to come back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

PATTERN = 3
"""Tokens that must repeat before a guess is made."""

ROUND = 32
"""Steps of a round; where guesses do not pay, answers try them again in the first of some rounds,
all in the same step."""

GAIN = 1.1
"""How much faster guessing must be expected to make a step: costs are measured once, over short
texts, and differ by about a tenth from then on."""

_WATCHED = 16
_RIGHT, _CHECKED = 2, 3
"""What is believed before the first guess: so many of so many came true."""


class Lookup:
    """Guesses for one answer, and whether they pay.

    Args:
        costs: What one guess, two, and so on take longer, as shares of a step without any; as many
            as may be guessed at a time.
    """

    def __init__(self, costs: Sequence[float]) -> None:
        self._costs = costs
        self._after: dict[tuple[int, ...], int] = {}
        self._indexed = 0
        self._recent: deque[bool] = deque(maxlen=_WATCHED)
        self._rounds = 1
        self._quiet_until = 0

    @property
    def chance(self) -> float:
        """How likely a guess comes true, as far as can be told."""
        return (sum(self._recent) + _RIGHT) / (len(self._recent) + _CHECKED)

    @property
    def pays(self) -> bool:
        """Whether guesses are likely to bring in what they cost; else this is only a trial."""
        return worthwhile([self.chance], 1, self._costs, len(self._costs)) > 0

    def guess(self, tokens: Sequence[int], most: int, step: int) -> tuple[int, ...]:
        """What may come next.

        Args:
            tokens: Prompt and answer so far; the same and more at each call.
            most: How many guesses there is room for.
            step: The step's number.
        """
        if most < 1 or step < self._quiet_until or len(tokens) <= PATTERN:
            return ()
        if step % ROUND and not self.pays:
            return ()
        # The last pattern itself is looked up, so it is not known yet.
        for start in range(self._indexed, len(tokens) - PATTERN):
            self._after[tuple(tokens[start : start + PATTERN])] = start + PATTERN
        self._indexed = max(self._indexed, len(tokens) - PATTERN)
        found = self._after.get(tuple(tokens[-PATTERN:]))
        if found is None:
            return ()
        return tuple(tokens[found : found + min(most, len(self._costs))])

    def learn(self, guessed: int, right: int, step: int) -> None:
        """Some guesses were checked; where they do not pay, keep quiet for longer each time.

        Args:
            guessed: How many there were; those after the first wrong one were not checked.
            right: How many came true.
            step: The step's number.
        """
        self._recent.extend([True] * right)
        if right < guessed:
            self._recent.append(False)
        if right:
            self._rounds = 1
        if not self.pays:
            self._quiet_until = (step // ROUND + self._rounds) * ROUND
            self._rounds *= 2


def worthwhile(chances: Sequence[float], answers: int, costs: Sequence[float], most: int) -> int:
    """How far to guess in a step so that most tokens a second can be expected.

    It is 0 where that is less than `GAIN` times as many as without.

    Args:
        chances: How likely a guess comes true, by answer that guesses.
        answers: How many are written.
        costs: What one guess in every answer, two, and so on take longer, as shares of a step
            without any.
        most: How far they can guess, at most as far as costs are known.
    """

    def speed(guesses: int) -> float:
        right = sum(chance**place for chance in chances for place in range(1, guesses + 1))
        return (answers + right) / (1 + (costs[guesses - 1] if guesses else 0))

    best = max(range(most + 1), key=speed)
    return best if speed(best) >= GAIN * speed(0) else 0
