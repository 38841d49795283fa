"""Recurrent layers over sequences: RNN (Elman 1990), LSTM (Hochreiter and Schmidhuber 1997), GRU (Cho et al. 2014).

Weights carry PyTorch's names: `weight_ih_l0` of the input, `weight_hh_l0` of the state, biases alike, the layer's
number at the end and `_reverse` for the direction from the end of the sequence.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.creation import zeros
from runtime.errors import ShapeMismatch
from runtime.lifting import call
from runtime.nn import functional, init
from runtime.nn.cells import CELLS, Cell
from runtime.nn.functional.losses import plain
from runtime.nn.module import Module
from runtime.nn.parameter import Parameter
from runtime.nn.sequences import PackedSequence, pack_padded_sequence, unpacked


class _Recurrent(Module):
    """Layers of one kind of cell over a sequence, in one direction or both."""

    cell: Cell

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        rows = self.cell.gates * hidden_size
        for layer in range(num_layers):
            width = input_size if layer == 0 else hidden_size * (1 + bidirectional)
            for suffix in self._suffixes(layer):
                shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, width), "weight_hh": (rows, hidden_size)}
                if bias:
                    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                for name, shape in shapes.items():
                    self.register_parameter(name + suffix, Parameter(zeros(*shape, dtype=dtype)))
        self.reset_parameters()

    def _suffixes(self, layer: int) -> list[str]:
        return [f"_l{layer}", f"_l{layer}_reverse"][: 1 + self.bidirectional]

    def reset_parameters(self) -> None:
        """Draw the first values again, uniform in +-1 / sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """The last layer's states at every time, and the last states of every layer and direction.

        `input` has shape (time, batch, input_size), with `batch_first` (batch, time, input_size), or (time,
        input_size). States have shape (num_layers * directions, batch, hidden_size); those of an LSTM are a pair of
        them. `hx`, the states before the sequence, are zeros unless given.
        """
        if isinstance(input, PackedSequence):
            return self._of_packed(input, hx)
        if input.ndim not in (2, 3) or input.shape[-1] != self.input_size:
            raise ShapeMismatch(
                f"{type(self).__name__} takes an input of shape (time, batch, {self.input_size}) or"
                f" (time, {self.input_size}), not {tuple(input.shape)}",
                "Give the input these axes with reshape, or make the layer with another input_size.",
            )
        lone = input.ndim == 2
        x = input[:, None] if lone else call(np.swapaxes, input, 0, 1) if self.batch_first else input
        x, found = self._layers(x, self._first_states(x, hx, lone), None)
        if lone:
            x, found = x[:, 0], [state[:, 0] for state in found]
        elif self.batch_first:
            x = call(np.swapaxes, x, 0, 1)
        return x, found[0] if len(found) == 1 else tuple(found)

    def _of_packed(self, sequence: PackedSequence, hx: Any) -> tuple[PackedSequence, Any]:
        """The same of sequences of different lengths: each ends, and from behind begins, at its own end."""
        x, lengths = unpacked(sequence)
        states = self._first_states(x, hx, False)
        order, back = sequence.sorted_indices, sequence.unsorted_indices
        if order is not None and hx is not None:
            states = [call(np.take, state, plain(order), axis=1) for state in states]
        x, found = self._layers(x, states, lengths)
        packed = pack_padded_sequence(x, lengths)
        if back is not None:
            found = [call(np.take, state, plain(back), axis=1) for state in found]
        return packed._replace(sorted_indices=order, unsorted_indices=back), (
            found[0] if len(found) == 1 else tuple(found)
        )

    def _layers(self, x: Any, states: list[Any], lengths: Any) -> tuple[Any, list[Any]]:
        """All layers over x, shape (time, batch, width): the last one's states at every time, all last states."""
        last: list[tuple[Any, ...]] = []
        for layer in range(self.num_layers):
            directions = [
                self._run(x, [state[len(last) + k] for state in states], suffix, k == 1, lengths)
                for k, suffix in enumerate(self._suffixes(layer))
            ]
            last += [state for _, state in directions]
            x = directions[0][0] if len(directions) == 1 else call(np.concatenate, [y for y, _ in directions], -1)
            if self.dropout and layer < self.num_layers - 1:
                x = functional.dropout(x, self.dropout, self.training)
        return x, [call(np.stack, [state[k] for state in last]) for k in range(self.cell.states)]

    def _first_states(self, x: Any, hx: Any, lone: bool) -> list[Any]:
        shape = (self.num_layers * (1 + self.bidirectional), x.shape[1], self.hidden_size)
        if hx is None:
            return [zeros(*shape, dtype=x.dtype)] * self.cell.states
        given = [hx] if self.cell.states == 1 else list(hx)
        given = [state[:, None] if lone else state for state in given]
        for state in given:
            if tuple(state.shape) != shape:
                raise ShapeMismatch(
                    f"the states before the sequence have shape {shape}, not {tuple(state.shape)}",
                    "Give states of this shape, or none to begin with zeros.",
                )
        return given

    def _run(self, x: Any, states: list[Any], suffix: str, backward: bool, lengths: Any) -> tuple[Any, tuple[Any, ...]]:
        """One layer in one direction: its states at every time, and the last ones.

        Where `lengths` are given, a sequence keeps its state outside of them.
        """
        weight, bias = getattr(self, "weight_hh" + suffix), getattr(self, "bias_hh" + suffix, None)
        bias_ih = getattr(self, "bias_ih" + suffix, None)
        if self.cell.one_bias and bias is not None:
            bias_ih, bias = bias_ih + bias, None
        inputs = functional.linear(x, getattr(self, "weight_ih" + suffix), bias_ih)
        times = range(x.shape[0])
        results = []
        state = tuple(states)
        for time in reversed(times) if backward else times:
            now = self.cell.step(inputs[time], weight, bias, state)
            if lengths is not None:
                inside = (time < lengths)[:, None]
                now = tuple([call(np.where, inside, new, old) for new, old in zip(now, state)])
            state = now
            results.append(state[0])
        if backward:
            results.reverse()
        return call(np.stack, results), state

    def extra_repr(self) -> str:
        """Sizes, and the options that are not the usual ones, as printed."""
        text = f"{self.input_size}, {self.hidden_size}"
        text += f", num_layers={self.num_layers}" if self.num_layers != 1 else ""
        text += f", bias={self.bias}" if not self.bias else ""
        text += f", batch_first={self.batch_first}" if self.batch_first else ""
        text += f", dropout={self.dropout}" if self.dropout else ""
        return text + (f", bidirectional={self.bidirectional}" if self.bidirectional else "")


