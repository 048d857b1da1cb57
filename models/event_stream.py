"""Server-sent events, as the HTML standard defines the stream: bytes in, the data of events out."""

from __future__ import annotations

import codecs
import re

_LINE = re.compile(r"\r\n|\n|\r(?!\Z)")
"""The end of a line; a CR at the very end may be half of one."""


class EventStream:
    """Reads one stream, however its bytes are cut into chunks."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._rest = ""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> list[str]:
        """The data of every event that this chunk completes; comments are left out."""
        *lines, self._rest = _LINE.split(self._rest + self._decoder.decode(chunk))
        events = []
        for line in lines:
            if not line and self._data:
                events.append("\n".join(self._data))
                self._data = []
            name, _, value = line.partition(":")
            if name == "data":
                self._data.append(value.removeprefix(" "))
        return events
