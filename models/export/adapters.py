"""A PEFT LoRA folder becomes a GGUF adapter that the engine loads beside the base model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from gguf import (
    MODEL_ARCH_NAMES,
    GGMLQuantizationType,
    GGUFType,
    GGUFWriter,
    Keys,
    get_tensor_name_map,
)

from footnote.models.export.checkpoint import Floats, read_checkpoint
from footnote.models.export.families import Shape, shape_of
from footnote.models.export.peft import Lora, Pair, read_lora
from footnote.models.export.replacing import replacing
from footnote.models.export.tensors import fitting, gguf_name, heads_of, sizes_of, turned
from footnote.models.export.working import on_thread
from footnote.models.export.writing import Progress, Tensor, write_tensors


async def export_adapter(
    adapter: Path, base: Path, target: Path, progress: Progress = lambda _done, _total: None
) -> None:
    """Write a LoRA as a GGUF adapter, in F32.

    Args:
        adapter: The folder that PEFT saved.
        base: The folder of the model that it was trained on, as Transformers saves it.
        target: The file to make; it appears only when it is whole.
        progress: Told on the event loop.

    Raises:
        ExportError: It cannot be carried over, read or written.
    """
    await on_thread(partial(_export, adapter, base, target), progress)


def _export(adapter: Path, base: Path, target: Path, progress: Progress) -> None:
    shape = shape_of(read_checkpoint(base).config)
    lora = read_lora(adapter)
    fitting(lora, sizes_of(shape))
    with replacing(target) as part:
        writer = GGUFWriter(None, MODEL_ARCH_NAMES[shape.family.arch])
        writer.add_type(GGUFType.ADAPTER)
        writer.add_string(Keys.Adapter.TYPE, "lora")
        writer.add_name(adapter.name)
        writer.add_float32(Keys.Adapter.LORA_ALPHA, _alpha(lora))
        write_tensors(part, writer, list(_tensors(lora, shape)), progress)


def _alpha(lora: Lora) -> float:
    """What llama.cpp divides by the rank to get the scale; it takes 0 for "no scale"."""
    return lora.alpha or 1.0


def _tensors(lora: Lora, shape: Shape) -> Iterator[Tensor]:
    names = get_tensor_name_map(shape.family.arch, shape.layers)
    kind = GGMLQuantizationType.F32
    for name, pair in lora.pairs.items():
        found = gguf_name(names, name)
        first, second = partial(_first, pair), partial(_second, pair, _alpha(lora), name, shape)
        yield Tensor(f"{found}.lora_a", pair.a.shape, kind, first)
        yield Tensor(f"{found}.lora_b", pair.b.shape, kind, second)


def _first(pair: Pair) -> Iterator[Floats]:
    yield pair.matrices()[0]


def _second(pair: Pair, alpha: float, name: str, shape: Shape) -> Iterator[Floats]:
    """What the pair's scale has beyond alpha / rank, llama.cpp's, goes into this matrix."""
    _, matrix = pair.matrices(over=alpha / pair.rank)
    heads = heads_of(name, shape)
    yield turned(matrix, matrix.shape[0] // heads) if heads else matrix
