"""Factors of low rank by random projection, and products of reflections.

Sources: Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.1; Householder 1958.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import ShapeMismatch
from runtime.operations import arithmetic, products
from runtime.operations.calling import call
from runtime.operations.draws import randn
from runtime.operations.factorizations import qr, svd
from runtime.operations.shape import adjoint, unsqueeze
from runtime.operations.titles import named
from runtime.promotion import element_type
from runtime.tensor import Tensor


def _range_of(A: Any, q: int, niter: int) -> Any:
    """Orthonormal columns, `q` of them, that span nearly what the columns of `A` span."""
    start = randn(*A._data.shape[:-2], A._data.shape[-1], q, dtype=element_type(A))
    columns = qr(products.matmul(A, start)).Q
    for _ in range(niter):
        columns = qr(products.matmul(adjoint(A), columns)).Q
        columns = qr(products.matmul(A, columns)).Q
    return columns


def svd_lowrank(A: Any, q: int | None = 6, niter: int | None = 2, M: Any = None) -> Any:
    """`U`, `S`, `V` with `U @ diag(S) @ V.mH` close to `A - M`, of rank `q`; `niter` steps make them closer."""
    q, niter = 6 if q is None else q, 2 if niter is None else niter
    matrix = A if M is None else arithmetic.sub(A, M)
    rows, columns = matrix._data.shape[-2:]
    if q < 0:
        raise ShapeMismatch(f"the rank q is at least 0, not {q}", "Pass the rank that is wanted.")
    # The projection is onto the shorter side.
    turned = rows < columns
    whole = adjoint(matrix) if turned else matrix
    basis = _range_of(whole, q, niter)
    U, S, Vh = svd(products.matmul(adjoint(basis), whole), False)
    left, right = products.matmul(basis, U), adjoint(Vh)
    return (right, S, left) if turned else (left, S, right)


def pca_lowrank(A: Any, q: int | None = None, center: bool = True, niter: int = 2) -> Any:
    """`svd_lowrank` of a matrix whose rows are observations, of which the mean is taken off where `center` says so."""
    q = min(6, *A._data.shape[-2:]) if q is None else q
    if center:
        A = arithmetic.sub(A, call(np.mean, A, axis=-2, keepdims=True))
    return svd_lowrank(A, q, niter)


@named("LinalgHouseholderProductBackward0")
def householder_product(input: Any, tau: Any) -> Any:
    """The first columns of the product of reflections `1 - tau[k] * v @ v.mH`, with 1 at place k of `v` and the column
    k of `input` below."""
    rows, columns = input._data.shape[-2:]
    kind = element_type(input)
    ones = np.eye(rows, columns, dtype=kind)
    found: Any = Tensor.wrap(np.broadcast_to(ones, input._data.shape).copy())
    vectors = call(np.add, call(np.tril, input, -1), ones)
    for k in reversed(range(tau._data.shape[-1])):
        v = vectors[..., :, k : k + 1]
        scale = unsqueeze(tau[..., k : k + 1], -1)
        found = arithmetic.sub(found, arithmetic.mul(products.matmul(v, products.matmul(adjoint(v), found)), scale))
    return found
