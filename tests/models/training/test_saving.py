"""When a trainer is asked for a checkpoint."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import pytest

from tests.models.training.chats import needs_torch

pytestmark = needs_torch


class Scene:
    """A training whose clock is moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, every: int = 0) -> None:
        """Begin it.

        Args:
            monkeypatch: Puts the clock in.
            every: Steps between two checkpoints, or 0.
        """
        self.now = 1000.0
        saving = importlib.import_module("footnote.models.training.saving")
        monkeypatch.setattr(saving, "monotonic", lambda: self.now)
        self.watch = SimpleNamespace(last_save=0.0)
        self.saving = saving.Saving(self.watch, every)
        self.step = 0
        self.control = SimpleNamespace(should_save=False, should_training_stop=False)
        self.saving.on_train_begin(None, self._state, self.control)

    def steps(self, seconds: float, *, last: bool = False, ends: bool = False) -> bool:
        """Do a step, perhaps the last, or one whose validation ends the training; is it saved?"""
        self.now += seconds
        self.step += 1
        self.control.should_save = False
        self.control.should_training_stop = last
        self.saving.on_step_end(None, self._state, self.control)
        if ends:
            self.control.should_training_stop = True
            self.saving.on_evaluate(None, self._state, self.control)
        return bool(self.control.should_save)

    def saved(self, seconds: float) -> None:
        """A checkpoint took so long."""
        self.now += seconds
        self.watch.last_save = seconds
        self.saving.on_save(None, self._state, self.control)

    @property
    def _state(self) -> Any:
        return SimpleNamespace(global_step=self.step)


def test_a_checkpoint_comes_after_half_a_minute_and_then_as_is_worth_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After one that took two seconds, the next is due in 200, counted from its end."""
    scene = Scene(monkeypatch)
    assert [scene.steps(10) for _ in range(3)] == [False, False, True]
    scene.saved(2)
    assert [scene.steps(50) for _ in range(4)] == [False, False, False, True]
    scene.saved(0.01)
    assert [scene.steps(15) for _ in range(2)] == [False, True]
    assert scene.saving.checkpoints == 2


def test_what_ends_is_not_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is resumed from there would train on: it is to find out again that it has ended."""
    scene = Scene(monkeypatch)
    assert not scene.steps(100, ends=True)
    assert not scene.steps(100, last=True)
    assert scene.steps(100)


def test_steps_between_checkpoints_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever that costs."""
    scene = Scene(monkeypatch, every=2)
    assert [scene.steps(0.1) for _ in range(4)] == [False, True, False, True]
