"""One step of gated recurrent layers, from what input and state give through their weights to the next state.

Sources: Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000; Cho et al. 2014.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def gate(x: Any) -> Any:
    """The logistic function in a form that cannot overflow; far out on the left it is 0 to rounding, not beyond."""
    half = x * 0.5
    half = np.tanh(half, out=half) if type(half) is np.ndarray else np.tanh(half)
    half *= 0.5
    half += 0.5
    return half


def lstm_step(total: Any, c: Any) -> Any:
    """The next state of an LSTM, h and c along a new first axis.

    `total`, shape (..., 4 * n), has the parts i, f, g, o before their nonlinearities; `c`, shape (..., n), is the cell.
    """
    n = np.shape(c)[-1]
    shares = gate(total)
    new = np.tanh(total[..., 2 * n : 3 * n])
    z = np.empty_like(total, shape=(2, *np.shape(c)))
    np.multiply(shares[..., n : 2 * n], c, out=z[1])
    new *= shares[..., :n]
    z[1] += new
    np.tanh(z[1], out=z[0])
    z[0] *= shares[..., 3 * n :]
    return z


def gru_step(inputs: Any, hidden: Any, h: Any) -> Any:
    """The next state of a GRU.

    `inputs` and `hidden`, shape (..., 3 * n), have the parts r, z, n of input and state; `h`, shape (..., n), is the
    state.
    """
    n = np.shape(h)[-1]
    shares = gate(inputs[..., : 2 * n] + hidden[..., : 2 * n])
    new = np.tanh(inputs[..., 2 * n :] + shares[..., :n] * hidden[..., 2 * n :])
    z = h - new
    z *= shares[..., n:]
    z += new
    return z
