"""How byte-level tokenizers cut a text before they merge, and llama.cpp's names for it.

A `tokenizer.json` says it in regular expressions. llama.cpp has a fixed number of them, each with a
name; a tokenizer that cuts otherwise would come out wrong, so any other is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from footnote.models.export.errors import NotCarriedError

_CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_AFTER_NUMBERS = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_LETTERS = r"|[^\r\n\p{L}\p{N}]?\p{L}+"
_QWEN2 = _CONTRACTIONS + _LETTERS + r"|\p{N}" + _AFTER_NUMBERS
_LLAMA3 = _CONTRACTIONS + _LETTERS + r"|\p{N}{1,3}" + _AFTER_NUMBERS
_GPT2 = "GPT-2's own"
_DIGITS = "each digit"

_NAMES: Mapping[tuple[str, ...], str] = {
    (_QWEN2,): "qwen2",
    (_LLAMA3,): "dbrx",
    (_GPT2,): "gpt-2",
    (_DIGITS, _GPT2): "smollm",
}
_NAMES_OF_WHOLE_WORDS: Mapping[tuple[str, ...], str] = {(_LLAMA3,): "llama-bpe"}
"""Where a word that is in the vocabulary is taken without merging (`ignore_merges`)."""


def is_byte_level(tokenizer: Mapping[str, Any]) -> bool:
    """Whether a tokenizer merges bytes, rather than characters."""
    return any(step["type"] == "ByteLevel" for step in _steps(tokenizer.get("pre_tokenizer")))


def pretokenizer_of(tokenizer: Mapping[str, Any]) -> str:
    """llama.cpp's name for how a byte-level tokenizer cuts texts.

    Args:
        tokenizer: The contents of tokenizer.json.

    Raises:
        NotCarriedError: It has none.
    """
    cuts = tuple(
        cut for step in _steps(tokenizer.get("pre_tokenizer")) if (cut := _cut(step)) is not None
    )
    whole_words = bool(tokenizer["model"].get("ignore_merges"))
    name = (_NAMES_OF_WHOLE_WORDS if whole_words else _NAMES).get(cuts)
    normalizers = {step["type"] for step in _steps(tokenizer.get("normalizer"))}
    if name is None or not normalizers <= {"NFC"}:
        raise NotCarriedError(
            "The model's tokenizer cuts texts in a way for which Footnote knows no name in "
            "llama.cpp: name the base model's own GGUF file, so that its vocabulary is copied."
        )
    return name


def _steps(given: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    if given is None:
        return ()
    inner = given.get("pretokenizers") or given.get("normalizers")
    return (given,) if inner is None else tuple(inner)


def _cut(step: Mapping[str, Any]) -> str | None:
    """How a step cuts; None where it does not, and what no name has where it is unknown."""
    match step:
        case {"type": "ByteLevel", "add_prefix_space": False, "use_regex": bool(own)}:
            return _GPT2 if own else None
        case {"type": "Split", "pattern": {"Regex": str(regex)}, "behavior": "Isolated"}:
            return regex if not step.get("invert") else "all but it"
        case {"type": "Digits", "individual_digits": True}:
            return _DIGITS
    return "unknown"
