"""What a GGUF file can be used as."""

from __future__ import annotations

from collections.abc import Mapping

from footnote.models.encoders.options import EncoderOptions
from footnote.models.errors import UnusableModelError

NO_POOLING, MEAN, CLS, LAST, RANK = range(5)
"""How llama.cpp makes one result of all tokens, by its own numbers."""

POOLINGS = {"mean": MEAN, "cls": CLS, "last": LAST}


def pooling_for(options: EncoderOptions, metadata: Mapping[str, str], *, has_head: bool) -> int:
    """How the model's results are made.

    Args:
        options: What is wanted of the file.
        metadata: What the file says.
        has_head: Whether it has a classifier.

    Raises:
        UnusableModelError: It is not made for that.
    """
    name = options.model.name
    if options.task == "rank":
        if not has_head:
            raise UnusableModelError(
                f"{name} cannot judge passages, since it has no classifier: choose a reranking "
                "model as the reranker."
            )
        return RANK
    if options.pooling:
        return POOLINGS[options.pooling]
    family = metadata.get("general.architecture", "")
    said = int(metadata.get(f"{family}.pooling_type", NO_POOLING))
    if said == RANK:
        raise UnusableModelError(
            f"{name} judges passages and makes no vectors: set it as the reranker, and choose an "
            "embedding model as the embedder."
        )
    if said not in POOLINGS.values():
        raise UnusableModelError(
            f"{name} does not say how it makes a vector of a text, as models that write texts do "
            "not: choose an embedding model, or set the embedder's pooling if it is one."
        )
    return said
