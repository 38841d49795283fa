"""Dropout: elements or whole channels set to zero at random, the others scaled up."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.generator import stream_of
from runtime.lifting import call
from runtime.nn.functional.losses import plain


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """In training each element is 0 with probability `p`, else divided by `1 - p`. Source: Srivastava et al. 2014."""
    return _dropped(input, np.shape(input), p, training, inplace)


def dropout1d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Whole channels of shape (length,) dropped at once; input (batch, channels, length) or without batch."""
    return _channels_dropped(input, p, training, inplace, 1)


def dropout2d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Whole channels of shape (height, width) dropped at once; input (batch, channels, ...) or without batch."""
    return _channels_dropped(input, p, training, inplace, 2)


def dropout3d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Whole channels of three axes dropped at once; input (batch, channels, ...) or without batch."""
    return _channels_dropped(input, p, training, inplace, 3)


def _channels_dropped(input: Any, p: float, training: bool, inplace: bool, rank: int) -> Any:
    shape = tuple(np.shape(input)[:-rank]) + (1,) * rank
    return _dropped(input, shape, p, training, inplace)


def alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """Dropout that keeps mean and variance of what `selu` gives. Source: Klambauer et al. 2017."""
    return _alpha(input, np.shape(input), p, training, inplace)


def feature_alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """`alpha_dropout` of whole channels."""
    lead = np.shape(input)[:2]
    return _alpha(input, (*lead, *(1,) * (np.ndim(input) - 2)), p, training, inplace)


def _alpha(input: Any, shape: Any, p: float, training: bool, inplace: bool) -> Any:
    _check(p)
    if not training or p == 0.0:
        return input
    low = -1.7580993408473766
    scale = ((1.0 - p) * (1.0 + p * low**2)) ** -0.5 if p < 1.0 else 0.0
    kept = stream_of(None).random(shape) >= p
    z = call(np.where, kept, input, low) * scale - scale * p * low
    return _written(input, z, inplace)


def _dropped(input: Any, shape: Any, p: float, training: bool, inplace: bool) -> Any:
    _check(p)
    if not training or p == 0.0:
        return input
    dtype = plain(input).dtype
    kept = (stream_of(None).random(shape) >= p).astype(dtype)
    if p < 1.0:
        kept /= dtype.type(1.0 - p)
    return _written(input, call(np.multiply, input, kept), inplace)


def _check(p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _written(input: Any, z: Any, inplace: bool) -> Any:
    if not inplace:
        return z
    input[...] = z
    return input
