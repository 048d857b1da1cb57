"""A small catalogue of language models that answer well from passages.

Sizes and files are those of the repositories on the Hugging Face hub. No hash is kept here: the
hub states it, and a pull locks it.
"""

from __future__ import annotations

from dataclasses import dataclass

GB = 1_000_000_000
_NEARLY = 0.9
"""A machine of 16 GB shows somewhat less, since its hardware keeps a part."""


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """A model that can be pulled.

    Attributes:
        name: What `footnote models pull` calls it.
        repository: Where it is on the hub.
        file: Its file there.
        licence: The licence of its weights.
        size_gb: What the file takes, in 10^9 bytes, rounded.
        memory_gb: The memory of a machine, or of its graphics card, that it suits.
        good_at: What it is good at, in a few words.
    """

    name: str
    repository: str
    file: str
    licence: str
    size_gb: float
    memory_gb: int
    good_at: str


CATALOG = (
    CatalogModel(
        "qwen2.5-1.5b",
        "Qwen/Qwen2.5-1.5B-Instruct-GGUF",
        "qwen2.5-1.5b-instruct-q4_k_m.gguf",
        "Apache-2.0",
        1.1,
        4,
        "short answers on a small machine",
    ),
    CatalogModel(
        "qwen3-4b",
        "Qwen/Qwen3-4B-GGUF",
        "Qwen3-4B-Q4_K_M.gguf",
        "Apache-2.0",
        2.5,
        8,
        "much for its size, over 100 languages",
    ),
    CatalogModel(
        "gemma-3-4b",
        "ggml-org/gemma-3-4b-it-GGUF",
        "gemma-3-4b-it-Q4_K_M.gguf",
        "Gemma",
        2.5,
        8,
        "over 140 languages",
    ),
    CatalogModel(
        "qwen3-8b",
        "Qwen/Qwen3-8B-GGUF",
        "Qwen3-8B-Q4_K_M.gguf",
        "Apache-2.0",
        5.0,
        16,
        "careful answers, over 100 languages",
    ),
    CatalogModel(
        "llama-3.1-8b",
        "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF",
        "Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf",
        "Llama 3.1",
        4.9,
        16,
        "English and seven other languages",
    ),
    CatalogModel(
        "gemma-3-12b",
        "ggml-org/gemma-3-12b-it-GGUF",
        "gemma-3-12b-it-Q4_K_M.gguf",
        "Gemma",
        7.3,
        16,
        "over 140 languages, where a graphics card helps",
    ),
    CatalogModel(
        "qwen3-30b-a3b",
        "Qwen/Qwen3-30B-A3B-GGUF",
        "Qwen3-30B-A3B-Q4_K_M.gguf",
        "Apache-2.0",
        18.6,
        24,
        "quick for its size, as it works with a tenth of its weights at a time",
    ),
    CatalogModel(
        "qwen3-14b",
        "Qwen/Qwen3-14B-GGUF",
        "Qwen3-14B-Q4_K_M.gguf",
        "Apache-2.0",
        9.0,
        24,
        "like qwen3-8b with more knowledge, where a graphics card helps",
    ),
    CatalogModel(
        "mistral-small-3.2",
        "bartowski/mistralai_Mistral-Small-3.2-24B-Instruct-2506-GGUF",
        "mistralai_Mistral-Small-3.2-24B-Instruct-2506-Q4_K_M.gguf",
        "Apache-2.0",
        14.3,
        24,
        "dozens of languages, where a graphics card helps",
    ),
)
"""By the memory that they suit; the first of each size is the one that is recommended."""


def in_catalog(name: str) -> CatalogModel | None:
    """The model of this name, or None."""
    return next((model for model in CATALOG if model.name == name), None)


def recommended(memory: int, gpu: int = 0) -> CatalogModel | None:
    """The first of the largest models that suit a machine, or None where it is too small for any.

    Args:
        memory: Bytes of memory that it has; a model's file has to fit in there in any case.
        gpu: Bytes of memory of its graphics card.
    """
    there = max(memory, gpu)
    fitting = [
        model
        for model in CATALOG
        if model.memory_gb * GB * _NEARLY <= there and model.size_gb * GB <= memory
    ]
    most = max((model.memory_gb for model in fitting), default=0)
    return next((model for model in fitting if model.memory_gb == most), None)
