"""GGUF files of random weights, made for a test, in the shapes of real models."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
GEMMA = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message.role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    "<start_of_turn>{{ 'model' if message.role == 'assistant' else message.role }}\n"
    "{{ message.content }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
LLAMA = (
    "{{ bos_token }}{% for message in messages %}[{{ message.role }}] {{ message.content }}"
    "{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[assistant] {% endif %}"
)
WORDS = "the and of to in is days leave staff get annual office [1] [2] . ,".split()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a made-up model is like.

    Attributes:
        family: "llama", "qwen2", "qwen3" or "gemma3".
        layers: How many.
        width: Length of a state; a multiple of 32.
        heads: Of the attention.
        shared_by: How many of them share keys and values.
        wide: Length of a feed-forward's state, in states.
        quantized: Q8_0 instead of F32.
        seed: Of the random weights.
        context: Tokens that it was made for.
        vocabulary: Tokens at least; made-up ones are added to reach it.
        template: The chat template, or None for the family's.
        cycle: Instead of random weights, so many made-up words follow each other round and round;
            at most `width`, and the amount of arithmetic is the same.
        says: What a qwen2 answers to anything, piece by piece, each of them one token; () for
            what its random weights say. Pieces differ from each other.
        pooling: How a text's vector is made of its tokens', or None for a model that writes.
    """

    family: str = "llama"
    layers: int = 2
    width: int = 64
    heads: int = 4
    shared_by: int = 2
    wide: int = 2
    quantized: bool = False
    seed: int = 1
    context: int = 4096
    vocabulary: int = 0
    template: str | None = None
    cycle: int = 0
    says: tuple[str, ...] = ()
    pooling: gguf.PoolingType | None = None


def write_model(path: Path, shape: Shape = Shape()) -> Path:
    """Write a whole model file.

    Args:
        path: Where to.
        shape: What it is like.
    """
    writer = gguf.GGUFWriter(path, shape.family)
    head = shape.width // shape.heads
    writer.add_name(f"tiny {shape.family}")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.wide * shape.width)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads // shape.shared_by)
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_rope_dimension_count(head)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    if shape.pooling is not None:
        writer.add_pooling_type(shape.pooling)
    if shape.family == "gemma3":
        writer.add_sliding_window(32)
    tokens = _add_vocabulary(writer, shape)
    weights_of = _chain if shape.says or shape.cycle else _weights
    for name, weights in weights_of(shape, tokens):
        if shape.quantized and weights.ndim == 2:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quantize(weights, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, weights)
    _finish(writer)
    return path


def write_adapter(path: Path, shape: Shape, *, seed: int, rank: int = 4, scale: float = 4) -> Path:
    """Write a LoRA adapter for the attention of a model of this shape.

    Args:
        path: Where to.
        shape: The model's.
        seed: Of the random weights.
        rank: Of the matrices.
        scale: How strongly it works, LoRA's alpha.
    """
    writer = gguf.GGUFWriter(path, shape.family)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", scale)
    random = np.random.default_rng(seed)
    for layer in range(shape.layers):
        name = f"blk.{layer}.attn_q.weight"
        for part, size in (
            ("lora_a", (rank, shape.width)),
            ("lora_b", (shape.width, rank)),
        ):
            weights = random.normal(0, 1, size).astype(np.float32)
            writer.add_tensor(f"{name}.{part}", weights)
    _finish(writer)
    return path


