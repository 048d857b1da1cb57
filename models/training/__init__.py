"""A LoRA adapter from a training model and examples, as chats in JSONL.

`training.py` is what others call: it starts `child.py`, a process of its own, since only there
torch, Transformers, PEFT and TRL are imported. `job.py` is what the two tell each other and
`installed.py` says first whether the libraries are there. `examples.py` and `spans.py` turn chats
into tokens and say which of them are trained, `fitting.py` trains, `measuring.py` tries a few steps
out, `sizes.py` says what they take, and `curve.py` draws the losses.
"""
