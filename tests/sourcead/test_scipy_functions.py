"""SciPy's functions that are told in terms of others: same values, and derivatives in every way, to second order."""

from __future__ import annotations

import numpy as np
import pytest

import sourcead
from runtime.primitives.registry import definitions, lookup

la = pytest.importorskip("scipy.linalg")
sp = pytest.importorskip("scipy.special")

X = np.array([0.7, 1.3, 0.4])
V = np.array([0.3, -0.5, 0.8])
WEIGHTS = np.linspace(0.3, 1.7, 36)
FIXED = np.array([[4.0, 1.0, 0.3], [0.7, 5.0, -0.2], [-0.4, 0.8, 3.0]])
POSITIVE = FIXED @ FIXED.T


def weighed(a):
    """A sum in which every element counts differently."""
    return np.sum(a * WEIGHTS[: a.size].reshape(a.shape))


def matrix(x):
    return np.outer(x, np.sin(x)) + FIXED


def positive(x):
    return np.outer(x, x) + POSITIVE


def solved(x):
    a = matrix(x)
    plain = weighed(la.solve(a, x)) + weighed(la.solve(a, x, transposed=True))
    return plain + sum([
        weighed(la.solve(positive(x) + np.triu(matrix(x), 1), x, lower=True, assume_a="pos")),
        weighed(la.solve(a, x, assume_a="sym")),
        weighed(la.solve(np.triu(a), x, assume_a="upper triangular")),
        weighed(la.solve(np.tril(a), x, assume_a="lower triangular")),
        weighed(la.solve(np.diag(x), x[::-1], assume_a="diagonal")),
    ])  # fmt: skip


def solved_triangular(x):
    a = matrix(x)
    ways = [{}, {"lower": True}, {"trans": 1}, {"trans": "T", "lower": True}, {"unit_diagonal": True}, {"trans": 2}]
    return weighed(la.solve_triangular(a, x)) + sum([weighed(la.solve_triangular(a, x, **way)) for way in ways])


def inverted(x):
    return weighed(la.inv(matrix(x))) + weighed(la.inv(positive(x), assume_a="pos"))


def factored(x):
    upper, lower = la.cholesky(positive(x)), la.cholesky(positive(x), lower=True)
    return weighed(upper) + weighed(lower**2)


def solved_by_factor(x):
    up, low = la.cho_factor(positive(x)), la.cho_factor(positive(x), lower=True)
    return weighed(la.cho_solve(up, x)) + weighed(la.cho_solve(low, matrix(x))) + np.sum(np.log(np.diag(up[0])))


def factors(x):
    # What is in the other triangle is not said.
    upper, lower = la.cho_factor(positive(x))[0], la.cho_factor(positive(x), lower=True)[0]
    return weighed(np.triu(upper)) + weighed(np.tril(lower))


def triangles(x):
    a = matrix(x)[::-1]
    p, lower, upper = la.lu(a)
    order, low, _ = la.lu(a[:, :2], p_indices=True)
    joined, right = la.lu(a[:2], permute_l=True)
    return weighed(p @ lower) + weighed(upper) + weighed(low[order]) + weighed(joined) + weighed(right)


def solved_by_triangles(x):
    pair = la.lu_factor(matrix(x)[::-1])
    return weighed(la.lu_solve(pair, x)) + weighed(la.lu_solve(pair, x, trans=1)) + weighed(pair[0])


def orthonormal(x):
    q, r = la.qr(matrix(x))
    thin, _ = la.qr(matrix(x)[:, :2], mode="economic")
    return weighed(q) + weighed(r) + weighed(thin) + weighed(la.qr(matrix(x), mode="r")[0])


def singular(x):
    u, s, vh = la.svd(matrix(x))
    return weighed(s) + np.sum(u[:, 0] * vh[0]) + weighed(la.svd(matrix(x), compute_uv=False))


def symmetric_values(x):
    a = matrix(x)
    w, v = la.eigh(a)
    return weighed(w) + weighed(v**2) + weighed(la.eigh(a, lower=False, eigvals_only=True)) + weighed(la.eigvalsh(a))


def banded(x):
    whole = weighed(la.solveh_banded(np.stack([x, 4.0 + x]), x))
    return whole + weighed(la.solveh_banded(np.stack([4.0 + x, x]), np.outer(x, x), lower=True))


def signed(x):
    total, sign = sp.logsumexp(matrix(x), axis=1, b=-WEIGHTS[:3], return_sign=True)
    return weighed(total * sign) + sp.logsumexp(x, return_sign=True)[0]


def stacked(x):
    return weighed(la.block_diag(np.outer(x, x), x[:2, None], 2.0 * x[0]) ** 2)


def diagonals(x):
    return weighed(la.toeplitz(x) ** 2) + weighed(la.toeplitz(x, x[:2] ** 2))


def rising(x):
    return weighed(la.hankel(x) ** 2) + weighed(la.hankel(x, x[:2] ** 2))


def solved_by_diagonals(x):
    column = np.concatenate([np.array([3.0]), x])
    return weighed(la.solve_toeplitz(column, column)) + weighed(la.solve_toeplitz((column, column**2), column))


