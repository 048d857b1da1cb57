"""What becomes of each tensor of a checkpoint: its name, its order and its numbers in GGUF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from gguf import TensorNameMap, get_tensor_name_map

from footnote.models.export.checkpoint import Checkpoint, Floats, Stored
from footnote.models.export.errors import NotCarriedError, UnreadableError
from footnote.models.export.families import Shape
from footnote.models.export.peft import Lora, Pair

_CHUNK = 1 << 20
"""Numbers that are in memory at a time, of a tensor of whatever size; 4 MiB in F32."""
_EMBEDDING = "model.embed_tokens.weight"
_OUTPUT = "lm_head.weight"
_SUFFIXES = (".weight", ".bias")
_COMPUTED = ".rotary_emb.inv_freq"
"""Older checkpoints hold what follows from their configuration."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A tensor of the GGUF file.

    Attributes:
        name: In GGUF.
        stored: Where its numbers come from.
        heads: Into how many parts its rows are cut and each turned for llama.cpp; 0 for none.
        shift: What is added to each number.
        pair: What a LoRA adds, or None.
    """

    name: str
    stored: Stored
    heads: int = 0
    shift: float = 0.0
    pair: Pair | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Its lengths; the first counts rows."""
        return self.stored.shape

    @property
    def step(self) -> int:
        """How many rows belong together."""
        return self.shape[0] // self.heads if self.heads else 1

    def chunks(self) -> Iterator[Floats]:
        """Its numbers from the first row to the last, a few at a time.

        Raises:
            UnreadableError: The file is damaged, or holds numbers that are none.
        """
        width = self.shape[1] if len(self.shape) > 1 else 1
        size = max(1, _CHUNK // width // self.step) * self.step
        added = self.pair.matrices() if self.pair else None
        with self.stored.opened() as rows:
            for start in range(0, self.shape[0], size):
                chunk = rows(start, start + size)
                if added:
                    chunk += added[1][start : start + size] @ added[0]
                yield self._changed(chunk)

    def rows(self, start: int, stop: int) -> Floats:
        """Some rows, without what a LoRA adds; both ends are multiples of `step`.

        Raises:
            UnreadableError: The file is damaged, or holds numbers that are none.
        """
        with self.stored.opened() as rows:
            return self._changed(rows(start, stop))

    def _changed(self, chunk: Floats) -> Floats:
        if not np.isfinite(chunk).all():
            raise UnreadableError(
                f"{self.stored.name} holds numbers that are not finite: train or fetch the model "
                "again."
            )
        chunk += np.float32(self.shift)
        return turned(chunk, self.step) if self.heads else chunk


def turned(rows: Floats, head: int) -> Floats:
    """The rows of heads in llama.cpp's order for Llama.

    It turns the numbers 2i and 2i+1 together, where Transformers turns i and i + head/2.

    Args:
        rows: Of whole heads.
        head: How many rows make one.
    """
    parts = rows.reshape(-1, 2, head // 2, *rows.shape[1:])
    return np.ascontiguousarray(parts.swapaxes(1, 2).reshape(rows.shape))


def plan(checkpoint: Checkpoint, shape: Shape, lora: Lora | None = None) -> list[Planned]:
    """All tensors of the GGUF file, in the checkpoint's order of layers.

    Args:
        checkpoint: The model.
        shape: What its configuration says.
        lora: Merged into it, where given.

    Raises:
        NotCarriedError: The checkpoint or the adapter holds a tensor that GGUF has no place for.
        UnreadableError: The checkpoint lacks a tensor, or one has another shape.
    """
    found: list[Planned] = []
    sizes = sizes_of(shape)
    names = get_tensor_name_map(shape.family.arch, shape.layers)
    left = set(checkpoint.tensors)
    for name, size in sizes.items():
        stored = checkpoint.tensors.get(name)
        if stored is None:
            if _is_optional(name, shape):
                continue
            raise UnreadableError(
                f"The model in {checkpoint.folder.name} lacks {name}: save or fetch it again."
            )
        if stored.shape != size:
            raise UnreadableError(
                f"{name} in {checkpoint.folder.name} has the shape {stored.shape}, and config.json "
                f"says {size}: save or fetch the model again."
            )
        found.append(_planned(stored, shape, names))
        left.discard(name)
    unknown = sorted(name for name in left if not name.endswith(_COMPUTED) and name != _OUTPUT)
    if unknown:
        raise NotCarriedError(
            f"The model in {checkpoint.folder.name} has {unknown[0]}, for which llama.cpp has no "
            f"place in models of the type {checkpoint.config['model_type']}: choose another one."
        )
    if lora is None:
        return found
    pairs = fitting(lora, sizes)
    return [replace(each, pair=pairs.get(each.stored.name)) for each in found]


def fitting(lora: Lora, sizes: Mapping[str, tuple[int, ...]]) -> Mapping[str, Pair]:
    """An adapter's pairs, if they belong to a model with tensors of these sizes.

    Raises:
        NotCarriedError: One changes a tensor that cannot be changed alone.
        UnreadableError: One does not fit.
    """
    for name, pair in lora.pairs.items():
        size = sizes.get(name)
        if name == _EMBEDDING or (name == _OUTPUT and size is None):
            raise NotCarriedError(
                f"The adapter in {lora.folder.name} changes {name}, which is embedding and output "
                "at once or looked up by token: train matrices of attention and feed-forward alone."
            )
        if size != (pair.b.shape[0], pair.a.shape[1]):
            raise UnreadableError(
                f"The adapter in {lora.folder.name} does not fit the model at {name}: name the "
                "model that it was trained on."
            )
    return lora.pairs


def gguf_name(names: TensorNameMap, name: str) -> str:
    """GGUF's name of a tensor that `sizes_of` knows."""
    return str(names.get_name(name, try_suffixes=_SUFFIXES))


def heads_of(name: str, shape: Shape) -> int:
    """Into how many heads a tensor's rows have to be cut and turned; 0 for none."""
    if not shape.family.turned:
        return 0
    if ".q_proj." in name:
        return shape.heads
    return shape.shared if ".k_proj." in name else 0


def _planned(stored: Stored, shape: Shape, names: TensorNameMap) -> Planned:
    name = stored.name
    shift = shape.family.norm_shift if name.endswith("norm.weight") else 0.0
    return Planned(gguf_name(names, name), stored, heads_of(name, shape), shift)


def _is_optional(name: str, shape: Shape) -> bool:
    return name.endswith(shape.family.optional) if shape.family.optional else False


def sizes_of(shape: Shape) -> dict[str, tuple[int, ...]]:
    """The lengths of each tensor that a model may have, by Transformers' name."""
    queries, shared = shape.heads * shape.head, shape.shared * shape.head
    outputs = {
        "self_attn.q_proj": (queries, shape.width),
        "self_attn.k_proj": (shared, shape.width),
        "self_attn.v_proj": (shared, shape.width),
        "self_attn.o_proj": (shape.width, queries),
        "mlp.gate_proj": (shape.wide, shape.width),
        "mlp.up_proj": (shape.wide, shape.width),
        "mlp.down_proj": (shape.width, shape.wide),
        "self_attn.q_norm": (shape.head,),
        "self_attn.k_norm": (shape.head,),
    }
    found = {_EMBEDDING: (shape.vocabulary, shape.width), "model.norm.weight": (shape.width,)}
    if not shape.tied:
        found[_OUTPUT] = (shape.vocabulary, shape.width)
    for layer in range(shape.layers):
        for part in (*shape.family.layer, *shape.family.optional):
            module, _, kind = part.rpartition(".")
            size = outputs.get(module, (shape.width,))
            found[f"model.layers.{layer}.{part}"] = size[:1] if kind == "bias" else size
    return found
