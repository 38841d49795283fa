"""Windows, and Fourier transforms of the overlapping frames of a signal."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.creation import floating_type
from runtime.fft import fft, ifft, irfft, rfft
from runtime.kernels import scatter as put_at
from runtime.operations import arithmetic
from runtime.operations.calling import as_input, call, refuse
from runtime.operations.shape import pad as padded
from runtime.promotion import element_type
from runtime.tensor import Tensor


def _window(values: np.ndarray, window_length: int, periodic: bool, dtype: Any, requires_grad: bool) -> Any:
    kept = values[:window_length] if periodic else values
    found = Tensor.wrap(kept.astype(floating_type(dtype)))
    return found.requires_grad_() if requires_grad else found


def _phase(window_length: int, periodic: bool) -> np.ndarray:
    """The places of a window from 0 to 2 pi; a periodic window is one longer and loses its last place."""
    n = window_length + periodic
    return 2.0 * math.pi * np.arange(n) / max(n - 1, 1)


def hann_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Any:
    """`0.5 - 0.5 cos`."""
    return hamming_window(window_length, periodic, 0.5, 0.5, dtype=dtype, requires_grad=requires_grad)


def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """`alpha - beta cos`."""
    values = alpha - beta * np.cos(_phase(window_length, periodic)) if window_length != 1 else np.ones(2)
    return _window(values[: window_length + periodic], window_length, periodic, dtype, requires_grad)


def blackman_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Any:
    """`0.42 - 0.5 cos + 0.08 cos 2`."""
    phase = _phase(window_length, periodic)
    values = 0.42 - 0.5 * np.cos(phase) + 0.08 * np.cos(2.0 * phase) if window_length != 1 else np.ones(2)
    return _window(values[: window_length + periodic], window_length, periodic, dtype, requires_grad)


def bartlett_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Any:
    """A triangle from 0 to 1 and back."""
    values = 1.0 - np.abs(_phase(window_length, periodic) / math.pi - 1.0) if window_length != 1 else np.ones(2)
    return _window(values[: window_length + periodic], window_length, periodic, dtype, requires_grad)


def kaiser_window(
    window_length: int,
    periodic: bool = True,
    beta: float = 12.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """Kaiser's window of the shape `beta`."""
    values = np.kaiser(window_length + periodic, beta) if window_length != 1 else np.ones(1)
    return _window(values, window_length, periodic, dtype, requires_grad)


def _centred(window: Any, win_length: int, n_fft: int, kind: np.dtype) -> Any:
    """The window, or ones, with zeros on both sides up to the length of a frame."""
    values = Tensor.wrap(np.ones(win_length, kind)) if window is None else window
    left = (n_fft - win_length) // 2
    return call(np.pad, values, [(left, n_fft - win_length - left)]) if win_length < n_fft else values


def stft(
    input: Any,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Any = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: bool | None = None,
    return_complex: bool | None = None,
) -> Any:
    """Fourier transforms of frames of `n_fft` samples, `hop_length` apart: frequencies, then frames, as last axes."""
    x = as_input(input)
    step = n_fft // 4 if hop_length is None else hop_length
    real = element_type(x).kind == "f"
    factors = _centred(window, n_fft if win_length is None else win_length, n_fft, x._data.real.dtype)
    if return_complex is None and real and element_type(factors).kind == "f":
        refuse("stft requires the return_complex parameter be given for real inputs")
    rows = call(np.reshape, x, (-1, x._data.shape[-1]))
    if center:
        rows = padded(rows, (n_fft // 2, n_fft // 2), pad_mode)
    starts = np.arange(0, rows._data.shape[-1] - n_fft + 1, step)
    frames = arithmetic.mul(call(np.take, rows, starts[:, None] + np.arange(n_fft), -1), factors)
    half = real and element_type(factors).kind == "f" if onesided is None else onesided
    spectrum = (rfft if half else fft)(frames, norm="ortho" if normalized else None)
    found = call(np.swapaxes, spectrum, -1, -2)
    found = call(np.reshape, found, (*x._data.shape[:-1], *found._data.shape[-2:]))
    if return_complex is False:
        return call(np.stack, [call(np.real, found), call(np.imag, found)], -1)
    return found


def istft(
    input: Any,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Any = None,
    center: bool = True,
    normalized: bool = False,
    onesided: bool | None = None,
    length: int | None = None,
    return_complex: bool = False,
) -> Any:
    """The signal whose `stft` this is: frames added up, divided by the squares of the windows added up."""
    step = n_fft // 4 if hop_length is None else hop_length
    shape = input._data.shape
    rows = call(np.reshape, input, (-1, *shape[-2:]))
    spectrum = call(np.swapaxes, rows, -1, -2)
    norm = "ortho" if normalized else None
    half = shape[-2] != n_fft if onesided is None else onesided
    frames = irfft(spectrum, n_fft, norm=norm) if half else ifft(spectrum, n_fft, norm=norm)
    if not return_complex and not half:
        frames = call(np.real, frames)
    factors = _centred(window, n_fft if win_length is None else win_length, n_fft, frames._data.real.dtype)
    count = frames._data.shape[-2]
    places = np.arange(count)[:, None] * step + np.arange(n_fft)
    whole = n_fft + step * (count - 1)
    blank = np.zeros((frames._data.shape[0], whole), frames._data.dtype)
    signal = call(put_at, arithmetic.mul(frames, factors), (slice(None), places), blank)
    squares = call(np.broadcast_to, arithmetic.square(factors), (count, n_fft))
    envelope = call(put_at, squares, (places,), np.zeros(whole, factors._data.dtype))
    first = n_fft // 2 if center else 0
    last = first + length if length is not None else whole - first
    if np.any(np.abs(envelope._data[first : min(last, whole)]) < 1e-11):
        refuse("istft: window overlap add min: 1")
    signal = arithmetic.div(signal[..., first:last], envelope[first:last])
    if length is not None and signal._data.shape[-1] < length:
        signal = call(np.pad, signal, [(0, 0), (0, length - signal._data.shape[-1])])
    return call(np.reshape, signal, (*shape[:-2], signal._data.shape[-1]))
