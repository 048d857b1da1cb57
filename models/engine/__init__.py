"""Serves one GGUF model to a whole workspace, in a child process of its own.

In the parent, `engine.py` is what the rest of Footnote sees, over `process.py`, which owns the
child, and `framing.py` and `messages.py`, which both ends speak. In the child, `child.py` starts
and tests the model and `loop.py` goes from step to step: `scheduler.py` plans each (pure, over
`sequences.py`, `spills.py`, `lookup.py` and `filling.py`), `native.py` computes it (the one file
that knows llama.cpp), and `writing.py` turns its scores into text (`sampling.py`, `citations.py`,
`text.py`).
"""
