"""Chats to train on, a small model of random weights, and jobs."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from footnote.models.training.installed import NEEDED
from footnote.models.training.job import Job
from tests.models.export.checkpoints import write_checkpoint

MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]
needs_torch = pytest.mark.skipif(
    bool(MISSING), reason=f"{' and '.join(MISSING)} not installed: make tune"
)


def chat(number: int, answer: str = "") -> dict[str, Any]:
    """An example."""
    said = answer or f"It is {number * 37 % 100} days. [1]"
    texts = (("system", "Be short."), ("user", f"How many days, {number}?"), ("assistant", said))
    return {
        "id": f"e{number}",
        "messages": [{"role": role, "content": text} for role, text in texts],
    }


def write_chats(path: Path, chats: Iterable[Mapping[str, Any] | str]) -> Path:
    """Write JSONL; what is a string already is written as it is."""
    lines = (each if isinstance(each, str) else json.dumps(each) for each in chats)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def small_job(folder: Path, **changes: Any) -> Job:
    """A training of some steps on one thread, by which everything can be seen."""
    folder.mkdir(parents=True, exist_ok=True)
    long = chat(98, "day " * 300)
    told: dict[str, Any] = {
        "model": write_checkpoint(folder),
        "train": write_chats(folder / "train.jsonl", [*map(chat, range(24)), "broken", long]),
        "validation": write_chats(folder / "validation.jsonl", map(chat, range(30, 36))),
        "folder": folder / "training",
        "rank": 4,
        "learning_rate": 3e-3,
        "max_tokens": 256,
        "threads": 1,
        **changes,
    }
    return Job(**told)
