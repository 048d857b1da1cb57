"""What a platform fills in, so that an answer's blocks can be dealt out to its messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from footnote.bot.platforms.pages.segments import Segment


class Paper(Protocol):
    """What a message of a platform is written on."""

    @property
    def room(self) -> int:
        """How much one message holds, as `size` counts it."""
        ...

    @property
    def longest_link(self) -> int:
        """Characters that a link may have; a passage with a longer one is shown otherwise."""
        ...

    @property
    def left_out(self) -> str:
        """What is said at the end of the last message where the rest is left out."""
        ...

    def size(self, text: str) -> int:
        """How much room a text takes that is written already."""
        ...

    def written(self, segment: Segment, leads: Mapping[int, str]) -> str:
        """A segment as the platform shows it, with nothing alive but its citation markers.

        Args:
            segment: The segment; a piece of prose of one sign must fit a message.
            leads: Where citation markers lead, by number.
        """
        ...
