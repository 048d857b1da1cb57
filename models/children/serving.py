"""The child's end of the line.

Commands come from the standard input, and events go to what was the standard output. A child dies
with its parent: when the input ends, it exits, whatever it is computing.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable
from time import sleep
from typing import BinaryIO, Generic

from footnote.models.children.framing import Codec
from footnote.models.children.process import Heard, Told
from footnote.models.children.signs import Beat

BEAT_S = 1.0

_log = logging.getLogger(__name__)


class Line(Generic[Told, Heard]):
    """Speaks with the parent: one thread reads, one beats, and any may send."""

    def __init__(
        self, source: BinaryIO, sink: int, told: Codec[Told], heard: Codec[Heard | Beat]
    ) -> None:
        """Set up.

        Args:
            source: Where commands come from.
            sink: The descriptor that events go to.
            told: How commands are read.
            heard: How events are written.
        """
        self._source = source
        self._sink = sink
        self._commands = told
        self._events = heard
        self._writing = threading.Lock()
        self._arrived: queue.SimpleQueue[Told] = queue.SimpleQueue()

    def open(self, busy_s: Callable[[], float]) -> None:
        """Begin to read and to beat.

        Args:
            busy_s: Seconds that the present step has taken so far; called from another thread.
        """
        for work in (self._read, lambda: self._beat(busy_s)):
            threading.Thread(target=work, daemon=True).start()

    def next(self) -> Told:
        """The next command; waits for one."""
        return self._arrived.get()

    def send(self, event: Heard | Beat) -> None:
        """Tell the parent; from any thread."""
        frame = memoryview(self._events.encode(event))
        try:
            with self._writing:
                while frame:
                    frame = frame[os.write(self._sink, frame) :]
        except BrokenPipeError:
            os._exit(0)

    def _read(self) -> None:
        """Read commands until there are no more; then there is no parent either."""
        try:
            while (command := self._commands.read(self._source.read)) is not None:
                self._arrived.put(command)
        finally:
            # Nothing is worth finishing, and a step may take long.
            os._exit(0)

    def _beat(self, busy_s: Callable[[], float]) -> None:
        while True:
            self.send(Beat(busy_s()))
            sleep(BEAT_S)


def serve(run: Callable[[BinaryIO, int], None]) -> None:
    """Serve on the standard streams; whatever else is printed goes to the standard error.

    Args:
        run: Serves until the parent is gone, given where commands come from and events go to.
    """
    faulthandler.enable()
    logging.basicConfig(format="%(message)s")
    sink = os.dup(1)
    os.dup2(2, 1)
    status = 1
    try:
        run(sys.stdin.buffer, sink)
        status = 0
    except BaseException:  # noqa: BLE001  it is written down, and the process ends
        _log.exception("the process cannot go on")
    finally:
        # The thread that reads would hold up an orderly end.
        os._exit(status)
