"""Real losses of complex parameters: each written in NumPy, and in PyTorch's names (`T` is torch or runtime).

`z` is a complex vector of four numbers, `w` a complex matrix, `r` a real vector. Where nothing else shows that a
program is one of complex numbers, `+ 0j` does.
"""

from __future__ import annotations

import numpy as np

RNG = np.random.default_rng(7)
Z = RNG.standard_normal(4) + 1j * RNG.standard_normal(4)
W = RNG.standard_normal((4, 4)) + 1j * RNG.standard_normal((4, 4))
R = RNG.standard_normal(4)
C = RNG.standard_normal(4) + 1j * RNG.standard_normal(4)


def descent(z):
    """A loop that changes an array in place."""
    y = z.copy()
    for k in range(3):
        y = y - 0.1 * np.conj(y) * y
        y[k] = y[k] * y[k + 1]
    return np.sum(np.real(y * np.conj(y)))


def descent_of_tensors(z, T):
    y = z.clone()
    for k in range(3):
        y = y - 0.1 * y.conj() * y
        y = T.cat([y[:k], (y[k] * y[k + 1]).reshape(1), y[k + 1 :]])
    return (y * y.conj()).real.sum()


def branches(z):
    if np.real(z[0]) > 0.0:
        return np.imag(z[0] ** 3) + np.real(z[1])
    return np.imag(z[0] ** 2) * np.real(z[2])


def branches_of_tensors(z, T):
    if z[0].real > 0.0:
        return (z[0] ** 3).imag + z[1].real
    return (z[0] ** 2).imag * z[2].real


def helper(z):
    return np.real(z * np.conj(z))


def called(z):
    return np.sum(helper(z * z) * helper(z))


