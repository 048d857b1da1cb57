"""The child process that quantizes by llama.cpp: `python -m footnote.models.export.quantize`.

Its arguments are a GGUF file in F16, the file to make, llama.cpp's number for the kind, and how
many threads compute.
"""

from __future__ import annotations

import ctypes
import sys

import llama_cpp as llama

from footnote.models.engine.native import Log

_ROWS = 64 << 20
"""Bytes of rows in memory at once; llama.cpp would take 8 GiB."""


def main(source: str, target: str, kind: str, threads: str) -> None:
    """Quantize."""
    log = Log()
    wanted = llama.llama_model_quantize_default_params()
    wanted.ftype = int(kind)
    wanted.nthread = int(threads)
    wanted.max_buf_size = _ROWS
    if llama.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(wanted)):
        sys.exit(log.drain())


if __name__ == "__main__":
    main(*sys.argv[1:])
