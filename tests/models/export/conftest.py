"""Checkpoints and their GGUF files in F32, made once for many tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from footnote.models.export.models import Source, export_model
from tests.models.export.checkpoints import write_checkpoint


@dataclass(frozen=True, slots=True)
class Exported:
    """A model in both forms."""

    checkpoint: Path
    file: Path


Models = Callable[[str], Awaitable[Exported]]


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """Gives a small model by its name."""
    folder = tmp_path_factory.mktemp("exported")
    made: dict[str, Exported] = {}

    async def model(name: str) -> Exported:
        if name not in made:
            checkpoint = write_checkpoint(folder, name)
            file = folder / f"{name}.gguf"
            await export_model(Source(checkpoint, kind="f32"), file)
            made[name] = Exported(checkpoint, file)
        return made[name]

    return model
