"""Embedding and reranking models from GGUF files, each in a child process of its own.

In the parent, `embedder.py` and `reranker.py` are what the rest of Footnote sees. `keeper.py` tells
the child what is asked, and `messages.py` holds what both ends say; `models/children` keeps the
child alive. `pieces.py` measures texts without asking the child.

In the child, `child.py` serves; `kinds.py` says what a file can be used as, `pairs.py` joins a
question with a passage, and `native.py` and `head.py` alone know llama.cpp.
"""
