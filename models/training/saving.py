"""Saves a training now and then, so that it can be gone on with after a kill."""

from __future__ import annotations

from time import monotonic
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from footnote.models.training.pace import is_due
from footnote.models.training.steps import Watch


class Saving(TrainerCallback):  # type: ignore[misc]  # Transformers is not read
    """Asks for a checkpoint when one is due; has to come behind the watch, which times it.

    Attributes:
        checkpoints: How many were saved.
    """

    def __init__(self, watch: Watch, every: int) -> None:
        """Save one training.

        Args:
            watch: Knows what the last checkpoint took.
            every: Steps between two checkpoints, or 0 for as often as is worth it.
        """
        self.checkpoints = 0
        self._watch = watch
        self._every = every
        self._saved = monotonic()

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Start the clock."""
        del args, state, control
        self._saved = monotonic()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Ask for a checkpoint, unless the adapter is finished with this step."""
        del args
        if control.should_training_stop:
            return
        if self._every:
            due = state.global_step % self._every == 0
        else:
            due = is_due(monotonic() - self._saved, self._watch.last_save)
        control.should_save = due

    def on_evaluate(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Ask for none where the validation split has ended the training: it is to end again."""
        del args, state
        control.should_save = control.should_save and not control.should_training_stop

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Start the clock anew."""
        del args, state, control
        self.checkpoints += 1
        self._saved = monotonic()
