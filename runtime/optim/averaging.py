"""Models averaged over training, and the schedule that goes with it.

Source: Izmailov et al. 2018 (stochastic weight averaging); exponential averages after Polyak and Juditsky 1992.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from runtime.modes import no_grad
from runtime.nn.module import Module
from runtime.nn.normalization import BatchNorm1d, BatchNorm2d, BatchNorm3d
from runtime.optim.lr_scheduler.schedule import LRScheduler
from runtime.optim.optimizer import Optimizer
from runtime.tensor import Tensor

Average = Callable[[Any, Any, Any], Any]


def get_swa_avg_fn() -> Average:
    """The mean of all models so far, as a function of the average, the next model and their number before."""

    @no_grad()
    def averaged(average: Any, current: Any, number: Any) -> Any:
        return average + (current - average) / (number + 1)

    return averaged


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """`decay` of the average and the rest of the next model. Raises ValueError for a `decay` not in [0, 1]."""
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"Invalid decay value {decay}: it is between 0 and 1")

    @no_grad()
    def averaged(average: Any, current: Any, number: Any) -> Any:
        return decay * average + (1.0 - decay) * current

    return averaged


def _of_lists(average: Average) -> Callable[[Any, Any, Any], None]:
    @no_grad()
    def averaged(averages: Iterable[Any], currents: Iterable[Any], number: Any) -> None:
        for mine, theirs in zip(averages, currents, strict=True):
            mine.copy_(average(mine, theirs, number))

    return averaged


def get_swa_multi_avg_fn() -> Callable[[Any, Any, Any], None]:
    """`get_swa_avg_fn` in place, for lists of parameters."""
    return _of_lists(get_swa_avg_fn())


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable[[Any, Any, Any], None]:
    """`get_ema_avg_fn` in place, for lists of parameters."""
    return _of_lists(get_ema_avg_fn(decay))


class AveragedModel(Module):
    """A copy of a model, `module`, whose parameters are the average of those that `update_parameters` was given.

    `avg_fn(average, current, number)` gives the next average of one parameter, `multi_avg_fn` changes lists of them;
    without either it is the mean. With `use_buffers` the buffers are averaged too, otherwise they are copied.
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Callable[[Any, Any, Any], None] | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise ValueError("only one of avg_fn and multi_avg_fn can be given")
        self.module = copy.deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", Tensor.wrap(np.zeros((), np.int64)))
        self._average = multi_avg_fn or _of_lists(avg_fn or get_swa_avg_fn())
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the averaged model answers."""
        return self.module(*args, **kwargs)

    @no_grad()
    def update_parameters(self, model: Module) -> None:
        """Take another model into the average; the first is copied."""
        pairs: list[tuple[Any, Any]] = list(zip(self.module.parameters(), model.parameters(), strict=True))
        buffers: list[tuple[Any, Any]] = list(zip(self.module.buffers(), model.buffers(), strict=True))
        if self.use_buffers:
            pairs += buffers
        if self.n_averaged.item() == 0:
            for mine, theirs in pairs:
                mine.copy_(theirs)
        else:
            whole = [pair for pair in pairs if not pair[0].is_floating_point()]
            broken = [pair for pair in pairs if pair[0].is_floating_point()]
            self._average([mine for mine, _ in broken], [theirs for _, theirs in broken], self.n_averaged.item())
            for mine, theirs in whole:
                mine.copy_(theirs)
        if not self.use_buffers:
            for mine, theirs in buffers:
                mine.copy_(theirs)
        self.n_averaged += 1


@no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Set the running statistics of all batch normalisations to those of the batches of `loader`, in training mode."""
    layers = [part for part in model.modules() if isinstance(part, (BatchNorm1d, BatchNorm2d, BatchNorm3d))]
    if not layers:
        return
    momenta = [layer.momentum for layer in layers]
    training = model.training
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None
    model.train()
    for batch in loader:
        model(batch[0] if isinstance(batch, (list, tuple)) else batch)
    for layer, momentum in zip(layers, momenta):
        layer.momentum = momentum
    model.train(training)


class SWALR(LRScheduler):
    """From the rate that is set now to `swa_lr` in `anneal_epochs` steps, along a cosine ("cos") or a line."""

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: Any,
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', got {anneal_strategy}")
        if anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self.anneal_epochs = anneal_epochs
        self.anneal_strategy = anneal_strategy
        rates = list(swa_lr) if isinstance(swa_lr, (list, tuple)) else [swa_lr] * len(optimizer.param_groups)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["swa_lr"] = float(rate)
        super().__init__(optimizer, last_epoch)

    def _share(self, step: int) -> float:
        """How far from the start to `swa_lr` a step is."""
        t = max(0.0, min(1.0, step / max(1, self.anneal_epochs)))
        return (1.0 - math.cos(math.pi * t)) / 2.0 if self.anneal_strategy == "cos" else t

    def get_lr(self) -> list[float]:
        """The rates of this step, from those of the step before."""
        before, now = (self._share(step) for step in (self.last_epoch - 1, self.last_epoch))
        if self.anneal_epochs == 0:
            before, now = self._share(max(0, self.last_epoch - 1)), self._share(max(1, self.last_epoch))
        rates = []
        for group in self.optimizer.param_groups:
            target = group["swa_lr"]
            start = target if before == 1.0 else (group["lr"] - target * before) / (1.0 - before)
            rates.append(target * now + start * (1.0 - now))
        return rates
