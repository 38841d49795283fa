"""Schedules that rise and fall, once or again and again."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from runtime.optim.lr_scheduler.schedule import LRScheduler
from runtime.optim.optimizer import Optimizer


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a cosine down to `eta_min` in `T_0` steps, then from the top again, each time `T_mult` as long.

    Source: Loshchilov and Hutter 2017.
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        if T_0 <= 0 or T_mult < 1:
            raise ValueError(f"expected positive T_0 and T_mult of at least 1, but got {T_0} and {T_mult}")
        self.T_0 = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """The rates at this step."""
        place, length = self.last_epoch, self.T_0
        while place >= length:
            place, length = place - length, length * self.T_mult
        height = (1.0 + math.cos(math.pi * place / length)) / 2.0
        return [self.eta_min + (base - self.eta_min) * height for base in self.base_lrs]


class CyclicLR(LRScheduler):
    """The rate goes from `base_lr` to `max_lr` in `step_size_up` steps and back in `step_size_down`, again and again.

    `mode` is "triangular", "triangular2" (half the height each cycle) or "exp_range" (`gamma ** step`); `scale_fn`
    takes its place, of the cycle or of the step by `scale_mode`. With `cycle_momentum` the momentum goes the other
    way. Source: Smith 2017.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: Any,
        max_lr: Any,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float = 0.8,
        max_momentum: float = 0.9,
        last_epoch: int = -1,
    ) -> None:
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError("mode is invalid and scale_fn is None")
        lows, self.max_lrs = _one_a_group(optimizer, base_lr), _one_a_group(optimizer, max_lr)
        if last_epoch == -1:
            for group, low in zip(optimizer.param_groups, lows):
                group["lr"] = group["initial_lr"] = low
        self.total_size = float(step_size_up + (step_size_up if step_size_down is None else step_size_down))
        self.step_ratio = step_size_up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self.scale_fn = scale_fn
        self.scale_mode = scale_mode if scale_fn is not None else "iterations" if mode == "exp_range" else "cycle"
        self._name = _momentum_name(optimizer) if cycle_momentum else ""
        self.base_momentum = base_momentum
        self.max_momentum = max_momentum
        super().__init__(optimizer, last_epoch)

    def _scale(self, x: float) -> float:
        if self.scale_fn is not None:
            return self.scale_fn(x)
        return {"triangular": 1.0, "triangular2": 0.5 ** (x - 1.0), "exp_range": self.gamma**x}[self.mode]

    def get_lr(self) -> list[float]:
        """The rates at this step; sets the momentum too."""
        cycle = math.floor(1.0 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        height = x / self.step_ratio if x <= self.step_ratio else (x - 1.0) / (self.step_ratio - 1.0)
        height *= self._scale(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self._name:
            value = self.max_momentum - (self.max_momentum - self.base_momentum) * height
            for group in self.optimizer.param_groups:
                _set_momentum(group, self._name, value)
        return [low + (high - low) * height for low, high in zip(self.base_lrs, self.max_lrs)]


class OneCycleLR(LRScheduler):
    """One rise from `max_lr / div_factor` to `max_lr`, and a fall to the first rate divided by `final_div_factor`.

    The rise takes `pct_start` of the steps; `three_phase` falls to the first rate as quickly first. The momentum goes
    the other way. Source: Smith and Topin 2018.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: Any,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        if total_steps is None and (epochs is None or steps_per_epoch is None):
            raise ValueError("give total_steps, or epochs and steps_per_epoch")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be 'cos' or 'linear', not {anneal_strategy!r}")
        if not 0.0 <= pct_start <= 1.0:
            raise ValueError(f"expected float between 0 and 1 pct_start, but got {pct_start}")
        self.total_steps: int = (epochs or 0) * (steps_per_epoch or 0) if total_steps is None else total_steps
        self.linear = anneal_strategy == "linear"
        top = pct_start * self.total_steps - 1.0
        names = ("initial_lr", "max_lr", "min_lr"), ("max_momentum", "base_momentum", "max_momentum")
        self._phases: list[tuple[float, str, str, str, str]] = [(top, *names[0][:2], *names[1][:2])]
        if three_phase:
            self._phases.append((2.0 * top, "max_lr", "initial_lr", "base_momentum", "max_momentum"))
            self._phases.append((self.total_steps - 1.0, "initial_lr", "min_lr", "max_momentum", "max_momentum"))
        else:
            self._phases.append((self.total_steps - 1.0, *names[0][1:], *names[1][1:]))
        self._name = _momentum_name(optimizer) if cycle_momentum else ""
        if last_epoch == -1:
            for group, high in zip(optimizer.param_groups, _one_a_group(optimizer, max_lr)):
                group["lr"] = group["initial_lr"] = high / div_factor
                group["max_lr"] = high
                group["min_lr"] = group["initial_lr"] / final_div_factor
                group["max_momentum"], group["base_momentum"] = max_momentum, base_momentum
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """The rates at this step; sets the momentum too. Raises ValueError after the last step."""
        if self.last_epoch > self.total_steps:
            raise ValueError(f"tried to step {self.last_epoch} times, but the cycle has {self.total_steps} steps")
        number = next((k for k, phase in enumerate(self._phases) if self.last_epoch <= phase[0]), len(self._phases) - 1)
        end, *names = self._phases[number]
        start = self._phases[number - 1][0] if number else 0.0
        share = (self.last_epoch - start) / (end - start)
        found = []
        for group in self.optimizer.param_groups:
            found.append(self._between(group[names[0]], group[names[1]], share))
            if self._name:
                _set_momentum(group, self._name, self._between(group[names[2]], group[names[3]], share))
        return found

    def _between(self, start: float, end: float, share: float) -> float:
        if self.linear:
            return (end - start) * share + start
        return end + (start - end) / 2.0 * (1.0 + math.cos(math.pi * share))


def _one_a_group(optimizer: Optimizer, given: Any) -> list[float]:
    found = list(given) if isinstance(given, (list, tuple)) else [given] * len(optimizer.param_groups)
    if len(found) != len(optimizer.param_groups):
        raise ValueError(f"expected {len(optimizer.param_groups)} values, one a group, but got {len(found)}")
    return found


def _momentum_name(optimizer: Optimizer) -> str:
    for name in ("momentum", "betas"):
        if name in optimizer.defaults:
            return name
    raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")


def _set_momentum(group: dict[str, Any], name: str, value: float) -> None:
    group[name] = (value, *group["betas"][1:]) if name == "betas" else value
