"""The training model and its tokenizer, as Transformers loads them, with a new adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

from footnote.models.training.errors import TrainingError
from footnote.models.training.job import TARGETS, Job


def tokenizer_of(model: Path) -> Any:
    """The model's tokenizer.

    Raises:
        TrainingError: It cannot be read.
    """
    return _loaded(AutoTokenizer, model)


def context_of(model: Path) -> int | None:
    """How many tokens the model was made for, or None where it does not say.

    Raises:
        TrainingError: Its configuration cannot be read.
    """
    return getattr(_loaded(AutoConfig, model), "max_position_embeddings", None)


def model_of(job: Job) -> Any:
    """The training model: in four bits, in two bytes on a GPU, or in four on a processor.

    Raises:
        TrainingError: It cannot be read.
    """
    kind = torch.bfloat16 if torch.cuda.is_available() else torch.float32
    told: dict[str, Any] = {"dtype": kind}
    if job.quantized:
        told["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=kind,
        )
    return _loaded(AutoModelForCausalLM, job.model, **told)


def with_adapter(job: Job, model: Any) -> Any:
    """The model with an adapter that changes nothing yet; only the adapter will be trained."""
    if job.quantized:
        model = prepare_model_for_kbit_training(
            model, use_gradient_checkpointing=torch.cuda.is_available()
        )
    lora = LoraConfig(
        r=job.rank,
        lora_alpha=job.alpha,
        lora_dropout=0.0,
        target_modules=list(TARGETS),
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, lora)


def _loaded(kind: Any, model: Path, **told: Any) -> Any:
    try:
        return kind.from_pretrained(model, local_files_only=True, **told)
    except (OSError, ValueError, KeyError) as error:
        reason = " ".join(str(error).split())[:160].rstrip(".")
        raise TrainingError(
            f"The training model in {model} cannot be read ({reason}): name the folder in which "
            "Transformers saved it."
        ) from error
