"""Pieces of the derivatives of discrete Fourier transforms.

In the pairing Re(sum(x_bar * x_dot)), without a conjugate, a complex transform is its own transpose. What is left is
to undo the padding or cutting of the axes, and the halving of the spectrum of real numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_OPPOSITE = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


def opposite(norm: Any) -> Any:
    """The scaling of the transform back: that which divides becomes that which does not."""
    return _OPPOSITE[norm]


def refit(g: Any, a: Any) -> Any:
    """`g` cut, or padded with zeros, at the end of every axis to the shape of `a`; its real part if `a` is real."""
    g = np.asarray(g)
    g = g[tuple(slice(n) for n in np.shape(a))]
    short = [(0, n - have) for n, have in zip(np.shape(a), np.shape(g))]
    g = np.pad(g, short) if any(width for _, width in short) else g
    dtype = np.result_type(a)
    if dtype.kind == "c":
        return g.astype(dtype, copy=False)
    return np.real(g).astype(dtype if dtype.kind == "f" else np.float64, copy=False)


def full_length(g: Any, a: Any, n: Any, axis: Any) -> Any:
    """The spectrum `g` of real numbers padded with zeros to the length of the transform of `a` along `axis`."""
    length = np.shape(a)[axis] if n is None else n
    widths = [(0, 0)] * np.ndim(g)
    widths[axis] = (0, length - np.shape(g)[axis])
    return np.pad(g, widths)


def half_length(g: Any, half: Any) -> Any:
    """`g` cut to the shape of `half`: the transpose of `full_length`."""
    return np.asarray(g)[tuple(slice(n) for n in np.shape(half))]


def doubled(g: Any, n: int, axis: Any) -> Any:
    """A half spectrum with all entries doubled that stand for two of the whole: all but the first and the middle one.

    `n` is the length of the whole.
    """
    weight = np.full(np.shape(g)[axis], 2.0, np.real(g).dtype)
    weight[0] = 1.0
    if n % 2 == 0 and len(weight) > n // 2:
        weight[n // 2] = 1.0
    shape = [1] * np.ndim(g)
    shape[axis] = -1
    return g * np.reshape(weight, shape)