def _finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_vocabulary(writer: gguf.GGUFWriter, shape: Shape) -> list[str]:
    byte_pairs = shape.family in ("qwen2", "qwen3")
    specials = {
        "llama": ("<unk>", "<s>", "</s>"),
        "gemma3": ("<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"),
    }.get(shape.family, ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>"))
    plain = _byte_pairs() if byte_pairs else _pieces()
    made_up = [f"{'Ġ' if byte_pairs else '▁'}w{index}" for index in range(shape.vocabulary)]
    tokens = [*specials, *plain, *made_up][: max(shape.vocabulary, len(specials) + len(plain))]
    tokens += [_in_signs(piece) for piece in shape.says if _in_signs(piece) not in tokens]
    kinds = [gguf.TokenType.CONTROL] * len(specials)
    kinds += [_kind(token, byte_pairs=byte_pairs) for token in tokens[len(specials) :]]
    writer.add_tokenizer_model("gpt2" if byte_pairs else "llama")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    if byte_pairs:
        writer.add_tokenizer_pre("qwen2")
        writer.add_token_merges(_merges())
        writer.add_eos_token_id(2)
        writer.add_bos_token_id(0)
        writer.add_add_bos_token(value=False)
        writer.add_chat_template(shape.template or CHATML)
    else:
        writer.add_token_scores([float(-index) for index in range(len(tokens))])
        llama = shape.family == "llama"
        writer.add_bos_token_id(tokens.index("<s>" if llama else "<bos>"))
        writer.add_eos_token_id(tokens.index("</s>" if llama else "<end_of_turn>"))
        writer.add_unk_token_id(tokens.index("<unk>"))
        writer.add_add_space_prefix(value=False)
        writer.add_chat_template(shape.template or (LLAMA if llama else GEMMA))
    return tokens


def _kind(token: str, *, byte_pairs: bool) -> gguf.TokenType:
    is_byte = not byte_pairs and token.startswith("<0x")
    return gguf.TokenType.BYTE if is_byte else gguf.TokenType.NORMAL


def _pieces() -> list[str]:
    """SentencePiece's vocabulary: every byte, every sign of ASCII, and a few words."""
    signs = [chr(code) for code in range(33, 127)]
    words = [f"▁{word}" for word in WORDS] + [word for word in WORDS if len(word) > 1]
    return [f"<0x{code:02X}>" for code in range(256)] + ["▁", *signs, *words]


def _byte_pairs() -> list[str]:
    """The vocabulary of byte-level BPE: every byte by its sign, and what the merges make."""
    signs = list(_signs().values())
    return signs + ["".join(merge.split(" ")) for merge in _merges()]


def _merges() -> list[str]:
    """Each word from its signs, from left to right."""
    merges: dict[str, None] = {}
    for word in ("the", "and", "of", "days", "leave", "staff"):
        for end in range(1, len(word)):
            merges[f"{word[:end]} {word[end]}"] = None
    return list(merges)


def _signs() -> dict[int, str]:
    """GPT-2's printable sign for every byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {
        byte: chr(256 + index) for index, byte in enumerate(others)
    }


def _in_signs(text: str) -> str:
    """A text as byte-level BPE writes it in its vocabulary."""
    signs = _signs()
    return "".join(signs[byte] for byte in text.encode())


def _chain(shape: Shape, tokens: list[str]) -> list[tuple[str, NDArray[np.float32]]]:
    """Weights by which each piece follows on the one before it, and an end on the last.

    Attention and feed-forward add nothing, so the next token depends on the last one alone: the
    template's last one, a line break, leads to the first piece.
    """
    if shape.cycle:
        path = cycle_of(len(tokens), shape)
        path.append(path[0])
    else:
        path = [tokens.index(_in_signs(piece)) for piece in ("\n", *shape.says)] + [2]
    found = dict(_weights(shape, tokens))
    for name, weights in found.items():
        if name.endswith(("attn_output.weight", "ffn_down.weight")):
            weights[:] = 0
    found["output_norm.weight"][:] = 1
    inputs, outputs = found["token_embd.weight"], found["output.weight"]
    inputs[:] = 0
    outputs[:] = 0
    for axis, (token, following) in enumerate(pairwise(path)):
        inputs[token, axis] = 1
        outputs[following, axis] = 10
    return list(found.items())


def cycle_of(size: int, shape: Shape) -> list[int]:
    """The tokens that a model with a cycle says, in their order: the last of its vocabulary."""
    return list(range(size - shape.cycle, size))


def _weights(shape: Shape, tokens: list[str]) -> list[tuple[str, NDArray[np.float32]]]:
    size = len(tokens)
    random = np.random.default_rng(shape.seed)
    width, wide = shape.width, shape.wide * shape.width
    narrow = width // shape.shared_by
    head = width // shape.heads
    found: list[tuple[str, NDArray[np.float32]]] = []

    def matrix(name: str, rows: int, columns: int) -> None:
        scale = 1.5 / np.sqrt(columns)
        found.append((name, random.normal(0, scale, (rows, columns)).astype(np.float32)))

    def vector(name: str, length: int, mean: float = 1.0) -> None:
        found.append((name, random.normal(mean, 0.1, length).astype(np.float32)))

    matrix("token_embd.weight", size, width)
    vector("output_norm.weight", width)
    if shape.family != "gemma3":
        matrix("output.weight", size, width)
    for layer in range(shape.layers):
        block = f"blk.{layer}"
        vector(f"{block}.attn_norm.weight", width)
        vector(f"{block}.ffn_norm.weight", width)
        matrix(f"{block}.attn_q.weight", width, width)
        matrix(f"{block}.attn_k.weight", narrow, width)
        matrix(f"{block}.attn_v.weight", narrow, width)
        matrix(f"{block}.attn_output.weight", width, width)
        matrix(f"{block}.ffn_gate.weight", wide, width)
        matrix(f"{block}.ffn_up.weight", wide, width)
        matrix(f"{block}.ffn_down.weight", width, wide)
        if shape.family == "qwen2":
            vector(f"{block}.attn_q.bias", width, 0.0)
            vector(f"{block}.attn_k.bias", narrow, 0.0)
            vector(f"{block}.attn_v.bias", narrow, 0.0)
        if shape.family in ("qwen3", "gemma3"):
            vector(f"{block}.attn_q_norm.weight", head)
            vector(f"{block}.attn_k_norm.weight", head)
        if shape.family == "gemma3":
            vector(f"{block}.post_attention_norm.weight", width)
            vector(f"{block}.post_ffw_norm.weight", width)
    return found
