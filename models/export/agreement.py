"""Whether llama.cpp cuts texts into the same tokens as the model's own tokenizer.

The names of `pretokenizers.py` and the scores of `tokenizer.py` are right only if this holds.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
from pathlib import Path

from tokenizers import Tokenizer

from footnote.models.export.errors import ExportError, NotCarriedError
from footnote.models.export.working import in_process

SAMPLES = (
    "How many days of leave do I get?  It's 25.",
    "The café's menu (déjà vu) costs 1234567 €, 3.5% more\tthan in 2019!\n\n\n  - Zoë",
    "def add(a, b):\n    return a + b  # they'll see\r\n",
    "人事部は何日の休暇を承認しますか? Сколько дней отпуска? كم يوما؟ 🦙👩‍💻",
    "   leading and trailing   ",
)
"""Texts whose tokens must be the same."""


async def check_agreement(file: Path, tokenizer: Path) -> None:
    """Refuse a GGUF file whose texts come out otherwise than in training.

    Without llama.cpp nothing is checked; the engine is not there either.

    Args:
        file: The GGUF file.
        tokenizer: The model's tokenizer.json.

    Raises:
        ExportError: llama.cpp cannot read the vocabulary.
        NotCarriedError: Some text has other tokens.
    """
    if importlib.util.find_spec("llama_cpp") is None:
        return
    given = json.dumps(SAMPLES).encode()
    code, written, reason = await in_process("tokens", str(file), given=given)
    if code:
        raise ExportError(
            f"llama.cpp cannot read the exported vocabulary ({reason}): name the base model's own "
            "GGUF file, so that its vocabulary is copied."
        )
    ours = await asyncio.to_thread(_tokens, tokenizer)
    for text, mine, theirs in zip(SAMPLES, ours, json.loads(written), strict=True):
        if mine != theirs:
            raise NotCarriedError(
                f"llama.cpp cuts {text[:20]!r} into other tokens than the model's own tokenizer: "
                "name the base model's own GGUF file, so that its vocabulary is copied."
            )


def _tokens(tokenizer: Path) -> list[list[int]]:
    found = Tokenizer.from_file(str(tokenizer))
    return [found.encode(text, add_special_tokens=False).ids for text in SAMPLES]
