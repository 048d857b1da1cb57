"""GGUF files of a BERT with random weights: an embedding model, or one that judges passages."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

from tests.models import numpy_bert, tiny

PIECES = (
    *tiny.PIECES,
    *dict.fromkeys([*string.ascii_lowercase, *string.digits, "?", ",", "#", "-"]),
    *(f"##{letter}" for letter in (*string.ascii_lowercase, *string.digits)),
)
"""tiny's pieces, and every letter, so that no English word is unknown."""
TEXTS = tuple(dict.fromkeys(PIECES))
CLOSE = 0.03
"""Between scores of about 1.6: llama.cpp rounds its GELU, .011 at most over 200 random models."""
SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")

_PARTS = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}


@dataclass(frozen=True, slots=True)
class Bert:
    """What a made-up BERT is like.

    Attributes:
        layers: How many.
        width: Length of a state; a multiple of 32.
        heads: Of the attention.
        wide: Length of the state inside a feed-forward.
        context: Tokens that it was made for.
        seed: Of the random weights.
        pooling: What the file says of it, or None for nothing.
        head: Whether it has a classifier.
        kind: How matrices are written.
        template: How a reranker wants its pairs, or None.
        ends: Whether the file says that each text is ended.
    """

    layers: int = 2
    width: int = 64
    heads: int = 4
    wide: int = 64
    context: int = 256
    seed: int = 1
    pooling: gguf.PoolingType | None = gguf.PoolingType.MEAN
    head: bool = False
    kind: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F32
    template: str | None = None
    ends: bool = True

    @property
    def weights(self) -> tiny.Weights:
        """The weights under their names in a checkpoint, with the classifier's where it has one."""
        found = tiny.weights(
            self.seed, hidden=self.width, layers=self.layers, wide=self.wide, pieces=len(TEXTS)
        )
        random = np.random.default_rng(self.seed + 1)
        for name in found:
            if name.endswith("LayerNorm.weight"):
                # About 1, as in real models: else all texts look the same after a few layers.
                found[name] += 1
        found["embeddings.position_embeddings.weight"] = random.normal(
            0, 0.3, (self.context, self.width)
        ).astype(np.float32)
        if self.head:
            for name, shape in (
                ("classifier.dense.weight", (self.width, self.width)),
                ("classifier.dense.bias", (self.width,)),
                ("classifier.out_proj.weight", (1, self.width)),
                ("classifier.out_proj.bias", (1,)),
            ):
                found[name] = random.normal(0, 0.3, shape).astype(np.float32)
        return found


RERANKER = Bert(pooling=gguf.PoolingType.RANK, head=True)


def write_bert(path: Path, bert: Bert = Bert()) -> Path:
    """Write a whole model file."""
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_name("tiny bert")
    writer.add_context_length(bert.context)
    writer.add_embedding_length(bert.width)
    writer.add_block_count(bert.layers)
    writer.add_feed_forward_length(bert.wide)
    writer.add_head_count(bert.heads)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(value=False)
    if bert.pooling is not None:
        writer.add_pooling_type(bert.pooling)
    _add_vocabulary(writer, bert)
    for name, weights in bert.weights.items():
        if weights.ndim == 2 and not name.startswith(("embeddings", "classifier")):
            data = gguf.quantize(weights, bert.kind)
            writer.add_tensor(_name(name), data, raw_dtype=bert.kind)
        else:
            writer.add_tensor(_name(name), weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def tokens_of(pieces: str) -> list[int]:
    """The ids of pieces, separated by spaces."""
    return [TEXTS.index(piece) for piece in pieces.split()]


def states(bert: Bert, tokens: Sequence[int]) -> numpy_bert.Array:
    """The last hidden states, shape (tokens, width), by numpy."""
    return numpy_bert.states(bert.weights, tokens, heads=bert.heads)


def score(bert: Bert, tokens: Sequence[int]) -> float:
    """What the classifier makes of the first token's state, as RoBERTa has it, by numpy."""
    weights = bert.weights
    inner = np.tanh(
        weights["classifier.dense.weight"] @ states(bert, tokens)[0]
        + weights["classifier.dense.bias"]
    )
    found = weights["classifier.out_proj.weight"] @ inner + weights["classifier.out_proj.bias"]
    return float(found[0])


def _name(name: str) -> str:
    """A weight's name in a GGUF file."""
    part, _, kind = name.rpartition(".")
    if part.startswith("classifier"):
        return f"{'cls' if part.endswith('dense') else 'cls.output'}.{kind}"
    layer = re.fullmatch(r"encoder\.layer\.(\d+)\.(.+)", part)
    block = f"blk.{layer.group(1)}." if layer else ""
    return f"{block}{_PARTS[layer.group(2) if layer else part]}.{kind}"


def _add_vocabulary(writer: gguf.GGUFWriter, bert: Bert) -> None:
    """The word pieces as the converter writes them: a mark before what begins a word."""
    writer.add_tokenizer_model("bert")
    writer.add_token_type_count(2)
    writer.add_token_list([_as_converted(piece) for piece in TEXTS])
    special, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_token_types([special if piece in SPECIALS else normal for piece in TEXTS])
    padding, unknown, begin, separator, mask = (TEXTS.index(name) for name in SPECIALS)
    writer.add_pad_token_id(padding)
    writer.add_unk_token_id(unknown)
    writer.add_bos_token_id(begin)
    writer.add_sep_token_id(separator)
    writer.add_mask_token_id(mask)
    if bert.ends:
        writer.add_add_bos_token(value=True)
        writer.add_add_eos_token(value=True)
        writer.add_add_sep_token(value=False)
    if bert.template:
        writer.add_chat_template([{"name": "rerank", "template": bert.template}])


def _as_converted(piece: str) -> str:
    if piece in SPECIALS:
        return piece
    return piece.removeprefix("##") if piece.startswith("##") else f"▁{piece}"
