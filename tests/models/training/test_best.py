"""Every checkpoint holds what is known of the validations, so that what is resumed ends alike."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.models.training.chats import needs_torch

pytestmark = needs_torch
LOSSES = (3.0, 2.0, 2.5, 1.5, 1.5, float("nan"), 1.6)
BEST, ENDED, PATIENCE = 4, 7, 3


class Scene:
    """A training of one weight, which is the number of its last step."""

    def __init__(self, folder: Path) -> None:
        """Begin it.

        Args:
            folder: Where checkpoints go.
        """
        torch = importlib.import_module("torch")
        best = importlib.import_module("footnote.models.training.best")
        self.model = torch.nn.Linear(1, 1, bias=False)
        self.best = best.Best(self.model, PATIENCE)
        self.folder = folder
        self.ended = False

    @property
    def weight(self) -> float:
        """The weight now."""
        return float(self.model.weight.item())

    def validate(self, step: int) -> None:
        """Train to a step, and look at its loss."""
        self.model.weight.data.fill_(float(step))
        control = SimpleNamespace(should_training_stop=False)
        metrics = {"eval_loss": LOSSES[step - 1]}
        self.best.on_evaluate(None, SimpleNamespace(global_step=step), control, metrics)
        self.ended = control.should_training_stop

    def save(self, step: int) -> Path:
        """Save a checkpoint."""
        checkpoint = self.folder / f"checkpoint-{step}"
        checkpoint.mkdir()
        told: Any = SimpleNamespace(output_dir=str(self.folder))
        self.best.on_save(told, SimpleNamespace(global_step=step), None)
        return checkpoint


@pytest.fixture
def scene(tmp_path: Path) -> Callable[[], Scene]:
    """Begins a training."""
    return lambda: Scene(tmp_path)


@pytest.mark.parametrize("killed_after", range(ENDED))
def test_a_resumed_training_ends_as_if_undisturbed(
    scene: Callable[[], Scene], killed_after: int
) -> None:
    """At the third validation without a gain, wherever it was killed, and with the best adapter."""
    before = scene()
    for step in range(1, killed_after + 1):
        before.validate(step)
    after = scene()
    after.best.resume(before.save(killed_after))
    step = killed_after
    while not after.ended:
        step += 1
        after.validate(step)
    assert step == ENDED
    assert after.best.step == BEST
    after.best.put_back()
    assert after.weight == BEST


def test_where_no_loss_is_a_number_the_last_adapter_stays(scene: Callable[[], Scene]) -> None:
    """Nothing was better than nothing, so there is nothing to put back."""
    made = scene()
    made.validate(6)
    made.best.put_back()
    assert (made.weight, made.best.step) == (6, 0)
