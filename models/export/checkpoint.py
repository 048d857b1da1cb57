"""A folder with a model as Transformers saves it: its configuration, and its tensors by rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ml_dtypes  # noqa: F401  it teaches numpy bfloat16, which safetensors asks for by name
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from footnote.models.export.errors import NotCarriedError, UnreadableError

Floats = NDArray[np.float32]
Rows = Callable[[int, int], Floats]
"""Gives the rows from one number up to another."""

_INDEX = "model.safetensors.index.json"
_SINGLE = "model.safetensors"
_FLOATS = ("F32", "F16", "BF16")


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor in a file.

    Attributes:
        name: Its name there.
        file: The safetensors file.
        shape: Its lengths; the first counts rows.
    """

    name: str
    file: Path
    shape: tuple[int, ...]

    @contextmanager
    def opened(self) -> Iterator[Rows]:
        """Its rows, read only when asked for; the file is mapped for as long as the block lasts.

        Raises:
            UnreadableError: The file is gone or damaged.
        """
        with _opened(self.file) as file:
            tensor = file.get_slice(self.name)

            def rows(start: int, stop: int) -> Floats:
                part = tensor[start : min(stop, self.shape[0])]
                return np.asarray(part).astype(np.float32)

            yield rows

    def whole(self) -> Floats:
        """All of it at once.

        Raises:
            UnreadableError: The file is gone or damaged.
        """
        with self.opened() as rows:
            return rows(0, self.shape[0])


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model's folder.

    Attributes:
        folder: Where it is.
        config: What config.json says.
        tensors: Each tensor by its name.
    """

    folder: Path
    config: Mapping[str, Any]
    tensors: Mapping[str, Stored]


def read_checkpoint(folder: Path) -> Checkpoint:
    """Look at a model without reading its weights.

    Args:
        folder: As Transformers saves it, with one safetensors file or several.

    Raises:
        NotCarriedError: The weights are quantized.
        UnreadableError: A file is missing or damaged.
    """
    config = read_json(folder / "config.json")
    if config.get("quantization_config"):
        raise NotCarriedError(
            f"The weights in {folder.name} are quantized: export the model that they were made "
            "from, and merge the adapter into that."
        )
    if (folder / _INDEX).is_file():
        wanted = read_json(folder / _INDEX).get("weight_map", {})
        tensors = {
            name: stored
            for shard in sorted(set(wanted.values()))
            for name, stored in stored_in(folder / shard).items()
        }
        missing = sorted(set(wanted) - set(tensors))
        if missing:
            raise UnreadableError(
                f"The files in {folder.name} lack {missing[0]}, which their index names: save or "
                "fetch the model again."
            )
        return Checkpoint(folder, config, tensors)
    if not (folder / _SINGLE).is_file():
        raise UnreadableError(
            f"There is no {_SINGLE} in {folder}: save the model with Transformers, as safetensors."
        )
    return Checkpoint(folder, config, stored_in(folder / _SINGLE))


def stored_in(path: Path) -> dict[str, Stored]:
    """The tensors of a safetensors file.

    Raises:
        NotCarriedError: One holds other numbers than floats of 16 or 32 bits.
        UnreadableError: The file is missing or damaged.
    """
    found = {}
    with _opened(path) as file:
        for name in file.keys():  # noqa: SIM118  it is no mapping
            tensor = file.get_slice(name)
            if tensor.get_dtype() not in _FLOATS:
                raise NotCarriedError(
                    f"{name} in {path.name} is of type {tensor.get_dtype()}: save the model in "
                    "float32, float16 or bfloat16."
                )
            found[name] = Stored(name, path, tuple(tensor.get_shape()))
    return found


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file.

    Raises:
        UnreadableError: The file is missing, or holds none.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = "is missing" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise UnreadableError(
            f"{path.name} {reason} in {path.parent}: name a folder that Transformers or PEFT has "
            "saved whole."
        ) from error
    if not isinstance(found, dict):
        raise UnreadableError(f"{path} holds no JSON object: save or fetch the folder again.")
    return found


def _opened(path: Path) -> Any:
    """A safetensors file as a context; it maps the file, and checks its size and header at once."""
    try:
        return safe_open(path, framework="np")
    except (OSError, SafetensorError) as error:
        reason = "is missing" if isinstance(error, FileNotFoundError) else "is damaged"
        raise UnreadableError(
            f"{path.name} {reason} in {path.parent}: save or fetch the folder again."
        ) from error
