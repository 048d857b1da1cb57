"""From what was trained to what the engine serves: LoRA folders and checkpoints to GGUF files.

`adapters.py`, `models.py` and `sameness.py` are what others call; `installed.py` says first whether
the libraries are there. Nothing here needs torch or Transformers.

`checkpoint.py` reads a model's folder and `peft.py` an adapter's, row by row. `families.py` knows
the shapes of models, `rope.py` their positions, `tensors.py` what becomes of each tensor, and
`tokenizer.py` with `pretokenizers.py` what becomes of the vocabulary. `writing.py` writes the file,
`replacing.py` gives it its name when it is whole. `native.py` asks llama.cpp in a process of its
own.
"""
