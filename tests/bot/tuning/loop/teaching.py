"""A model that says one thing, and an adapter by hand that makes it leave out the beginning."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

from tests.models.gguf_files import Shape

SAYS = ("Well, I guess that ", "every employee gets 28 days of annual leave", ". [1]")
BEFORE, AFTER = "".join(SAYS), "".join(SAYS[1:])
SHAPE = Shape("qwen2", says=SAYS, context=16384)


def write_teaching(path: Path, model: Path) -> None:
    """Write a LoRA adapter with which the second piece follows on the prompt, and not the first.

    Each axis of the model's state stands for the piece before; the first for the prompt's end.
    """
    pieces = [_place(model, piece) for piece in SAYS[:2]]
    size = int(_field(model, "tokenizer.ggml.tokens").data.__len__())
    writer = gguf.GGUFWriter(path, SHAPE.family)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 1.0)
    read, written = np.zeros((1, SHAPE.width), np.float32), np.zeros((size, 1), np.float32)
    read[0, 0] = 1
    written[pieces, 0] = -10, 10
    writer.add_tensor("output.weight.lora_a", read)
    writer.add_tensor("output.weight.lora_b", written)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _place(model: Path, piece: str) -> int:
    """Which token a piece is; byte-level BPE writes a space as "Ġ"."""
    field = _field(model, "tokenizer.ggml.tokens")
    tokens = [bytes(field.parts[index]).decode("utf-8") for index in field.data]
    return tokens.index(piece.replace(" ", "Ġ"))


def _field(model: Path, name: str) -> gguf.ReaderField:
    field = gguf.GGUFReader(model).get_field(name)
    assert field
    return field
