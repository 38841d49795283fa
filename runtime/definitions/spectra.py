"""Discrete Fourier transforms of several axes, and of spectra that are real."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.primitives.registry import define


def _lengths(a, s, axes):
    """Pairs of a length and the axis that is transformed to it."""
    chosen = tuple(range(-len(s), 0)) if axes is None and s is not None else axes
    chosen = tuple(range(np.ndim(a))) if chosen is None else chosen
    return [(np.shape(a)[k] if s is None else s[j], k) for j, k in enumerate(chosen)]


@define(np.fft.rfftn)
def rfftn(a, s=None, axes=None, norm=None):
    """The half spectrum of real numbers: the last axis first."""
    steps = _lengths(a, s, axes)
    made = np.fft.rfft(a, steps[-1][0], steps[-1][1], norm)
    for j in range(len(steps) - 1):
        made = np.fft.fft(made, steps[j][0], steps[j][1], norm)
    return made


@define(np.fft.irfftn)
def irfftn(a, s=None, axes=None, norm=None):
    """Real numbers from their half spectrum: the last axis last."""
    steps = _lengths(a, s, axes)
    made = a
    for j in range(len(steps) - 1):
        made = np.fft.ifft(made, steps[j][0], steps[j][1], norm)
    return np.fft.irfft(made, None if s is None else steps[-1][0], steps[-1][1], norm)


@define(np.fft.rfft2)
def rfft2(a, s=None, axes=(-2, -1), norm=None):
    """The half spectrum over two axes."""
    return np.fft.rfftn(a, s, axes, norm)


@define(np.fft.irfft2)
def irfft2(a, s=None, axes=(-2, -1), norm=None):
    """Real numbers from their half spectrum over two axes."""
    return np.fft.irfftn(a, s, axes, norm)


@define(np.fft.hfft)
def hfft(a, n=None, axis=-1, norm=None):
    """The real spectrum of a signal given by its half."""
    count = (np.shape(a)[axis] - 1) * 2 if n is None else n
    scale: Any = "forward" if norm is None or norm == "backward" else "backward" if norm == "forward" else norm
    return np.fft.irfft(np.conjugate(a), count, axis, scale)


@define(np.fft.ihfft)
def ihfft(a, n=None, axis=-1, norm=None):
    """Half of the signal that has a real spectrum."""
    scale: Any = "forward" if norm is None or norm == "backward" else "backward" if norm == "forward" else norm
    return np.conjugate(np.fft.rfft(a, n, axis, scale))
