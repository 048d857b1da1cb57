"""A checkpoint's vocabulary in GGUF: tokens, merges or scores, special tokens, chat template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gguf import GGUFWriter, SpecialVocab, TokenType
from tokenizers import Tokenizer

from footnote.models.export.checkpoint import read_json
from footnote.models.export.errors import NotCarriedError, UnreadableError
from footnote.models.export.pretokenizers import is_byte_level, pretokenizer_of

FILE = "tokenizer.json"
_SPACE = "▁"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A vocabulary as GGUF holds it.

    Attributes:
        model: llama.cpp's kind: "gpt2" merges bytes, "llama" characters by score.
        pretokenizer: How it cuts texts first.
        tokens: By number.
        types: One a token.
        scores: One a token, for the kind "llama".
        prefixes_space: Whether a text gets a space in front, for the kind "llama".
    """

    model: str
    pretokenizer: str
    tokens: Sequence[str]
    types: Sequence[TokenType]
    scores: Sequence[float] = ()
    prefixes_space: bool = False


def read_vocabulary(folder: Path, size: int) -> Vocabulary:
    """What tokenizer.json says.

    Args:
        folder: The checkpoint's.
        size: Rows of the embedding; numbers that name no token become unused ones.

    Raises:
        NotCarriedError: llama.cpp has no tokenizer of this kind.
        UnreadableError: The file is missing, or does not belong to the model.
    """
    if not (folder / FILE).is_file():
        raise UnreadableError(
            f"There is no {FILE} in {folder}: load the tokenizer with Transformers and save it "
            "there."
        )
    found = read_json(folder / FILE)
    model = found.get("model") or {}
    if model.get("type") != "BPE":
        raise NotCarriedError(
            f"The model's tokenizer is of the type {model.get('type')}, not BPE: name the base "
            "model's own GGUF file, so that its vocabulary is copied."
        )
    tokens = tokens_of(found)
    if not tokens or max(tokens) >= size:
        raise UnreadableError(
            f"The tokenizer in {folder.name} has {max(tokens, default=-1) + 1} tokens and the "
            f"model {size}: save the tokenizer that the model was trained with."
        )
    byte_level = is_byte_level(found)
    added = {entry["id"]: entry for entry in found.get("added_tokens", ())}
    texts = [tokens.get(number, f"[PAD{number}]") for number in range(size)]
    types = [_type(number, tokens, added, model) for number in range(size)]
    if byte_level:
        return Vocabulary("gpt2", pretokenizer_of(found), texts, types)
    if not model.get("byte_fallback"):
        raise NotCarriedError(
            "The model's tokenizer merges characters without falling back to bytes, which "
            "llama.cpp does not: choose another base model."
        )
    texts = [
        text.replace(_SPACE, " ") if kind == TokenType.USER_DEFINED else text
        for text, kind in zip(texts, types, strict=True)
    ]
    return Vocabulary("llama", "default", texts, types, _scores(texts, model), _has_prefix(found))


def tokens_of(tokenizer: Mapping[str, Any]) -> dict[int, str]:
    """Each token of a tokenizer.json by its number."""
    found = {number: text for text, number in tokenizer["model"]["vocab"].items()}
    return found | {entry["id"]: entry["content"] for entry in tokenizer.get("added_tokens", ())}


def add_vocabulary(writer: GGUFWriter, vocabulary: Vocabulary, folder: Path) -> None:
    """Write it down, with the special tokens and the chat template of the checkpoint's folder."""
    writer.add_tokenizer_model(vocabulary.model)
    writer.add_tokenizer_pre(vocabulary.pretokenizer)
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_types(vocabulary.types)
    if vocabulary.scores:
        writer.add_token_scores(vocabulary.scores)
        writer.add_add_space_prefix(vocabulary.prefixes_space)
    special = SpecialVocab(
        folder, load_merges=vocabulary.model == "gpt2", n_vocab=len(vocabulary.tokens)
    )
    first, last = _surroundings(folder)
    ids = special.special_token_ids
    special.add_special_token = {
        "bos": first is not None and first == ids.get("bos"),
        "eos": last is not None and last == ids.get("eos"),
    }
    special.add_to_gguf(writer, quiet=True)


def _surroundings(folder: Path) -> tuple[int | None, int | None]:
    """The tokens that the tokenizer puts before and behind any text."""
    tokenizer = Tokenizer.from_file(str(folder / FILE))
    bare = tokenizer.encode("a", add_special_tokens=False).ids
    dressed = tokenizer.encode("a").ids
    if len(dressed) == len(bare):
        return None, None
    first = dressed[0] if dressed[:1] != bare[:1] else None
    last = dressed[-1] if dressed[-1:] != bare[-1:] else None
    return first, last


def _type(
    number: int,
    tokens: Mapping[int, str],
    added: Mapping[int, Mapping[str, Any]],
    model: Mapping[str, Any],
) -> TokenType:
    if number not in tokens:
        return TokenType.UNUSED
    if number in added:
        if tokens[number] == model.get("unk_token") and model.get("byte_fallback"):
            return TokenType.UNKNOWN
        return TokenType.CONTROL if added[number].get("special") else TokenType.USER_DEFINED
    text = tokens[number]
    is_byte = len(text) == len("<0x00>") and text.startswith("<0x") and text.endswith(">")
    return TokenType.BYTE if model.get("byte_fallback") and is_byte else TokenType.NORMAL


def _scores(texts: Sequence[str], model: Mapping[str, Any]) -> list[float]:
    """Scores by which llama.cpp merges in the order of the merges.

    It takes the pair whose union has the highest score, as SentencePiece does; Transformers has
    written the same order down as a list of pairs.
    """
    ranks: dict[str, int] = {}
    for rank, pair in enumerate(model.get("merges", ())):
        left, right = pair.split(" ") if isinstance(pair, str) else pair
        ranks.setdefault(left + right, rank)
    last = len(model.get("merges", ()))
    return [-float(ranks.get(text, last)) for text in texts]


def _has_prefix(tokenizer: Mapping[str, Any]) -> bool:
    """Whether a text gets a space in front."""
    steps = [tokenizer.get("normalizer") or {}, tokenizer.get("pre_tokenizer") or {}]
    for step in steps:
        for each in step.get("normalizers") or step.get("pretokenizers") or [step]:
            if each.get("type") == "Prepend":
                return True
            if each.get("type") == "Metaspace":
                return bool(each.get("prepend_scheme", "always") != "never")
    return False
