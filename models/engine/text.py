"""From the bytes of tokens to text that may be shown: whole characters, and no stop string."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class TextStream:
    """One answer's text.

    A token may end within a character, and a stop string within a token or over several, so the
    last few bytes or characters are held back until it is clear what they are. The work for a
    token does not depend on the length of the answer. Bytes that are no UTF-8 become U+FFFD.

    Attributes:
        stopped: Whether a stop string has come; the text before it was the last.
    """

    def __init__(self, stops: Sequence[str] = ()) -> None:
        """Begin.

        Args:
            stops: Texts that end the answer and are no part of it; empty ones mean nothing.
        """
        self.stopped = False
        self._stops = tuple(stop for stop in stops if stop)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""

    def feed(self, piece: bytes) -> str:
        """What may be shown now that these bytes have come."""
        return self._shown(self._decoder.decode(piece), last=False)

    def finish(self) -> str:
        """What may be shown after the last token."""
        return self._shown(self._decoder.decode(b"", final=True), last=True)

    def _shown(self, text: str, *, last: bool) -> str:
        if self.stopped:
            return ""
        self._held += text
        stop = min(
            (place for each in self._stops if (place := self._held.find(each)) >= 0), default=None
        )
        if stop is not None:
            self.stopped = True
        end = stop if stop is not None else len(self._held) - (0 if last else self._undecided())
        shown, self._held = self._held[:end], self._held[end:]
        return shown

    def _undecided(self) -> int:
        """How many characters at the end may be the beginning of a stop string."""
        longest = max(map(len, self._stops), default=1) - 1
        for length in range(min(longest, len(self._held)), 0, -1):
            end = self._held[-length:]
            if any(stop.startswith(end) for stop in self._stops):
                return length
        return 0
