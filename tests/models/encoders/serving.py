"""How the child processes of tests are started, and stand-ins for them."""

from __future__ import annotations

import sys
from pathlib import Path

from footnote.models.children.keeping import Pauses
from footnote.models.children.process import ChildProcess, started
from footnote.models.encoders.keeper import EncoderChild, Spawn
from footnote.models.encoders.messages import Ready, commands, events
from footnote.models.encoders.options import EncoderOptions
from tests.models.gguf_bert import RERANKER, Bert, write_bert

QUICK = Pauses(first_s=0.01, longest_s=0.05)
DIMENSION = 4
_READY = Ready(
    name="stand-in",
    digest="0" * 64,
    dimension=DIMENSION,
    max_tokens=64,
    pieces=(" the", " cat"),
    whole_words=True,
    offloads=False,
)


def embedding(folder: Path, bert: Bert | None = None) -> EncoderOptions:
    """An embedding model in a folder, and how to serve it."""
    return EncoderOptions(write_bert(folder / "embedder.gguf", bert or Bert()), "embed")


def reranking(folder: Path, bert: Bert = RERANKER) -> EncoderOptions:
    """A reranking model in a folder, and how to serve it."""
    return EncoderOptions(write_bert(folder / "reranker.gguf", bert), "rank")


def child_that(code: str) -> Spawn:
    """A stand-in for the child process that runs this Python code.

    Args:
        code: It may use `READY`, `read()`, which gives the next command, `send(event)`, `os`,
            `signal`, and everything in `messages`.
    """
    prelude = (
        "import os, signal, sys, dataclasses\n"
        "from footnote.models.encoders.messages import *\n"
        "read = lambda: commands().read(sys.stdin.buffer.read)\n"
        "send = lambda event: os.write(1, events().encode(event))\n"
        f"READY = {_READY!r}\n"
    )

    async def start(name: str) -> EncoderChild:
        process = await started((sys.executable, "-c", prelude + code))
        return ChildProcess(process, name, commands(), events())

    return start
