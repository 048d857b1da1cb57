"""Writes a GGUF file tensor by tensor, with a few rows of one in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, GGUFWriter
from gguf.quants import quantize
from numpy.typing import NDArray

from footnote.models.export.checkpoint import Floats
from footnote.models.export.errors import NotCarriedError
from footnote.models.export.replacing import require_room, settle

Progress = Callable[[int, int], None]
"""Told how many bytes are written, and of how many; what it raises ends the work."""
_LARGEST_HALF = float(np.finfo(np.float16).max)
_HEADER = 16 << 20
"""Bytes that are kept free for what stands before the tensors; a large vocabulary takes 10 MB."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor to be written.

    Attributes:
        name: In GGUF.
        shape: Its lengths; the first counts rows.
        kind: How its numbers are stored.
        chunks: Gives its numbers, whole rows at a time.
    """

    name: str
    shape: tuple[int, ...]
    kind: GGMLQuantizationType
    chunks: Callable[[], Iterator[Floats]]

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        block, size = GGML_QUANT_SIZES[self.kind]
        return prod(self.shape) // block * size


def kind_for(shape: tuple[int, ...], wanted: GGMLQuantizationType) -> GGMLQuantizationType:
    """How a tensor is stored: vectors exactly, and rows that do not fill blocks in F16.

    llama.cpp expects vectors in F32, and its own quantizer falls back likewise.
    """
    if len(shape) == 1:
        return GGMLQuantizationType.F32
    block, _ = GGML_QUANT_SIZES[wanted]
    return wanted if shape[-1] % block == 0 else GGMLQuantizationType.F16


def write_tensors(
    path: Path, writer: GGUFWriter, tensors: Sequence[Tensor], progress: Progress
) -> None:
    """Write header, keys and tensors, and have the disk keep them.

    Args:
        path: The file to make.
        writer: Knows the keys, and no tensor yet.
        tensors: In the order of the file.
        progress: Told after every few rows.

    Raises:
        NotCarriedError: A number is too large for how it shall be stored.
        OSError: There is no room.
        UnwritableError: There will not be enough.
    """
    total = sum(tensor.size for tensor in tensors)
    require_room(path, total + _HEADER)
    for tensor in tensors:
        writer.add_tensor_info(
            tensor.name, tensor.shape, np.dtype(np.float32), tensor.size, raw_dtype=tensor.kind
        )
    try:
        writer.write_header_to_file(path)
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        done = 0
        for tensor in tensors:
            stream = _Stream(tensor, done, total, progress)
            writer.write_tensor_data(cast("NDArray[Any]", stream))
            done += tensor.size
    finally:
        writer.close()
    settle(path)


@dataclass(frozen=True, slots=True)
class _Stream:
    """What GGUFWriter takes for an array, but of which only a few rows are ever there."""

    tensor: Tensor
    done: int
    total: int
    progress: Progress

    @property
    def nbytes(self) -> int:
        """The size that was announced."""
        return self.tensor.size

    def byteswap(self, **_: Any) -> _Stream:
        """On machines that count bytes from the other end."""
        raise NotCarriedError("GGUF files cannot be written on a big-endian machine: use another.")

    def tofile(self, file: BinaryIO) -> None:
        """Write it."""
        written = 0
        for chunk in self.tensor.chunks():
            data = _stored(chunk, self.tensor)
            file.write(data.data)
            written += data.nbytes
            self.progress(self.done + written, self.total)


def _stored(chunk: Floats, tensor: Tensor) -> NDArray[Any]:
    if tensor.kind == GGMLQuantizationType.F16 and np.abs(chunk).max(initial=0) > _LARGEST_HALF:
        raise NotCarriedError(f"{tensor.name} holds numbers too large for F16: choose F32 or BF16.")
    return np.ascontiguousarray(quantize(chunk, tensor.kind))
