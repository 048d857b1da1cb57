"""Whether a file can be a model that this machine can serve, before it is loaded."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from footnote.models.errors import UnusableModelError
from footnote.models.machine import memory_bytes

MAGIC = b"GGUF"
_GIB = 1 << 30


def check_build() -> None:
    """Refuse to go on without llama.cpp.

    Raises:
        UnusableModelError: It is not installed.
    """
    if importlib.util.find_spec("llama_cpp") is None:
        raise UnusableModelError(
            "Serving a GGUF model needs llama.cpp, which is not installed: run make gguf, or "
            "pip install 'footnote-bot[gguf]'."
        )


def check_file(path: Path, memory: int | None = None) -> None:
    """Refuse what cannot work.

    Args:
        path: The file.
        memory: Bytes of this machine's memory; by default what the system says.

    Raises:
        UnusableModelError: It is missing, no GGUF, or larger than the memory.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise UnusableModelError(
            f"There is no model at {path}: run footnote models pull, or set another path."
        ) from error
    except OSError as error:
        raise UnusableModelError(
            f"The model {path} cannot be read ({error.strerror}): set its permissions, or another "
            "path."
        ) from error
    if magic != MAGIC:
        raise UnusableModelError(f"{path.name} is no GGUF file: choose a file that ends in .gguf.")
    memory = memory_bytes() if memory is None else memory
    if memory and size > memory:
        raise UnusableModelError(
            f"{path.name} takes {size / _GIB:.1f} GiB, but this machine has {memory / _GIB:.1f}: "
            "choose a smaller model; footnote models list says what fits."
        )
