"""Whether the libraries that training needs are there; this module needs none of them."""

from __future__ import annotations

import importlib.util

from footnote.models.training.errors import TrainingError

NEEDED = ("torch", "transformers", "peft", "trl", "accelerate", "datasets")
QUANTIZING = "bitsandbytes"
"""What holds the training model in four bits."""


def check_installed(*, quantized: bool = False) -> None:
    """Refuse to go on without the libraries.

    Args:
        quantized: Whether the training model is to be held in four bits.

    Raises:
        TrainingError: One is missing.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise TrainingError(
            f"Training a model needs {' and '.join(missing)}: pip install 'footnote-bot[tune]'."
        )
    if quantized and importlib.util.find_spec(QUANTIZING) is None:
        raise TrainingError(
            f"Holding the training model in four bits needs {QUANTIZING}: pip install "
            f"{QUANTIZING}, or set quantized = false."
        )
