"""Small tokenizers of the two kinds that models of our families have."""

from __future__ import annotations

from collections.abc import Sequence

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

TEMPLATE = (
    "{% for message in messages %}[{{ message.role }}] "
    "{% generation %}{{ message.content }}{% endgeneration %}\n{% endfor %}"
)
_CORPUS = [
    "The staff get 25 days of annual leave. They'll see the café menu, 1234 times.",
    "def add(a, b):\n    return a + b  # they'll see\r\n",
] * 3
_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
CUTS = {
    "qwen2": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + _REST,
    "llama3": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}" + _REST,
}
"""How the tokenizers of Qwen2 and of Llama 3 cut texts, as their tokenizer.json says it."""


def pairs(cut: str, specials: Sequence[str], *, begin: str = "") -> Tokenizer:
    """Byte-level BPE.

    Args:
        cut: One of `CUTS`, or a regular expression.
        specials: Its special tokens.
        begin: One of them, which stands before any text.
    """
    tokenizer = Tokenizer(models.BPE(ignore_merges=cut == "llama3"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(CUTS.get(cut, cut)), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    _train(tokenizer, specials)
    if begin:
        number = tokenizer.token_to_id(begin)
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{begin} $A", pair=f"{begin} $A $B", special_tokens=[(begin, number)]
        )
    return tokenizer


def gpt2(specials: Sequence[str], *, digits: bool) -> Tokenizer:
    """Byte-level BPE that cuts texts as GPT-2 does, or as SmolLM does."""
    tokenizer = Tokenizer(models.BPE())
    own = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.pre_tokenizer = (
        pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), own])
        if digits
        else own
    )
    _train(tokenizer, specials)
    return tokenizer


def characters(specials: Sequence[str], *, prefix: bool) -> Tokenizer:
    """What Transformers makes of a SentencePiece model: characters, merged by rank.

    Args:
        specials: Its special tokens; they come first.
        prefix: Whether a text gets a space in front.
    """
    plain = [f"<0x{byte:02X}>" for byte in range(256)]
    plain += ["▁", *(chr(code) for code in range(33, 127))]
    for word in ("▁the", "▁staff", "▁days", "they", "▁leave", "add", "return", "▁▁▁▁"):
        plain += [word[:end] for end in range(2, len(word) + 1)]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys([*specials, *plain]))}
    model = models.BPE(vocabulary, _merges(vocabulary), byte_fallback=True, fuse_unk=True)
    model.unk_token = next(text for text in specials if "unk" in text)
    tokenizer = Tokenizer(model)
    spaces = normalizers.Replace(" ", "▁")
    tokenizer.normalizer = (
        normalizers.Sequence([normalizers.Prepend("▁"), spaces]) if prefix else spaces
    )
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    _add(tokenizer, specials)
    return tokenizer


def _merges(vocabulary: dict[str, int]) -> list[tuple[str, str]]:
    """Every way to make a piece of two others, by the piece's rank, as Transformers writes them."""
    found = []
    for piece, rank in vocabulary.items():
        halves = [(piece[:cut], piece[cut:]) for cut in range(1, len(piece))]
        found += [
            (rank, len(left), (left, right))
            for left, right in halves
            if left in vocabulary and right in vocabulary
        ]
    return [pair for _, _, pair in sorted(found)]


def _train(tokenizer: Tokenizer, specials: Sequence[str]) -> None:
    trainer = trainers.BpeTrainer(
        vocab_size=380,
        special_tokens=[],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_CORPUS, trainer)
    tokenizer.decoder = decoders.ByteLevel()
    _add(tokenizer, specials)


def _add(tokenizer: Tokenizer, specials: Sequence[str]) -> None:
    added = [AddedToken(text, special=True, normalized=False) for text in specials]
    tokenizer.add_special_tokens(added)
