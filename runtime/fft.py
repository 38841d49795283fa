"""Discrete Fourier transforms under the names of `torch.fft`."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.creation import floating_type
from runtime.operations.calling import as_input, call, floating, refuse
from runtime.promotion import element_type
from runtime.tensor import Tensor


def fft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The transform along an axis, cut or padded to length `n`."""
    return call(np.fft.fft, floating(input), n, dim, norm)


def ifft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The inverse of `fft`."""
    return call(np.fft.ifft, floating(input), n, dim, norm)


def rfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The half of the transform of real numbers that determines the other."""
    x = floating(input)
    if element_type(x).kind == "c":
        refuse("rfft expects a real input tensor, but got a complex one")
    return call(np.fft.rfft, x, n, dim, norm)


def irfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The inverse of `rfft`: `n` real numbers, or twice the length of the input less 2."""
    return call(np.fft.irfft, floating(input), n, dim, norm)


def hfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The real transform of numbers whose second half is the conjugate of the first, of which only that is given."""
    return irfft(_conjugate(floating(input)), n, dim, _opposite(norm))


def ihfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The inverse of `hfft`."""
    return _conjugate(rfft(input, n, dim, _opposite(norm)))


def _conjugate(x: Any) -> Any:
    return call(np.conjugate, x) if element_type(x).kind == "c" else x


def _opposite(norm: str | None) -> str:
    return {None: "forward", "backward": "forward", "forward": "backward"}.get(norm, "ortho")


def _axes(x: Any, s: Any, dim: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Axes and lengths of a transform along several axes; -1 leaves a length as it is."""
    rank = x._data.ndim
    if dim is None:
        dim = range(rank) if s is None else range(rank - len(s), rank)
    axes = (dim,) if isinstance(dim, int) else tuple(dim)
    lengths = [-1] * len(axes) if s is None else list(s)
    return axes, tuple([x._data.shape[k] if n == -1 else n for n, k in zip(lengths, axes, strict=True)])


def fftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Any:
    """The transform along several axes, all if none are given."""
    x = floating(input)
    axes, lengths = _axes(x, s, dim)
    return call(np.fft.fftn, x, lengths, axes, norm)


def ifftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Any:
    """The inverse of `fftn`."""
    x = floating(input)
    axes, lengths = _axes(x, s, dim)
    return call(np.fft.ifftn, x, lengths, axes, norm)


def rfftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Any:
    """The transform of real numbers along several axes, of the last one only half."""
    x = floating(input)
    axes, lengths = _axes(x, s, dim)
    half = rfft(x, lengths[-1], axes[-1], norm)
    return call(np.fft.fftn, half, lengths[:-1], axes[:-1], norm) if len(axes) > 1 else half


def irfftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Any:
    """The inverse of `rfftn`."""
    x = floating(input)
    axes, lengths = _axes(x, s, dim)
    last = None if s is None or s[-1] == -1 else lengths[-1]
    whole = call(np.fft.ifftn, x, lengths[:-1], axes[:-1], norm) if len(axes) > 1 else x
    return irfft(whole, last, axes[-1], norm)


def hfftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Any:
    """The real transform, along several axes, of numbers of which half are given as in `hfft`."""
    return irfftn(_conjugate(floating(input)), s, dim, _opposite(norm))


def ihfftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Any:
    """The inverse of `hfftn`."""
    return _conjugate(rfftn(input, s, dim, _opposite(norm)))


def fft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Any:
    """The transform along two axes."""
    return fftn(input, s, dim, norm)


def ifft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Any:
    """The inverse of `fft2`."""
    return ifftn(input, s, dim, norm)


def rfft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Any:
    """The transform of real numbers along two axes, of the last one only half."""
    return rfftn(input, s, dim, norm)


def irfft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Any:
    """The inverse of `rfft2`."""
    return irfftn(input, s, dim, norm)


def hfft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Any:
    """`hfftn` along two axes."""
    return hfftn(input, s, dim, norm)


def ihfft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Any:
    """`ihfftn` along two axes."""
    return ihfftn(input, s, dim, norm)


def fftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Any:
    """The frequencies of the entries of a transform of length `n` of samples `d` apart."""
    found = Tensor.wrap(np.fft.fftfreq(n, d).astype(floating_type(dtype)))
    return found.requires_grad_() if requires_grad else found


def rfftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Any:
    """The frequencies of the entries of `rfft`."""
    found = Tensor.wrap(np.fft.rfftfreq(n, d).astype(floating_type(dtype)))
    return found.requires_grad_() if requires_grad else found


def fftshift(input: Any, dim: Any = None) -> Any:
    """The entries in the order of their frequencies, 0 in the middle."""
    return call(np.fft.fftshift, as_input(input), dim)


def ifftshift(input: Any, dim: Any = None) -> Any:
    """The inverse of `fftshift`."""
    return call(np.fft.ifftshift, as_input(input), dim)
