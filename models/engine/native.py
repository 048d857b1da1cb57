"""llama.cpp's models and contexts; with `vocabulary.py` and `choosing.py` all that knows ctypes.

Everything here must be called from one thread, the one that loaded the model: OpenMP keeps a pool
of threads for each thread that computes. Only `Context.abort` may be called from any thread.
"""

from __future__ import annotations

import ctypes
import sys
from collections import deque
from collections.abc import Sequence
from typing import Any, cast

import llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from footnote.models.engine.options import Adapter, CacheType, EngineOptions, Tuning
from footnote.models.engine.steps import (
    Adapt,
    Chunk,
    Copy,
    Forget,
    Operation,
    Restore,
    Spill,
    Trim,
)
from footnote.models.engine.vocabulary import Vocabulary
from footnote.models.errors import UnusableAdapterError, UnusableModelError

Scores = NDArray[np.float32]

CACHE_TYPES = {
    "f32": llama.GGML_TYPE_F32,
    "f16": llama.GGML_TYPE_F16,
    "q8_0": llama.GGML_TYPE_Q8_0,
    "q4_0": llama.GGML_TYPE_Q4_0,
}
CACHE_BYTES = {"f32": 4.0, "f16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32}
"""Bytes of one number; a block of 32 quantized ones has a scale of two bytes."""
SPLIT_MODES = {
    "none": llama.LLAMA_SPLIT_MODE_NONE,
    "layer": llama.LLAMA_SPLIT_MODE_LAYER,
    "row": llama.LLAMA_SPLIT_MODE_ROW,
}
ALL_LAYERS = 0x7FFFFFFF
LEVEL_ERROR = 4
ABORTED = 2


class ComputeError(RuntimeError):
    """A step could not be computed."""


class AbortedError(ComputeError):
    """A step was given up, since `Context.abort` was called."""


class Log:
    """Keeps the last errors that llama.cpp wrote down; all else of its log is dropped."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=8)
        # Kept here, since llama.cpp goes on calling it.
        self._callback = llama.llama_log_callback(self._take)
        llama.llama_log_set(self._callback, ctypes.c_void_p(0))

    def _take(self, level: int, text: bytes, _: ctypes.c_void_p) -> None:
        if level == LEVEL_ERROR:
            self._lines.append(" ".join(text.decode("utf-8", "replace").split()))

    def drain(self) -> str:
        """The first of the errors since the last call; what follows are its consequences."""
        lines = [line.split(": ", 1)[-1] for line in self._lines if line]
        self._lines.clear()
        return lines[0].rstrip(".") if lines else "it does not say why"


class Model:
    """A loaded GGUF file, and its adapters."""

    def __init__(self, options: EngineOptions, log: Log) -> None:
        """Load it.

        Raises:
            UnusableModelError: llama.cpp refuses it.
        """
        self._log = log
        llama.llama_backend_init()
        wanted = llama.llama_model_default_params()
        wanted.n_gpu_layers = ALL_LAYERS if options.gpu_layers < 0 else options.gpu_layers
        wanted.split_mode = SPLIT_MODES[options.split_mode]
        wanted.use_extra_bufts = options.extra_buffers
        self.handle = llama.llama_model_load_from_file(str(options.model).encode(), wanted)
        if not self.handle:
            raise UnusableModelError(
                f"llama.cpp cannot load {options.model.name} ({log.drain()}): pull the model "
                "again, or choose another one."
            )
        self.vocabulary = Vocabulary(self.handle)
        self.trained_context: int = llama.llama_model_n_ctx_train(self.handle)
        # The state of such a model cannot be cut, so nothing of it can be reused or taken back.
        self.can_be_cut = not (
            llama.llama_model_is_recurrent(self.handle) or llama.llama_model_is_hybrid(self.handle)
        )
        self.window: int | None = llama.llama_model_n_swa(self.handle) or None
        self._adapters: dict[str, tuple[Any, float]] = {}

    def metadata(self) -> dict[str, str]:
        """What the file says about the model."""
        found = {}
        for index in range(llama.llama_model_meta_count(self.handle)):
            key = _string(llama.llama_model_meta_key_by_index, self.handle, index)
            found[key] = _string(llama.llama_model_meta_val_str_by_index, self.handle, index)
        return found

    def cache_bytes(self, cache_type: CacheType) -> int:
        """About how many bytes the keys and values of one token take."""
        heads = llama.llama_model_n_head_kv(self.handle)
        width = llama.llama_model_n_embd(self.handle) // llama.llama_model_n_head(self.handle)
        layers = llama.llama_model_n_layer(self.handle)
        return int(2 * layers * heads * width * CACHE_BYTES[cache_type])

    def load_adapter(self, name: str, adapter: Adapter) -> None:
        """Load a LoRA adapter.

        Raises:
            UnusableAdapterError: It is missing, is none, or belongs to another model.
        """
        path = adapter.path
        if not path.is_file():
            raise UnusableAdapterError(
                f"There is no adapter {name} at {path}: train it again, or name another one."
            )
        handle = llama.llama_adapter_lora_init(self.handle, str(path).encode())
        if not handle:
            raise UnusableAdapterError(
                f"The adapter {name} does not fit this model ({self._log.drain()}): use the model "
                "that it was trained on."
            )
        self._adapters[name] = handle, adapter.scale

    def adapter(self, name: str) -> tuple[Any, float]:
        """A loaded adapter, and its scale."""
        return self._adapters[name]

    def close(self) -> None:
        """Free it, and its adapters."""
        llama.llama_model_free(self.handle)


class Context:
    """The cache of keys and values, and the arithmetic."""

    def __init__(self, model: Model, options: EngineOptions, tuning: Tuning, log: Log) -> None:
        """Make room for the sequences.

        Raises:
            UnusableModelError: There is not enough memory.
        """
        self._model = model
        wanted = llama.llama_context_default_params()
        wanted.n_ctx = options.context_tokens * tuning.sequences
        wanted.n_seq_max = tuning.sequences
        wanted.n_batch = wanted.n_ubatch = tuning.rows
        wanted.n_outputs_max_per_seq = 1 + tuning.guesses
        wanted.n_threads = wanted.n_threads_batch = tuning.threads
        wanted.type_k = wanted.type_v = CACHE_TYPES[tuning.cache_type]
        wanted.flash_attn_type = int(tuning.flash_attention)
        wanted.kv_unified = tuning.shared_cells
        # Without the full window, a sequence could not be cut back and gone on with.
        wanted.swa_full = True
        wanted.no_perf = True
        self._flag = ctypes.create_string_buffer(2)
        self._aborts = _abort_callback()
        self.handle = llama.llama_init_from_model(model.handle, wanted)
        if not self.handle:
            raise UnusableModelError(
                f"There is no room for {tuning.sequences} answers of {options.context_tokens} "
                f"tokens ({log.drain()}): set a smaller context, or choose a smaller model."
            )
        if self._aborts:
            flag = ctypes.cast(self._flag, ctypes.c_void_p)
            llama.llama_set_abort_callback(self.handle, self._aborts, flag)
        self._memory = llama.llama_get_memory(self.handle)
        self._batch = _Batch(tuning.rows)
        self._spills: dict[int, ctypes.Array[ctypes.c_uint8]] = {}

    @property
    def sequence_cells(self) -> int:
        """Cells of each sequence, or of all together where they share them."""
        return int(llama.llama_n_ctx_seq(self.handle))

    @property
    def spilled_bytes(self) -> int:
        """Memory that spilled sequences take."""
        return sum(map(len, self._spills.values()))

    def do(self, operations: Sequence[Operation]) -> None:
        """Do some operations, in order.

        Raises:
            ComputeError: One cannot be done.
        """
        for operation in operations:
            self._do(operation)

    def _do(self, operation: Operation) -> None:
        match operation:
            case Copy(source, target):
                llama.llama_memory_seq_cp(self._memory, source, target, -1, -1)
            case Trim(sequence, length):
                if not llama.llama_memory_seq_rm(self._memory, sequence, length, -1):
                    raise ComputeError("the model's state cannot be cut")
            case Spill(sequence, spill):
                self._spills[spill] = self._saved(sequence)
            case Restore(spill, sequence):
                data = self._spills[spill]
                if not llama.llama_state_seq_set_data(self.handle, data, len(data), sequence):
                    raise ComputeError("a saved thread cannot be restored")
            case Forget(spill):
                # A spill that could not be saved is not there.
                self._spills.pop(spill, None)
            case Adapt(adapter):
                self._use(adapter)

    def length(self, sequence: int) -> int:
        """How many positions a sequence holds."""
        return int(llama.llama_memory_seq_pos_max(self._memory, sequence)) + 1

    def state_bytes(self, sequence: int) -> int:
        """Bytes that a sequence would take outside."""
        return int(llama.llama_state_seq_get_size(self.handle, sequence))

    def _saved(self, sequence: int) -> ctypes.Array[ctypes.c_uint8]:
        size = self.state_bytes(sequence)
        data = (ctypes.c_uint8 * size)()
        if llama.llama_state_seq_get_data(self.handle, data, size, sequence) != size:
            raise ComputeError("a thread cannot be saved")
        return data

    def _use(self, adapter: str | None) -> None:
        if adapter is None:
            failed = llama.llama_set_adapters_lora(self.handle, None, 0, None)
        else:
            handle, scale = self._model.adapter(adapter)
            handles = (llama.llama_adapter_lora_p_ctypes * 1)(handle)
            scales = (ctypes.c_float * 1)(scale)
            failed = llama.llama_set_adapters_lora(self.handle, handles, 1, scales)
        if failed:
            raise ComputeError("the adapter cannot be used")

    def compute(self, chunks: Sequence[Chunk]) -> list[int]:
        """Compute the rows of a step.

        Returns:
            The index of each chunk's first row.

        Raises:
            AbortedError: `abort` was called; some rows may have been computed.
            ComputeError: llama.cpp failed; likewise.
        """
        firsts = self._batch.fill(chunks)
        code = llama.llama_decode(self.handle, self._batch.struct)
        if code == ABORTED:
            raise AbortedError("given up")
        if code:
            raise ComputeError(f"llama_decode returned {code}")
        return firsts

    def scores(self, row: int) -> Scores:
        """The scores of the next token after a row, one a token; valid until the next step."""
        found = llama.llama_get_logits_ith(self.handle, row)
        return np.ctypeslib.as_array(found, (self._model.vocabulary.size,))

    def abort(self, *, now: bool) -> None:
        """Give the present step up, or let steps be computed again."""
        self._flag[0] = b"\1" if now else b"\0"

    def close(self) -> None:
        """Free it."""
        llama.llama_free(self.handle)


class _Batch:
    """A batch whose arrays are numpy's, so that rows are written in slices."""

    def __init__(self, rows: int) -> None:
        self._tokens = np.zeros(rows, np.int32)
        self._positions = np.zeros(rows, np.int32)
        self._sequences = np.zeros(rows, np.int32)
        self._scored = np.zeros(rows, np.int8)
        self._ones = np.ones(rows, np.int32)
        pointer = ctypes.POINTER(ctypes.c_int32)
        base = self._sequences.ctypes.data
        self._each = (pointer * rows)(
            *(ctypes.cast(base + 4 * row, pointer) for row in range(rows))
        )
        self.struct = cast("Any", llama.llama_batch())
        self.struct.token = self._tokens.ctypes.data_as(pointer)
        self.struct.pos = self._positions.ctypes.data_as(pointer)
        self.struct.n_seq_id = self._ones.ctypes.data_as(pointer)
        self.struct.seq_id = ctypes.cast(self._each, ctypes.POINTER(pointer))
        self.struct.logits = self._scored.ctypes.data_as(ctypes.POINTER(ctypes.c_int8))

    def fill(self, chunks: Sequence[Chunk]) -> list[int]:
        """Write the rows of some chunks; returns the index of each chunk's first row."""
        firsts, row = [], 0
        for chunk in chunks:
            end = row + len(chunk.tokens)
            self._tokens[row:end] = chunk.tokens
            self._positions[row:end] = np.arange(chunk.start, chunk.start + len(chunk.tokens))
            self._sequences[row:end] = chunk.sequence
            self._scored[row:end] = 0
            first = row + chunk.first_scored
            self._scored[first : first + chunk.scored] = 1
            firsts.append(row)
            row = end
        self.struct.n_tokens = row
        return firsts


def can_offload() -> bool:
    """Whether this build of llama.cpp can use a GPU."""
    return bool(llama.llama_supports_gpu_offload())


def build() -> str:
    """The version of llama.cpp's binding, and what its build makes use of."""
    return f"{llama.__version__} {llama.llama_print_system_info().decode().strip()}"


def _string(read: Any, model: Any, index: int) -> str:
    size = read(model, index, None, 0)
    buffer = ctypes.create_string_buffer(size + 1)
    read(model, index, buffer, size + 1)
    return buffer.value.decode("utf-8", "replace")


def _abort_callback() -> Any:
    """A callback that looks at a flag without waiting for Python; None where there is none.

    llama.cpp calls it with the flag's address hundreds of times a step. strlen does what is
    needed: it gives 0 for a flag that is not set and 1 for one that is.
    """
    if sys.platform == "win32":
        return None
    address = ctypes.cast(ctypes.CDLL(None).strlen, ctypes.c_void_p)
    return llama.ggml_abort_callback(address.value or 0)
