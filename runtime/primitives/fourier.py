"""Rules of discrete Fourier transforms: linear, and in the pairing Re(x_bar * x_dot) transforms again."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels import doubled, full_length, half_length, opposite, refit
from runtime.primitives.registry import call, forward, inactive, reverse, samples, transpose
from runtime.primitives.sampling import normal

_function: Any

inactive(opposite, np.fft.fftfreq, np.fft.rfftfreq)


@transpose(refit, wrt="g")
def refit_g(z_bar, z, g, a):
    return refit(z_bar, g)


@transpose(full_length, wrt="g")
def full_length_g(z_bar, z, g, a, n, axis):
    return half_length(z_bar, g)


@transpose(half_length, wrt="g")
def half_length_g(z_bar, z, g, half):
    return refit(z_bar, g)


@transpose(doubled, wrt="g")
def doubled_g(z_bar, z, g, n, axis):
    return doubled(z_bar, n, axis)


# Complex transforms. The result has the length of the transform along its axes; the argument may have another.


@transpose(np.fft.fft, wrt="a")
def fft(z_bar, z, a, n=None, axis=-1, norm=None):
    return refit(np.fft.fft(z_bar, None, axis, norm), a)


@transpose(np.fft.ifft, wrt="a")
def ifft(z_bar, z, a, n=None, axis=-1, norm=None):
    return refit(np.fft.ifft(z_bar, None, axis, norm), a)


@transpose(np.fft.fftn, wrt="a")
def fftn(z_bar, z, a, s=None, axes=None, norm=None):
    return refit(np.fft.fftn(z_bar, None, axes, norm), a)


@transpose(np.fft.ifftn, wrt="a")
def ifftn(z_bar, z, a, s=None, axes=None, norm=None):
    return refit(np.fft.ifftn(z_bar, None, axes, norm), a)


@transpose(np.fft.fft2, wrt="a")
def fft2(z_bar, z, a, s=None, axes=(-2, -1), norm=None):
    return refit(np.fft.fft2(z_bar, None, axes, norm), a)


@transpose(np.fft.ifft2, wrt="a")
def ifft2(z_bar, z, a, s=None, axes=(-2, -1), norm=None):
    return refit(np.fft.ifft2(z_bar, None, axes, norm), a)


# Transforms of real numbers to half spectra and back.


@transpose(np.fft.rfft, wrt="a")
def rfft(z_bar, z, a, n=None, axis=-1, norm=None):
    return refit(np.fft.fft(full_length(z_bar, a, n, axis), None, axis, norm), a)


@reverse(np.fft.irfft, wrt="a")
def irfft(z_bar, z, a, n=None, axis=-1, norm=None):
    spectrum = np.conjugate(np.fft.rfft(z_bar, None, axis, opposite(norm)))
    return refit(doubled(spectrum, np.shape(z)[axis], axis), a)


@forward(np.fft.irfft, wrt="a")
def irfft_forward(a_dot, z, a, n=None, axis=-1, norm=None):
    return np.fft.irfft(a_dot, n, axis, norm)


@transpose(np.fft.fftshift, wrt="x")
def fftshift(z_bar, z, x, axes=None):
    return np.fft.ifftshift(z_bar, axes)


@transpose(np.fft.ifftshift, wrt="x")
def ifftshift(z_bar, z, x, axes=None):
    return np.fft.fftshift(z_bar, axes)


def _complex(*shape: int) -> Any:
    return normal(*shape) + 1j * normal(*shape, seed=1)


for _function in (np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.irfft):
    samples(
        _function,
        lambda: [
            call(normal(6)),
            call(normal(5), 5),
            call(normal(5), n=8),
            call(normal(6), 4),
            call(normal(3, 4), axis=0),
            call(normal(3, 4), None, -1, "ortho"),
            call(normal(3, 4), norm="forward"),
        ],
    )
for _function in (np.fft.fft, np.fft.ifft, np.fft.irfft):
    samples(_function, lambda: [call(_complex(6)), call(_complex(5), 7), call(_complex(2, 5), 4, 1, "ortho")])
for _function in (np.fft.fftn, np.fft.ifftn, np.fft.fft2, np.fft.ifft2):
    samples(
        _function,
        lambda: [
            call(normal(3, 4)),
            call(_complex(2, 3, 4)),
            call(_complex(3, 4), (2, 6), (0, 1)),
            call(normal(2, 3, 4), axes=(0, 2), norm="ortho"),
        ],
    )
for _function in (np.fft.fftshift, np.fft.ifftshift):
    samples(_function, lambda: [call(normal(5)), call(normal(3, 4)), call(normal(3, 4), 1), call(_complex(4), axes=0)])
samples(refit, lambda: [call(_complex(4), normal(3), wrt=("g",)), call(_complex(2, 3), _complex(3, 2), wrt=("g",))])
samples(full_length, lambda: [call(_complex(3), normal(5), None, -1, wrt=("g",))])
samples(half_length, lambda: [call(_complex(5), normal(3), wrt=("g",))])
samples(doubled, lambda: [call(_complex(3), 5, -1), call(_complex(3, 2), 4, 0)])
