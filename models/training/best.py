"""Keeps the adapter that the validation split likes best, and ends a training that gains no more.

It is kept in memory, and lies in every checkpoint, so that validating writes nothing by itself and
what is resumed knows all that was known.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from footnote.models.training.checkpoints import BEST


class Best(TrainerCallback):  # type: ignore[misc]  # Transformers is not read
    """Follows the validations of one training.

    Attributes:
        step: The step with the lowest loss so far; 0 before the first validation.
    """

    def __init__(self, model: Any, patience: int) -> None:
        """Follow one training.

        Args:
            model: What is trained.
            patience: After so many validations without a gain it ends.
        """
        self.step = 0
        self._model = model
        self._patience = patience
        self._loss = math.inf
        self._without_gain = 0
        self._weights: dict[str, torch.Tensor] = {}

    def resume(self, checkpoint: Path) -> None:
        """Know again what was known when a checkpoint was saved.

        Raises:
            OSError: It cannot be read.
        """
        with safe_open(checkpoint / BEST, framework="pt") as kept:
            known = kept.metadata()
            self._weights = {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118  no dictionary
        self.step, self._without_gain = int(known["step"]), int(known["without_gain"])
        self._loss = float(known["loss"])

    def put_back(self) -> None:
        """Give the model the best adapter; where nothing was validated, it keeps its own."""
        with torch.no_grad():
            for name, weight in self._trained():
                if name in self._weights:
                    weight.copy_(self._weights[name])

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: Mapping[str, float],
        **_: Any,
    ) -> None:
        """Keep what is better than all before; end where too often nothing was."""
        del args
        loss = metrics["eval_loss"]
        if loss < self._loss:
            self.step, self._loss, self._without_gain = state.global_step, loss, 0
            self._weights = {
                name: weight.detach().to("cpu", copy=True) for name, weight in self._trained()
            }
        else:
            self._without_gain += 1
        if self._without_gain >= self._patience:
            control.should_training_stop = True

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Put the best adapter into the checkpoint, which is whole only with it."""
        del control
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        known = {
            "step": str(self.step),
            "loss": repr(self._loss),
            "without_gain": str(self._without_gain),
        }
        part = folder / f"{BEST}.part"
        save_file(self._weights, part, metadata=known)
        part.replace(folder / BEST)

    def _trained(self) -> Iterable[tuple[str, torch.nn.Parameter]]:
        return (each for each in self._model.named_parameters() if each[1].requires_grad)