# Of one complex vector.
LOSSES = {
    "squared length": (lambda z: np.sum(np.real(z * np.conj(z))), lambda z, T: (z * z.conj()).real.sum()),
    "real part": (lambda z: np.sum(np.real(z)), lambda z, T: z.real.sum()),
    "imaginary part": (lambda z: np.sum(np.imag(z) ** 2), lambda z, T: (z.imag**2).sum()),
    "attribute real": (lambda z: np.sum((z * z).real), lambda z, T: (z * z).real.sum()),
    "attribute imag": (lambda z: np.sum((z * z * z).imag), lambda z, T: (z**3).imag.sum()),
    "method conj": (lambda z: np.sum((z.conj() * z * z).real), lambda z, T: (z.conj() * z * z).real.sum()),
    "abs": (lambda z: np.sum(np.abs(z + 0j)), lambda z, T: T.abs(z).sum()),
    "builtin abs": (lambda z: abs(z[0] + 0j) * abs(z[1]), lambda z, T: abs(z[0]) * abs(z[1])),
    "abs squared": (lambda z: np.sum(np.abs(z * 1j) ** 2), lambda z, T: (T.abs(z * 1j) ** 2).sum()),
    "angle": (lambda z: np.sum(np.angle(z)), lambda z, T: T.angle(z).sum()),
    "norm": (lambda z: np.linalg.norm(z + 0j), lambda z, T: T.linalg.norm(z)),
    "norm of one": (lambda z: np.linalg.norm(z + 0j, 1), lambda z, T: T.linalg.norm(z, 1)),
    "norm of three": (lambda z: np.linalg.norm(z + 0j, 3), lambda z, T: T.linalg.norm(z, 3)),
    "norm without bound": (lambda z: np.linalg.norm(z + 0j, np.inf), lambda z, T: T.linalg.norm(z, float("inf"))),
    "exp": (lambda z: np.sum(np.exp(z).real), lambda z, T: T.exp(z).real.sum()),
    "log": (lambda z: np.sum(np.log(z).imag), lambda z, T: T.log(z).imag.sum()),
    "sin": (lambda z: np.sum(np.sin(z).real), lambda z, T: T.sin(z).real.sum()),
    "cos": (lambda z: np.sum(np.cos(z).imag), lambda z, T: T.cos(z).imag.sum()),
    "tan": (lambda z: np.sum(np.tan(z).real), lambda z, T: T.tan(z).real.sum()),
    "sinh": (lambda z: np.sum(np.sinh(z).real), lambda z, T: T.sinh(z).real.sum()),
    "cosh": (lambda z: np.sum(np.cosh(z).imag), lambda z, T: T.cosh(z).imag.sum()),
    "tanh": (lambda z: np.sum(np.tanh(z).real), lambda z, T: T.tanh(z).real.sum()),
    "arcsin": (lambda z: np.sum(np.arcsin(z).real), lambda z, T: T.asin(z).real.sum()),
    "arccos": (lambda z: np.sum(np.arccos(z).imag), lambda z, T: T.acos(z).imag.sum()),
    "arctan": (lambda z: np.sum(np.arctan(z).real), lambda z, T: T.atan(z).real.sum()),
    "arcsinh": (lambda z: np.sum(np.arcsinh(z).real), lambda z, T: T.asinh(z).real.sum()),
    "sqrt": (lambda z: np.sum(np.sqrt(z).real), lambda z, T: T.sqrt(z).real.sum()),
    "square": (lambda z: np.sum(np.square(z).imag), lambda z, T: T.square(z).imag.sum()),
    "reciprocal": (lambda z: np.sum(np.reciprocal(z).real), lambda z, T: T.reciprocal(z).real.sum()),
    "quotient": (lambda z: np.sum((1.0 / z + z[::-1] / z).real), lambda z, T: (1.0 / z + z.flip(0) / z).real.sum()),
    "power of two": (lambda z: np.sum((z**2).imag), lambda z, T: (z**2).imag.sum()),
    "power of half": (lambda z: np.sum((z**0.5).real), lambda z, T: (z**0.5).real.sum()),
    "complex power": (lambda z: np.sum((z ** (0.3 + 0.2j)).real), lambda z, T: (z ** (0.3 + 0.2j)).real.sum()),
    "base": (lambda z: np.sum(((0.5 + 0.1j) ** z).real), lambda z, T: ((0.5 + 0.1j) ** z).real.sum()),
    "power of itself": (lambda z: np.sum((z ** z[::-1]).real), lambda z, T: (z ** z.flip(0)).real.sum()),
    "product": (lambda z: np.prod(z).real, lambda z, T: T.prod(z).real),
    "mean": (lambda z: np.mean(z * z).imag, lambda z, T: T.mean(z * z).imag),
    "cumulated sum": (lambda z: np.sum(np.abs(np.cumsum(z * 1j))), lambda z, T: T.cumsum(z * 1j, 0).abs().sum()),
    "cumulated product": (lambda z: np.sum(np.cumprod(z).imag), lambda z, T: T.cumprod(z, 0).imag.sum()),
    "inner product": (lambda z: np.real(np.vdot(z, z * z)), lambda z, T: T.vdot(z, z * z).real),
    "dot": (lambda z: np.dot(z, z).imag, lambda z, T: T.dot(z, z).imag),
    "outer": (
        lambda z: np.sum(np.outer(z, np.conj(z)).imag * W.real),
        lambda z, T: (T.outer(z, z.conj()).imag * T.tensor(W.real)).sum(),
    ),
    "constant matrix": (lambda z: np.sum(np.abs(W @ z) ** 2), lambda z, T: (T.tensor(W) @ z).abs().square().sum()),
    "constant vector": (
        lambda z: np.sum(np.real(C * z) * R),
        lambda z, T: ((T.tensor(C) * z).real * T.tensor(R)).sum(),
    ),
    "quadratic form": (lambda z: np.real(np.conj(z) @ W @ z), lambda z, T: (z.conj() @ T.tensor(W) @ z).real),
    "einsum": (
        lambda z: np.einsum("i,ij,j", np.conj(z), W, z).real,
        lambda z, T: T.einsum("i,ij,j", z.conj(), T.tensor(W), z).real,
    ),
    "transform": (
        lambda z: np.sum(np.abs(np.fft.fft(z + 0j)) ** 2 * np.arange(4.0)),
        lambda z, T: (T.fft.fft(z).abs() ** 2 * T.arange(4.0, dtype=T.float64)).sum(),
    ),
    "inverse transform": (lambda z: np.sum(np.fft.ifft(z).real ** 3), lambda z, T: (T.fft.ifft(z).real ** 3).sum()),
    "real transform back": (lambda z: np.sum(np.real(np.fft.irfft(z)) ** 2), lambda z, T: (T.fft.irfft(z) ** 2).sum()),
    "reading by index": (lambda z: (z[0] * np.conj(z[2]) * z[1]).real, lambda z, T: (z[0] * z[2].conj() * z[1]).real),
    "slices": (lambda z: np.sum((z[1:] * np.conj(z[:-1])).imag), lambda z, T: (z[1:] * z[:-1].conj()).imag.sum()),
    "gather": (lambda z: np.sum((z[[0, 0, 2]] ** 2).real), lambda z, T: (z[T.tensor([0, 0, 2])] ** 2).real.sum()),
    "joined": (
        lambda z: np.sum(np.abs(np.concatenate([z, 2j * z])) ** 3),
        lambda z, T: (T.cat([z, 2j * z]).abs() ** 3).sum(),
    ),
    "stacked": (
        lambda z: np.sum(np.stack([z, np.conj(z)])[1].imag ** 2),
        lambda z, T: (T.stack([z, z.conj()])[1].imag ** 2).sum(),
    ),
    "reshaped": (
        lambda z: np.sum((z.reshape(2, 2) @ z.reshape(2, 2)).real),
        lambda z, T: (z.reshape(2, 2) @ z.reshape(2, 2)).real.sum(),
    ),
    "transposed": (
        lambda z: np.sum((z.reshape(2, 2).T @ np.conj(z).reshape(2, 2)).imag ** 2),
        lambda z, T: ((z.reshape(2, 2).T @ z.conj().reshape(2, 2)).imag ** 2).sum(),
    ),
    "choice": (
        lambda z: np.sum(np.where(R > 0, z * z, np.conj(z)).imag),
        lambda z, T: T.where(T.tensor(R) > 0, z * z, z.conj()).imag.sum(),
    ),
    "broadcast": (
        lambda z: np.sum((z[:, None] * z + 1j * z[0]).real ** 2),
        lambda z, T: ((z[:, None] * z + 1j * z[0]).real ** 2).sum(),
    ),
    "solved": (
        lambda z: np.sum(np.abs(np.linalg.solve(W, z)) ** 2),
        lambda z, T: (T.linalg.solve(T.tensor(W), z).abs() ** 2).sum(),
    ),
    "inverse": (
        lambda z: np.sum(np.linalg.inv(W + np.diag(z)).real),
        lambda z, T: T.linalg.inv(T.tensor(W) + T.diag(z)).real.sum(),
    ),
    "made of parts": (
        lambda z: np.sum(np.abs(np.real(z) ** 2 + 1j * np.imag(z) * np.real(z))),
        lambda z, T: T.abs(T.complex(z.real**2, z.imag * z.real)).sum(),
    ),
    "polar": (
        lambda z: np.sum((np.abs(z) * np.exp(2j * np.angle(z))).real),
        lambda z, T: T.polar(T.abs(z), 2.0 * T.angle(z)).real.sum(),
    ),
    "descent": (descent, descent_of_tensors),
    "branches": (branches, branches_of_tensors),
    "called": (called, lambda z, T: ((z * z * (z * z).conj()).real * (z * z.conj()).real).sum()),
}


def cauchy(z, r):
    return np.sum(np.real(np.conj(z) * r * z) + r * np.imag(z * 1j))


def phases(z, r):
    return np.sum(np.abs(z * np.exp(1j * r) + r))


def rotated(z, r):
    return np.sum((np.exp(1j * r) * np.sum(r * z)).real)


def turned_by_size(z, r):
    size = np.abs(z * r)
    w = np.exp(1j * size) * z
    return np.real(w[0] * np.conj(w[1]))


def turned_by_size_of_tensors(z, r, T):
    w = T.exp(1j * T.abs(z * r)) * z
    return (w[0] * w[1].conj()).real


# Of a complex and a real vector: the gradient of the real one is real.
MIXED = {
    "weights": (cauchy, lambda z, r, T: ((z.conj() * r * z).real + r * (z * 1j).imag).sum()),
    "phases": (phases, lambda z, r, T: T.abs(z * T.exp(1j * r) + r).sum()),
    "turned by size": (turned_by_size, turned_by_size_of_tensors),
    "rotated": (rotated, lambda z, r, T: (T.exp(1j * r) * (r * z).sum()).real.sum()),
}
