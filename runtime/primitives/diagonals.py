"""Rules of diagonals and triangles of matrices."""

from __future__ import annotations

import numpy as np

from runtime.kernels import unbroadcast, undiag, undiagonal
from runtime.primitives.registry import call, method, samples, transpose, view
from runtime.primitives.sampling import normal


@transpose(np.diag, wrt="v")
def diag(z_bar, z, v, k=0):
    return undiag(z_bar, v, k)


@transpose(undiag, wrt="g")
def undiag_g(z_bar, z, g, a, k=0):
    return np.diag(z_bar, k)


samples(
    np.diag,
    lambda: [call(normal(3)), call(normal(3), -2), call(normal(3, 4), k=1), call(normal(4, 2)), call(normal(2, 2), 5)],
)
samples(undiag, lambda: [call(normal(3, 3), normal(3)), call(normal(3), normal(3, 4), 1)])


@transpose(np.diagonal, wrt="a")
def diagonal(z_bar, z, a, offset=0, axis1=0, axis2=1):
    return undiagonal(z_bar, a, offset, axis1, axis2)


@transpose(np.linalg.diagonal, wrt="x")
def linalg_diagonal(z_bar, z, x, *, offset=0):
    return undiagonal(z_bar, x, offset, -2, -1)


@transpose(undiagonal, wrt="g")
def undiagonal_g(z_bar, z, g, a, offset=0, axis1=0, axis2=1):
    return unbroadcast(np.diagonal(z_bar, offset, axis1, axis2), g)


view(np.diag, of="v")
view(undiag, of="g")
view(np.diagonal, of="a")
view(np.linalg.diagonal, of="x")
method("diagonal", np.diagonal)
samples(
    np.diagonal,
    lambda: [
        call(normal(3, 4)),
        call(normal(4, 2), -1),
        call(normal(2, 3, 4), offset=1, axis1=2, axis2=0),
        call(normal(2, 2), 3),
    ],
)
samples(np.linalg.diagonal, lambda: [call(normal(2, 3, 4)), call(normal(2, 3, 4), offset=-1)])
samples(
    undiagonal, lambda: [call(normal(3, 1), normal(2, 3, 4), 1, 2, 0), call(normal(2, 1), normal(2, 3, 3), 0, 1, 2)]
)


@transpose(np.trace, wrt="a")
def trace(z_bar, z, a, offset=0, axis1=0, axis2=1):
    return undiagonal(np.expand_dims(z_bar, -1), a, offset, axis1, axis2)


@transpose(np.linalg.trace, wrt="x")
def linalg_trace(z_bar, z, x, *, offset=0):
    return undiagonal(np.expand_dims(z_bar, -1), x, offset, -2, -1)


method("trace", np.trace)
samples(
    np.trace,
    lambda: [
        call(normal(3, 4)),
        call(normal(3, 3), -1),
        call(normal(2, 3, 4), offset=1, axis1=-1, axis2=0),
        call(normal(0, 0)),
    ],
)
samples(np.linalg.trace, lambda: [call(normal(2, 3, 4)), call(normal(3, 3), offset=1)])


@transpose(np.tril, wrt="m")
def tril(z_bar, z, m, k=0):
    return unbroadcast(np.tril(z_bar, k), m)


@transpose(np.triu, wrt="m")
def triu(z_bar, z, m, k=0):
    return unbroadcast(np.triu(z_bar, k), m)


for _function in (np.tril, np.triu):
    samples(
        _function, lambda: [call(normal(3, 3)), call(normal(3, 4), -1), call(normal(2, 3, 2), k=1), call(normal(3))]
    )