class RNN(_Recurrent):
    """`h = tanh(W_ih x + b_ih + W_hh h + b_hh)`, or with relu."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        object.__setattr__(self, "cell", CELLS[nonlinearity])
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype)
        self.nonlinearity = nonlinearity


class LSTM(_Recurrent):
    """Gates i, f, g, o of `W_ih x + b_ih + W_hh h + b_hh`; `c = f * c + i * g`, `h = o * tanh(c)`."""

    cell = CELLS["lstm"]


class GRU(_Recurrent):
    """Gates r, z and the candidate n; `h = (1 - z) * n + z * h`. The reset gate acts after the product with W_hn."""

    cell = CELLS["gru"]


class _CellModule(Module):
    """One step of a recurrent layer."""

    cell: Cell

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = self.cell.gates * hidden_size
        self.weight_ih = Parameter(zeros(rows, input_size, dtype=dtype))
        self.weight_hh = Parameter(zeros(rows, hidden_size, dtype=dtype))
        self.register_parameter("bias_ih", Parameter(zeros(rows, dtype=dtype)) if bias else None)
        self.register_parameter("bias_hh", Parameter(zeros(rows, dtype=dtype)) if bias else None)
        bound = 1.0 / math.sqrt(hidden_size)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def forward(self, input: Any, hx: Any = None) -> Any:
        """The next state, from an input (batch, input_size) or (input_size,) and the state, zeros unless given."""
        if hx is None:
            state: tuple[Any, ...] = (zeros(*input.shape[:-1], self.hidden_size, dtype=input.dtype),) * self.cell.states
        else:
            state = (hx,) if self.cell.states == 1 else tuple(hx)
        found = self.cell.step(
            functional.linear(input, self.weight_ih, self.bias_ih), self.weight_hh, self.bias_hh, state
        )
        return found[0] if len(found) == 1 else found

    def extra_repr(self) -> str:
        """Sizes, as printed."""
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else f", bias={self.bias}")


class RNNCell(_CellModule):
    """One step of an RNN."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        object.__setattr__(self, "cell", CELLS[nonlinearity])
        super().__init__(input_size, hidden_size, bias, device, dtype)
        self.nonlinearity = nonlinearity

    def extra_repr(self) -> str:
        """Sizes, as printed."""
        return super().extra_repr() + (f", nonlinearity={self.nonlinearity}" if self.nonlinearity != "tanh" else "")


class LSTMCell(_CellModule):
    """One step of an LSTM: from (h, c) to (h, c)."""

    cell = CELLS["lstm"]


class GRUCell(_CellModule):
    """One step of a GRU."""

    cell = CELLS["gru"]
