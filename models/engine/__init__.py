"""Serves one GGUF model to a whole workspace, in a child process of its own.

In the parent, `engine.py` is what the rest of Footnote sees. `supervisor.py` tells the child what
is asked, and `messages.py` holds what both ends say; `models/children` keeps the child alive.

In the child, `child.py` starts: `files.py` and `trial.py` make sure that the model works here, and
`calibration.py` finds out what suits the machine. `intake.py` makes prompts, and `loop.py` goes
from step to step: `scheduler.py` plans each (pure, over `sequences.py`, `spills.py`, `lookup.py`
and `filling.py`), `native.py` computes it, and `writing.py` makes text of its scores with
`choosing.py`, `citations.py` and `text.py`. Only `native.py`, `vocabulary.py` and `choosing.py`
know llama.cpp.
"""