ROWS = {
    "linalg.solve": solved,
    "linalg.solve_triangular": solved_triangular,
    "linalg.inv": inverted,
    "linalg.det": lambda x: la.det(matrix(x)),
    "linalg.cholesky": factored,
    "linalg.cho_factor": factors,
    "linalg.cho_solve": solved_by_factor,
    "linalg.lu": triangles,
    "linalg.lu_factor": solved_by_triangles,
    "linalg.lu_solve": solved_by_triangles,
    "linalg.qr": orthonormal,
    "linalg.svd": singular,
    "linalg.svdvals": lambda x: weighed(la.svdvals(matrix(x))),
    "linalg.eigh": symmetric_values,
    "linalg.eigvalsh": lambda x: weighed(la.eigvalsh(matrix(x), lower=False)),
    "linalg.pinv": lambda x: weighed(la.pinv(matrix(x)[:, :2])) + weighed(la.pinv(matrix(x), rtol=1e-9)),
    "linalg.lstsq": lambda x: weighed(la.lstsq(matrix(x)[:, :2], x)[0]),
    "linalg.norm": lambda x: la.norm(matrix(x)) + weighed(la.norm(matrix(x), 1, axis=0)),
    "linalg.block_diag": stacked,
    "linalg.toeplitz": diagonals,
    "linalg.hankel": rising,
    "linalg.circulant": lambda x: weighed(la.circulant(x) ** 2),
    "linalg.khatri_rao": lambda x: weighed(la.khatri_rao(matrix(x), matrix(x)[:2])),
    "linalg.solveh_banded": banded,
    "linalg.solve_toeplitz": solved_by_diagonals,
    "linalg.solve_continuous_lyapunov": lambda x: weighed(la.solve_continuous_lyapunov(matrix(x), np.outer(x, x))),
    "linalg.expm": lambda x: weighed(la.expm(0.3 * matrix(x))),
    "linalg.logm": lambda x: weighed(la.logm(positive(x))),
    "linalg.sqrtm": lambda x: weighed(la.sqrtm(positive(x))),
    "special.logsumexp": lambda x: sp.logsumexp(x) + weighed(sp.logsumexp(matrix(x), axis=1, b=WEIGHTS[:3])),
    "special.logsumexp with signs": signed,
    "special.softmax": lambda x: weighed(sp.softmax(x)) + weighed(sp.softmax(matrix(x), axis=0)),
    "special.log_softmax": lambda x: weighed(sp.log_softmax(x)) + weighed(sp.log_softmax(matrix(x), axis=0)),
    "special.multigammaln": lambda x: weighed(sp.multigammaln(3.0 + x, 3)),
    "special.comb": lambda x: weighed(sp.comb(3.0 + x, x)) + sp.comb(5.0, 2.0 * x[0]),
    "special.factorial": lambda x: weighed(sp.factorial(x)) + weighed(sp.factorial(-x - 0.1)),
    "special.lambertw": lambda x: weighed(np.real(sp.lambertw(x))),
}


def named(name):
    library, _, function = name.split(" ")[0].partition(".")
    return getattr({"linalg": la, "special": sp}[library], function)


def differences(f, x, step=1e-6):
    return np.array([(f(x + step * e) - f(x - step * e)) / (2 * step) for e in np.eye(x.size)])


def test_every_definition_has_a_row():
    lookup(object())
    told = {f for f, _ in definitions() if (getattr(f, "__module__", None) or "").startswith("scipy")}
    assert told - {named(name) for name in ROWS} == set()


@pytest.mark.parametrize("name", ROWS)
def test_derivatives_in_every_way(name):
    f = ROWS[name]
    expected = differences(f, X)
    np.testing.assert_allclose(sourcead.grad(f)(X), expected, rtol=1e-6, atol=1e-7)
    value, slope = sourcead.tangent(f)(X, V)
    np.testing.assert_allclose(value, f(X), rtol=1e-12)
    np.testing.assert_allclose(slope, expected @ V, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(sourcead.grad(f, dynamic="always")(X), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", ROWS)
def test_second_derivative(name):
    f = ROWS[name]
    df = sourcead.grad(f)
    step = 1e-5
    expected = (df(X + step * V) - df(X - step * V)) / (2 * step)
    np.testing.assert_allclose(sourcead.hvp(f)(X, V), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: weighed(la.qr(matrix(x), pivoting=True)[1]),
        lambda x: weighed(la.qr(matrix(x)[:, :2])[0]),
        lambda x: weighed(la.qr(matrix(x), mode="raw")[0][0]),
        lambda x: weighed(la.eigvalsh(positive(x), positive(x))),
        lambda x: weighed(la.pinv(matrix(x), atol=1e-9)),
        lambda x: weighed(la.hessenberg(matrix(x))),
    ],
)
def test_what_has_no_derivative_is_refused_at_its_line(f):
    for transform in (lambda: sourcead.grad(f)(X), lambda: sourcead.tangent(f)(X, V)):
        with pytest.raises(sourcead.SourceADError) as caught:
            transform()
        assert caught.value.cure and caught.value.origin.file == __file__
