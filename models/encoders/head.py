"""Whether a GGUF file has a classifier; llama.cpp loads one without and scores by chance."""

from __future__ import annotations

import ctypes
from pathlib import Path

from llama_cpp._ggml import libggml

_NAMES = (b"cls.weight", b"cls.output.weight")


class _Reading(ctypes.Structure):
    """ggml's `gguf_init_params`."""

    _fields_ = (("no_alloc", ctypes.c_bool), ("context", ctypes.c_void_p))


def has_head(path: Path) -> bool:
    """Whether the file holds the tensors of a classifier; True where that cannot be told."""
    try:
        opened, find, free = (
            getattr(libggml, f"gguf_{name}") for name in ("init_from_file", "find_tensor", "free")
        )
    except AttributeError:  # where a library does not give out those that it was linked with
        return True
    opened.restype, opened.argtypes = ctypes.c_void_p, (ctypes.c_char_p, _Reading)
    find.restype, find.argtypes = ctypes.c_int64, (ctypes.c_void_p, ctypes.c_char_p)
    free.restype, free.argtypes = None, (ctypes.c_void_p,)
    file = opened(str(path).encode(), _Reading(no_alloc=True, context=None))
    if not file:
        return True
    try:
        return any(find(file, name) >= 0 for name in _NAMES)
    finally:
        free(file)
