"""The child process that cuts texts as llama.cpp does: `python -m footnote.models.export.tokens`.

It takes a GGUF file as its argument and a JSON list of texts as its input, and writes a JSON list
of their tokens.
"""

from __future__ import annotations

import json
import sys

import llama_cpp as llama

from footnote.models.engine.native import Log
from footnote.models.engine.vocabulary import Vocabulary


def main(path: str) -> None:
    """Answer."""
    log = Log()
    llama.llama_backend_init()
    wanted = llama.llama_model_default_params()
    wanted.vocab_only = True
    model = llama.llama_model_load_from_file(path.encode(), wanted)
    if not model:
        sys.exit(log.drain())
    vocabulary = Vocabulary(model)
    texts = json.load(sys.stdin)
    json.dump([vocabulary.tokens(text, trusted=False) for text in texts], sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
