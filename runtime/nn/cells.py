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

    `step(inputs, weight, bias, state)` takes what the inputs give through their weights, the weights and bias of the
    state, and the state before. `one_bias` says that the biases of input and state are only ever added together.
    """

    gates: int
    states: int
    one_bias: bool
    step: Callable[[Any, Any, Any, State], State]


def _through(inputs: Any, weight: Any, bias: Any, h: Any) -> Any:
    """`inputs + weight @ h + bias`, one product with the inputs as its bias."""
    return call(kernels.linear, h, weight, inputs if bias is None else inputs + bias)


def _tanh(inputs: Any, weight: Any, bias: Any, state: State) -> State:
    return (call(np.tanh, _through(inputs, weight, bias, state[0])),)


def _relu(inputs: Any, weight: Any, bias: Any, state: State) -> State:
    return (call(kernels.relu, _through(inputs, weight, bias, state[0])),)


def _lstm(inputs: Any, weight: Any, bias: Any, state: State) -> State:
    both = call(kernels.lstm_step, _through(inputs, weight, bias, state[0]), state[1])
    return both[0], both[1]


def _gru(inputs: Any, weight: Any, bias: Any, state: State) -> State:
    hidden = call(kernels.linear, state[0], weight) if bias is None else call(kernels.linear, state[0], weight, bias)
    return (call(kernels.gru_step, inputs, hidden, state[0]),)


CELLS = {
    "tanh": Cell(1, 1, True, _tanh),
    "relu": Cell(1, 1, True, _relu),
    "lstm": Cell(4, 2, True, _lstm),
    "gru": Cell(3, 1, False, _gru),
}
