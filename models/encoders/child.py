"""The child process: `python -m footnote.models.encoders.child`, started by `keeper.py`."""

from __future__ import annotations

import hashlib
from time import monotonic
from typing import BinaryIO

from footnote.models.children.serving import Line, serve
from footnote.models.children.signs import Refused
from footnote.models.encoders.messages import (
    Command,
    Embed,
    Embedded,
    Event,
    Failed,
    Judge,
    Judged,
    Ready,
    Start,
    commands,
    events,
)
from footnote.models.encoders.native import Encoder
from footnote.models.encoders.options import EncoderOptions
from footnote.models.engine.files import check_file
from footnote.models.engine.native import ComputeError, Log, can_offload
from footnote.models.errors import ModelError, UnusableModelError

_TRIAL = "a text of more than one row, which takes other paths than a single one " * 3


class Child:
    """Loads the model, and computes one request after another."""

    def __init__(self, source: BinaryIO, sink: int) -> None:
        """Set up.

        Args:
            source: Where commands come from.
            sink: The descriptor that events go to.
        """
        self._line: Line[Command, Event] = Line(source, sink, commands(), events())
        self._since: float | None = None

    def run(self) -> None:
        """Serve until the parent is gone."""
        self._line.open(self._busy_s)
        start = self._line.next()
        if not isinstance(start, Start):
            raise TypeError("the first command must be a start")
        try:
            encoder = self._open(start.options)
        except ModelError as error:
            self._line.send(Refused(str(error)))
            return
        while True:
            self._serve(encoder, self._line.next())

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
        self._line.send(
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
                    self._line.send(Embedded(number, tuple(rows)))
                case Judge(number, question, passage):
                    self._line.send(Judged(number, encoder.score(question, passage)))
                case Start():
                    raise TypeError("there is only one start")
        except ComputeError as error:
            assert not isinstance(command, Start)  # noqa: S101  it computes nothing
            reason = f"The model could not compute ({error}): try again, or choose another model."
            self._line.send(Failed(command.id, reason))
        finally:
            self._since = None

    def _busy_s(self) -> float:
        since = self._since
        return monotonic() - since if since is not None else 0.0


def main() -> None:
    """Serve on the standard streams."""
    serve(lambda source, sink: Child(source, sink).run())


if __name__ == "__main__":
    main()
