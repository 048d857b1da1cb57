"""Follows a trainer: losses, speed, and how long it will still take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic, process_time
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from footnote.models.training.job import Counted, Event, Point, Step


class Watch(TrainerCallback):  # type: ignore[misc]  # Transformers is not read
    """Tells each logged step, and says where the time goes.

    Attributes:
        losses: Of training, in order; those before a resume come from the checkpoint.
        validations: Of the validation split.
        seconds: Of each step that was done here, with the reading of its examples.
        processor: Seconds that the processor was at these steps, all its threads together.
        validating: Seconds of all validations that were done here.
        saving: Seconds of all checkpoints that were saved here.
        last_save: Seconds of the last one.
    """

    def __init__(self, tell: Callable[[Event], None], counted: Counted) -> None:
        """Follow one training.

        Args:
            tell: Told of each logged step.
            counted: What is trained.
        """
        self.losses: list[Point] = []
        self.validations: list[Point] = []
        self.seconds: list[float] = []
        self.processor = self.validating = self.saving = self.last_save = 0.0
        self._tell = tell
        self._counted = counted
        self._mark = self._first = monotonic()
        self._worked = process_time()
        self._from = 0

    @property
    def step_seconds(self) -> float:
        """How long a step takes; the first one, which warms up, counts only where it is alone."""
        counted = self.seconds[1:] or self.seconds
        return sum(counted) / len(counted) if counted else 0.0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Take over what a resumed training had logged."""
        del args, control
        self._lap()
        self._first, self._from = self._mark, state.global_step
        for entry in state.log_history:
            self._take(entry)

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Count the time of the step."""
        del args, state, control
        before = self._worked
        self.seconds.append(self._lap())
        self.processor += self._worked - before

    def on_evaluate(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Count the time since the step, which went into a validation."""
        del args, state, control
        self.validating += self._lap()

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Count the time since the step or its validation, which went into a checkpoint."""
        del args, state, control
        self.last_save = self._lap()
        self.saving += self.last_save

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Tell what was logged."""
        del args, control
        entry = {"step": state.global_step, **(logs or {})}
        loss, validation = self._take(entry)
        if loss is None and validation is None:
            return
        done = max(1, state.global_step - self._from)
        pace = (monotonic() - self._first) / done
        left = pace * max(0, self._counted.steps - state.global_step)
        self._tell(Step(state.global_step, self._counted.steps, left, loss, validation))

    def _lap(self) -> float:
        """Seconds since the last time that this was asked."""
        before, self._mark, self._worked = self._mark, monotonic(), process_time()
        return self._mark - before

    def _take(self, entry: Mapping[str, Any]) -> tuple[float | None, float | None]:
        loss, validation = entry.get("loss"), entry.get("eval_loss")
        if loss is not None:
            self.losses.append(Point(int(entry["step"]), float(loss)))
        if validation is not None:
            self.validations.append(Point(int(entry["step"]), float(validation)))
        return loss, validation
