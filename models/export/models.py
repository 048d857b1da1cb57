"""A checkpoint becomes a GGUF model, with an adapter merged in where one is given."""

from __future__ import annotations

import asyncio
import importlib.util
import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gguf import (
    GGML_QUANT_VERSION,
    MODEL_ARCH_NAMES,
    GGMLQuantizationType,
    GGUFType,
    GGUFWriter,
)

from footnote.models.export.agreement import check_agreement
from footnote.models.export.checkpoint import Checkpoint, read_checkpoint
from footnote.models.export.errors import ExportError, UnreadableError
from footnote.models.export.families import Shape, shape_of
from footnote.models.export.gguf_file import read_gguf
from footnote.models.export.kinds import BY_LLAMA, STREAMED, check_kind
from footnote.models.export.peft import read_lora
from footnote.models.export.replacing import passing, replacing, settle
from footnote.models.export.rope import Rope, add_rope, rope_of
from footnote.models.export.tensors import plan
from footnote.models.export.tokenizer import FILE, add_vocabulary, read_vocabulary
from footnote.models.export.working import in_process, on_thread
from footnote.models.export.writing import Progress, Tensor, kind_for, write_tensors


@dataclass(frozen=True, slots=True)
class Source:
    """What a GGUF model is made of.

    Attributes:
        checkpoint: The folder that Transformers saved.
        adapter: A LoRA's folder, merged into the weights, or None.
        vocabulary: A GGUF file whose vocabulary is copied, or None for the checkpoint's own.
        kind: How the numbers are stored, of `kinds.STREAMED` or `kinds.BY_LLAMA`.
    """

    checkpoint: Path
    adapter: Path | None = None
    vocabulary: Path | None = None
    kind: str = "f16"


async def export_model(
    source: Source, target: Path, progress: Progress = lambda _done, _total: None
) -> None:
    """Write a model as a GGUF file; memory holds a few rows of one tensor at a time.

    Args:
        source: What it is made of.
        target: The file to make; it appears only when it is whole.
        progress: Told on the event loop of the bytes that are written.

    Raises:
        ExportError: It cannot be carried over, read or written.
    """
    check_kind(source.kind)
    with replacing(target) as part:
        if source.kind in STREAMED:
            await _written(source, part, progress)
            return
        _require_llama(source.kind)
        with passing(target.with_name(f"{target.name}.f16.part")) as exact:
            await _written(replace(source, kind="f16"), exact, progress)
            await _quantize(exact, part, source.kind)
        await asyncio.to_thread(settle, part)


async def _written(source: Source, part: Path, progress: Progress) -> None:
    await on_thread(partial(_write, source, part), progress)
    if source.vocabulary is None:
        await check_agreement(part, source.checkpoint / FILE)


def _write(source: Source, part: Path, progress: Progress) -> None:
    model = read_checkpoint(source.checkpoint)
    shape = shape_of(model.config)
    rope = rope_of(model.config, shape)
    planned = plan(model, shape, read_lora(source.adapter) if source.adapter else None)
    wanted, file_type = STREAMED[source.kind]
    writer = GGUFWriter(None, MODEL_ARCH_NAMES[shape.family.arch])
    writer.add_type(GGUFType.MODEL)
    writer.add_name(_name(model, source.adapter))
    writer.add_file_type(file_type)
    writer.add_quantization_version(GGML_QUANT_VERSION)
    _add_shape(writer, shape)
    add_rope(writer, rope, shape)
    if source.vocabulary is None:
        vocabulary = read_vocabulary(source.checkpoint, shape.vocabulary)
        add_vocabulary(writer, vocabulary, source.checkpoint)
    else:
        _copy_vocabulary(writer, source.vocabulary, shape)
    tensors = [
        Tensor(each.name, each.shape, kind_for(each.shape, wanted), each.chunks) for each in planned
    ]
    write_tensors(part, writer, [*_factors(rope), *tensors], progress)


def _name(model: Checkpoint, adapter: Path | None) -> str:
    name = model.folder.resolve().name
    return name if adapter is None else f"{name} with {adapter.resolve().name}"


def _add_shape(writer: GGUFWriter, shape: Shape) -> None:
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.wide)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.shared)
    writer.add_key_length(shape.head)
    writer.add_value_length(shape.head)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_vocab_size(shape.vocabulary)
    if shape.window:
        writer.add_sliding_window(shape.window)
        writer.add_sliding_window_pattern(shape.windowed)
    if shape.attention_cap:
        writer.add_attn_logit_softcapping(shape.attention_cap)
    if shape.output_cap:
        writer.add_final_logit_softcapping(shape.output_cap)


def _factors(rope: Rope) -> list[Tensor]:
    factors = rope.factors
    if factors is None:
        return []
    kind = GGMLQuantizationType.F32
    return [Tensor("rope_freqs.weight", factors.shape, kind, lambda: iter([factors]))]


def _copy_vocabulary(writer: GGUFWriter, source: Path, shape: Shape) -> None:
    file = read_gguf(source)
    tokens = file.value("tokenizer.ggml.tokens") or []
    if len(tokens) != shape.vocabulary:
        raise UnreadableError(
            f"{source.name} has {len(tokens)} tokens and the model {shape.vocabulary}: name the "
            "GGUF file of the model that was trained."
        )
    for key, field in file.fields.items():
        if key.startswith("tokenizer."):
            writer.add_key_value(key, field.value, field.kind, field.inner)


def _require_llama(kind: str) -> None:
    if importlib.util.find_spec("llama_cpp") is None:
        raise ExportError(
            f"Quantizing to {kind} needs llama.cpp, which is not installed: run make gguf, or pip "
            f"install 'footnote-bot[gguf]', or choose one of {', '.join(STREAMED)}."
        )


async def _quantize(source: Path, target: Path, kind: str) -> None:
    number, threads = str(BY_LLAMA[kind].value), str(os.cpu_count() or 1)
    code, _, reason = await in_process("quantize", str(source), str(target), number, threads)
    if code:
        raise ExportError(
            f"llama.cpp could not quantize the model to {kind} ({reason}): choose another kind, or "
            "free some space on the disk."
        )
