"""How a model's numbers can be stored in a GGUF file."""

from __future__ import annotations

from gguf import GGMLQuantizationType, LlamaFileType

from footnote.models.export.errors import NotCarriedError

STREAMED = {
    "f32": (GGMLQuantizationType.F32, LlamaFileType.ALL_F32),
    "f16": (GGMLQuantizationType.F16, LlamaFileType.MOSTLY_F16),
    "bf16": (GGMLQuantizationType.BF16, LlamaFileType.MOSTLY_BF16),
    "q8_0": (GGMLQuantizationType.Q8_0, LlamaFileType.MOSTLY_Q8_0),
}
"""What is written row by row."""
BY_LLAMA = {
    kind.name.removeprefix("MOSTLY_").lower(): kind
    for kind in (
        LlamaFileType.MOSTLY_Q2_K,
        LlamaFileType.MOSTLY_Q3_K_S,
        LlamaFileType.MOSTLY_Q3_K_M,
        LlamaFileType.MOSTLY_Q3_K_L,
        LlamaFileType.MOSTLY_Q4_0,
        LlamaFileType.MOSTLY_Q4_K_S,
        LlamaFileType.MOSTLY_Q4_K_M,
        LlamaFileType.MOSTLY_Q5_0,
        LlamaFileType.MOSTLY_Q5_K_S,
        LlamaFileType.MOSTLY_Q5_K_M,
        LlamaFileType.MOSTLY_Q6_K,
        LlamaFileType.MOSTLY_IQ4_NL,
        LlamaFileType.MOSTLY_IQ4_XS,
    )
}
"""What llama.cpp makes of a file in F16; kinds that need a sample of texts are left out."""


def check_kind(kind: str) -> None:
    """Refuse a kind that is none.

    Raises:
        NotCarriedError: It is none.
    """
    if kind not in STREAMED and kind not in BY_LLAMA:
        raise NotCarriedError(
            f"A model cannot be exported as {kind}: choose {', '.join((*STREAMED, *BY_LLAMA))}."
        )
