"""The child process: `python -m footnote.models.encoders.child`, started by `keeper.py`.

It reads commands from its standard input and writes events to what was its standard output. It
dies with its parent: when the input ends, it exits, whatever it is computing.
"""

from __future__ import annotations

import faulthandler
import hashlib
import logging
import os
import queue
import sys
import threading
from time import monotonic, sleep
from typing import BinaryIO

from footnote.models.encoders.messages import (
    Command,
    Embed,
    Embedded,
    Event,
    Judge,
    Judged,
    Ready,
    Start,
    commands,
    events,
)
from footnote.models.encoders.native import Encoder
from footnote.models.encoders.options import EncoderOptions
from footnote.models.engine.errors import UnusableModelError
from footnote.models.engine.files import check_file
from footnote.models.engine.messages import Beat, Failed, Refused
from footnote.models.engine.native import ComputeError, Log, can_offload
from footnote.models.errors import ModelError

BEAT_S = 1.0

_TRIAL = "a text of more than one row, which takes other paths than a single one " * 3

_log = logging.getLogger(__name__)


class Child:
    """Speaks with the parent on three threads: this one computes, one reads, one beats."""

    def __init__(self, source: BinaryIO, sink: int) -> None:
        """Set up.

        Args:
            source: Where commands come from.
            sink: The descriptor that events go to.
        """
        self._source = source
        self._sink = sink
        self._commands = commands()
        self._events = events()
        self._writing = threading.Lock()
        self._arrived: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._since: float | None = None

    def run(self) -> None:
        """Serve until the parent is gone."""
        for work in (self._read, self._beat):
            threading.Thread(target=work, daemon=True).start()
        start = self._arrived.get()
        if not isinstance(start, Start):
            raise TypeError("the first command must be a start")
        try:
            encoder = self._open(start.options)
        except ModelError as error:
            self.send(Refused(str(error)))
            return
        while True:
            self._serve(encoder, self._arrived.get())

    def send(self, event: Event) -> None:
        """Tell the parent; from any thread."""
        frame = memoryview(self._events.encode(event))
        try:
            with self._writing:
                while frame:
                    frame = frame[os.write(self._sink, frame) :]
        except BrokenPipeError:
            os._exit(0)

    def _open(self, options: EncoderOptions) -> Encoder:
        check_file(options.model)
        encoder = Encoder(options, Log())
        embeds = options.task == "embed"
        try:
            if embeds:
                encoder.vector(_TRIAL)
            else:
                encoder.score(_TRIAL, _TRIAL)
        except ComputeError as error:
            raise UnusableModelError(
                f"{options.model.name} cannot be used here ({error}): its file is damaged, or "
                "llama.cpp was built for another processor; fetch it again, or run make gguf."
            ) from error
        with options.model.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.send(
            Ready(
                name=encoder.metadata.get("general.name") or options.model.stem,
                digest=digest,
                dimension=encoder.dimension,
                max_tokens=encoder.length,
                pieces=encoder.pieces() if embeds else (),
                whole_words=encoder.word_pieces,
                offloads=can_offload(),
            )
        )
        return encoder

    def _serve(self, encoder: Encoder, command: Command) -> None:
        self._since = monotonic()
        try:
            match command:
                case Embed(number, texts):
                    rows = (tuple(map(float, encoder.vector(text))) for text in texts)
                    self.send(Embedded(number, tuple(rows)))
                case Judge(number, question, passage):
                    self.send(Judged(number, encoder.score(question, passage)))
                case Start():
                    raise TypeError("there is only one start")
        except ComputeError as error:
            assert not isinstance(command, Start)  # noqa: S101  it computes nothing
            reason = f"The model could not compute ({error}): try again, or choose another model."
            self.send(Failed(command.id, reason))
        finally:
            self._since = None

    def _read(self) -> None:
        """Read commands until there are no more; then there is no parent either."""
        try:
            while (command := self._commands.read(self._source.read)) is not None:
                self._arrived.put(command)
        finally:
            # Nothing is worth finishing, and a step may take long.
            os._exit(0)

    def _beat(self) -> None:
        while True:
            since = self._since
            self.send(Beat(monotonic() - since if since is not None else 0.0))
            sleep(BEAT_S)


def main() -> None:
    """Serve on the standard streams; whatever else is printed goes to the standard error."""
    faulthandler.enable()
    logging.basicConfig(format="%(message)s")
    sink = os.dup(1)
    os.dup2(2, 1)
    status = 1
    try:
        Child(sys.stdin.buffer, sink).run()
        status = 0
    except BaseException:  # noqa: BLE001  it is written down, and the process ends
        _log.exception("the process cannot go on")
    finally:
        # The thread that reads would hold up an orderly end.
        os._exit(status)


if __name__ == "__main__":
    main()
