"""Models of random weights, made and loaded once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.models.engine.native_world import Loaded, loaded
from tests.models.gguf_files import Shape

FAMILIES = ("llama", "qwen2", "qwen3", "gemma3")


@pytest.fixture(scope="session")
def loaded_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Loaded]:
    """Gives the loaded model of a family."""
    folder = tmp_path_factory.mktemp("models")
    made: dict[str, Loaded] = {}

    def model(family: str) -> Loaded:
        if family not in made:
            made[family] = loaded(folder, Shape(family))
        return made[family]

    return model
