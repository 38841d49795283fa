"""What all schedules of the learning rate share."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from runtime.optim.optimizer import Optimizer


class LRScheduler:
    """Sets the learning rate of each group of an optimizer at every `step`. A subclass says in `get_lr` to what.

    `last_epoch` counts the steps; making a schedule takes step number 0. `base_lrs` are the rates at the start.
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = optimizer
        if last_epoch == -1:
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", group["lr"])
        elif any("initial_lr" not in group for group in optimizer.param_groups):
            raise KeyError("param 'initial_lr' is not specified in the groups when resuming an optimizer")
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._last_lr: list[float] = []
        self._step_count = 0
        self.step()

    def get_lr(self) -> list[float]:
        """The rate of each group at step `last_epoch`, from the rates that are set now."""
        raise NotImplementedError

    def get_last_lr(self) -> list[float]:
        """The rates that were set last."""
        return self._last_lr

    def step(self) -> None:
        """Go to the next step and set its rates."""
        if self._step_count == 1 and not self.optimizer.steps:
            warnings.warn(
                "lr_scheduler.step() is called before optimizer.step(): the first value of the schedule is skipped."
                " Call optimizer.step() first.",
                stacklevel=2,
            )
        self._step_count += 1
        self.last_epoch += 1
        for group, lr in zip(self.optimizer.param_groups, self.get_lr()):
            group["lr"] = lr
        self._last_lr = self._now()

    def _now(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def _times(self, factor: float) -> list[float]:
        return [lr * factor for lr in self._now()]

    def state_dict(self) -> dict[str, Any]:
        """Everything but the optimizer, and functions that the schedule was given."""
        return {key: value for key, value in self.__dict__.items() if key != "optimizer" and not _has_code(value)}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        self.__dict__.update(state_dict)


def _has_code(value: Any) -> bool:
    return callable(value) or isinstance(value, list) and any(callable(element) for element in value)
