"""The step of each kind of recurrent layer: from what input and state give through their weights to the next state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from runtime import kernels
from runtime.lifting import call

State = tuple[Any, ...]


class Cell(NamedTuple):
    """How many rows of weights a unit has, of how many arrays the state is, and the step.

    `step(inputs, hidden, state)` takes `W_ih x + b_ih`, `W_hh h + b_hh` and the state before.
    """

    gates: int
    states: int
    step: Callable[[Any, Any, State], State]


def _tanh(inputs: Any, hidden: Any, state: State) -> State:
    return (call(np.tanh, inputs + hidden),)


def _relu(inputs: Any, hidden: Any, state: State) -> State:
    return (call(kernels.relu, inputs + hidden),)


def _lstm(inputs: Any, hidden: Any, state: State) -> State:
    total = inputs + hidden
    n = total.shape[-1] // 4
    shares = call(kernels.sigmoid, total)
    new = call(np.tanh, total[..., 2 * n : 3 * n])
    c = shares[..., n : 2 * n] * state[1] + shares[..., :n] * new
    return shares[..., 3 * n :] * call(np.tanh, c), c


def _gru(inputs: Any, hidden: Any, state: State) -> State:
    n = inputs.shape[-1] // 3
    shares = call(kernels.sigmoid, inputs[..., : 2 * n] + hidden[..., : 2 * n])
    new = call(np.tanh, inputs[..., 2 * n :] + shares[..., :n] * hidden[..., 2 * n :])
    return (new + shares[..., n:] * (state[0] - new),)


CELLS = {"tanh": Cell(1, 1, _tanh), "relu": Cell(1, 1, _relu), "lstm": Cell(4, 2, _lstm), "gru": Cell(3, 1, _gru)}
