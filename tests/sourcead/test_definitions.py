"""NumPy's functions that are told in terms of others: same values, and derivatives in every way, to second order.

Each row is a function and a program of an array of three numbers that calls it; every definition has a row.
"""

from __future__ import annotations

import numpy as np
import pytest

import sourcead
from runtime.errors import NotDifferentiable, SourceADError
from runtime.primitives.registry import definition, definitions

X = np.array([0.7, 1.3, 0.4])
V = np.array([0.3, -0.5, 0.8])
WEIGHTS = np.linspace(0.3, 1.7, 36)


def weighed(a):
    """A sum in which every element counts differently."""
    return np.sum(a * WEIGHTS[: a.size].reshape(a.shape))


def matrix(x):
    return np.outer(x, x) + np.diag([1.0, 2.0, 3.0])


def slopes(x):
    by_axis = np.gradient(np.outer(x, x * x))
    return weighed(np.gradient(x * x)) + weighed(by_axis[0]) + weighed(by_axis[1])


def uneven_slopes(x):
    places = np.array([0.0, 0.4, 1.0])
    two = weighed(np.gradient(x**3, places)) + weighed(np.gradient(x**3, places, edge_order=2))
    return (
        two + weighed(np.gradient(x**2, np.cumsum(x))) + weighed(np.gradient(np.outer(x, x), 0.5, axis=1, edge_order=2))
    )


def filled(x):
    a = np.outer(x, x)
    np.fill_diagonal(a, x * x)
    return weighed(a**2)


def put(x):
    a = np.zeros(4)
    np.put(a, [0, -1], x[:2])
    return weighed(a**2)


def placed(x):
    a = x * x
    np.place(a, a > 0.4, x[:1])
    return weighed(a**2)


def masked(x):
    a = x * x
    np.putmask(a, a > 0.4, 2.0 * x)
    return weighed(a**2)


def put_along(x):
    a = np.zeros((2, 2))
    np.put_along_axis(a, np.array([[0], [1]]), x[:2, None], 1)
    return weighed(a**2)


def parted(x):
    quotient, rest = np.divmod(x, 0.3)
    return weighed(rest * x) + weighed(quotient * x)


def fraction(x):
    part, whole = np.modf(3.1 * x)
    return weighed(part * x) + weighed(whole * x)


def crossed(x):
    a, b = np.meshgrid(x, x[:2])
    c, d = np.meshgrid(x, x[:2], indexing="ij", sparse=True)
    return weighed(a * b * b) + weighed(c * d * d)


def stretched(x):
    a, b = np.broadcast_arrays(x, x[:, None])
    return weighed(a * b * b)


def blocks(x):
    return weighed(np.block([[np.outer(x, x), x[:, None]], [x[None, :], np.ones((1, 1))]]) ** 2)


def inserted(x):
    one, two = np.insert(x * x, 1, x[0]), np.insert(x, [0, 2], [x[1], 5.0])
    return weighed(one) + weighed(two**2) + weighed(np.insert(np.outer(x, x), 1, x, axis=1))


def fitted(x):
    here = np.array([0.0, 1.0, 2.0])
    return weighed(np.polyfit(here, x * x, 1)) + weighed(np.polyfit(x, np.array([1.0, 2.0, 1.0]), 1))


def singular(x):
    u, s, vh = np.linalg.svd(matrix(x))
    thin = np.linalg.svd(matrix(x)[:, :2], full_matrices=False)
    return weighed(s) + np.sum(u[:, 0] * vh[0]) + weighed(thin[1]) + np.sum(np.linalg.svd(matrix(x), compute_uv=False))


def nearest(x):
    a = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    solution, residuals, _, values = np.linalg.lstsq(a * x[0], x * x, rcond=None)
    return weighed(solution) + np.sum(residuals) + weighed(values)


def windows(x):
    view = np.lib.stride_tricks.sliding_window_view
    whole = weighed(view(x, 2) ** 2) + weighed(view(matrix(x), (2, 2)) ** 2)
    return whole + weighed(np.max(view(matrix(x), 2, axis=-1), axis=-1))


def strided(x):
    view = np.lib.stride_tricks.as_strided
    return weighed(view(x * x, (2, 2), (8, 8)) ** 2) + weighed(view(x, shape=(2,)))


ROW = [0]


def lists_of_places(x):
    a = matrix(x)
    product = np.einsum(a, [0, 1], x, [1], [0]) + np.einsum(a, [30, 1], x, [1])
    return weighed(product) + weighed(np.einsum(a, [..., 0], x, [0], [...])) + np.einsum(x, ROW, x, ROW)


def square(v):
    return v * v if v > 0.5 else np.sin(v)


mapped = np.vectorize(square)


def mapped_twice(x):
    product = np.vectorize(lambda a, b: a * b)
    return weighed(mapped(x)) + weighed(product(x[:, None], x))


ROWS = {
    "gradient": slopes,
    "gradient of uneven places": uneven_slopes,
    "ediff1d": lambda x: weighed(np.ediff1d(x * x, to_begin=x[0] * 2, to_end=1.0)),
    "nancumprod": lambda x: weighed(np.nancumprod(np.concatenate([x, np.array([np.nan]), x]))),
    "cumulative_sum": lambda x: weighed(np.cumulative_sum(x * x, include_initial=True)),
    "cumulative_prod": lambda x: weighed(np.cumulative_prod(x, include_initial=True)),
    "select": lambda x: weighed(np.select([x > 1, x > 0.5], [x * x, np.sin(x)], default=x**3)),
    "choose": lambda x: weighed(np.choose([0, 1, 0], [x * x, x**3])),
    "choose, wrapped": lambda x: weighed(np.choose([5, -1, 1], [x, x * x], mode="wrap")),
    "partition": lambda x: weighed(np.partition(x * x, 1) ** 2),
    "unique": lambda x: weighed(np.unique(np.concatenate([x, x])) ** 2),
    "unique_values": lambda x: weighed(np.unique_values(x) ** 2),
    "trim_zeros": lambda x: weighed(np.trim_zeros(np.concatenate([np.zeros(2), x * x, np.zeros(1)]))),
    "insert": inserted,
    "resize": lambda x: weighed(np.resize(x * x, (2, 4))),
    "piecewise": lambda x: weighed(np.piecewise(x, [x < 0.5, x >= 1], [lambda v: v * v, lambda v: np.sin(v), 3.0])),
    "meshgrid": crossed,
    "broadcast_arrays": stretched,
    "block": blocks,
    "rollaxis": lambda x: weighed(np.rollaxis(np.outer(x, x) * np.arange(3.0), 1)),
    "fromfunction": lambda x: weighed(np.fromfunction(lambda i, j: x[0] * i + x[1] * j * j, (2, 3))),
    "apply_over_axes": lambda x: weighed(np.apply_over_axes(np.sum, np.outer(x, x) ** 2, [0, 1])),
    "apply_along_axis": lambda x: weighed(np.apply_along_axis(lambda r: r * r[0], 1, np.outer(x, x))),
    "vectorize": mapped_twice,
    "divmod": parted,
    "ndenumerate": lambda x: sum(v * v * (k[0] + 1.0) for k, v in np.ndenumerate(x)),
    "modf": fraction,
    "logspace": lambda x: weighed(np.logspace(x[0], x[1], 4)),
    "geomspace": lambda x: weighed(np.geomspace(x[0], x[1], 4, endpoint=False)),
    "cov": lambda x: weighed(np.cov(np.sin(np.arange(12).reshape(3, 4) * x[0] + x[1]), ddof=0)),
    "corrcoef": lambda x: np.corrcoef(np.sin(np.arange(8).reshape(2, 4) * x[0]) + x[1])[0, 1],
    "polyadd": lambda x: weighed(np.polyadd(x, [1.0, 2.0]) ** 2),
    "polysub": lambda x: weighed(np.polysub([1.0, 2.0, 3.0, 4.0], x) ** 2),
    "polymul": lambda x: weighed(np.polymul(x, np.concatenate([np.zeros(1), x]))),
    "polyder": lambda x: weighed(np.polyder(x * x)),
    "polyint": lambda x: weighed(np.polyint(x * x, 2, k=[1.0, 2.0])),
    "vander": lambda x: weighed(np.vander(x)) + weighed(np.vander(x, 2, increasing=True)),
    "polyfit": fitted,
    "linalg.svd": singular,
    "linalg.cond": lambda x: np.linalg.cond(matrix(x)) + np.linalg.cond(matrix(x), -2),
    "linalg.cond of another norm": lambda x: np.linalg.cond(matrix(x), "fro"),
    "linalg.multi_dot": lambda x: np.sum(np.linalg.multi_dot([matrix(x), matrix(x), x])),
    "linalg.eigvals": lambda x: np.sum(np.real(np.linalg.eigvals(matrix(x)) ** 3)),
    "linalg.matrix_power": lambda x: weighed(np.linalg.matrix_power(matrix(x), 3)),
    "linalg.matrix_power of an inverse": lambda x: weighed(np.linalg.matrix_power(matrix(x), -2)),
    "linalg.lstsq": nearest,
    "linalg.tensorsolve": lambda x: weighed(np.linalg.tensorsolve(matrix(x).reshape(3, 1, 3), x[:, None])),
    "linalg.tensorinv": lambda x: weighed(np.linalg.tensorinv(matrix(x).reshape(3, 1, 3), ind=2)),
    "matvec": lambda x: weighed(np.matvec(matrix(x), x)),
    "vecmat": lambda x: weighed(np.vecmat(x, matrix(x))),
    "fft.rfftn": lambda x: weighed(np.real(np.fft.rfftn(matrix(x))) ** 2),
    "fft.irfftn": lambda x: weighed(np.fft.irfftn(np.fft.rfftn(matrix(x)) * 2.0)),
    "fft.rfft2": lambda x: weighed(np.imag(np.fft.rfft2(matrix(x))) ** 2),
    "fft.irfft2": lambda x: weighed(np.fft.irfft2(np.fft.rfft2(matrix(x)), s=(3, 3)) ** 2),
    "fft.hfft": lambda x: weighed(np.fft.hfft(x) ** 2),
    "fft.ihfft": lambda x: weighed(np.real(np.fft.ihfft(x * x))),
    "lib.stride_tricks.sliding_window_view": windows,
    "lib.stride_tricks.as_strided": strided,
    "r_": lambda x: weighed(np.r_[x, 2.0, 0:2, [x[0], 1.0], x[1]] ** 2) + weighed(np.r_[matrix(x), x[None]]),
    "c_": lambda x: weighed(np.c_[x, x**2, matrix(x)] ** 2) + weighed(np.c_[x[0], 2.0]),
    "einsum with lists": lists_of_places,
    "put": put,
    "place": placed,
    "putmask": masked,
    "put_along_axis": put_along,
    "fill_diagonal": filled,
}  # fmt: skip
AVAILABLE = {name: f for name, f in ROWS.items() if name not in dir(np) or hasattr(np, name)}
if not hasattr(np, "matvec"):
    AVAILABLE = {name: f for name, f in AVAILABLE.items() if name not in ("matvec", "vecmat")}
if not hasattr(np, "cumulative_sum"):
    AVAILABLE = {name: f for name, f in AVAILABLE.items() if not name.startswith("cumulative_")}


def named(name):
    found = np
    for part in name.split(" ")[0].rstrip(",").split("."):
        found = getattr(found, part)
    return found


def differences(f, x, step=1e-6):
    return np.array([(f(x + step * e) - f(x - step * e)) / (2 * step) for e in np.eye(x.size)])


def test_every_definition_has_a_row():
    tried = {named(name) for name in AVAILABLE}
    of_numpy = {f for f, _ in definitions() if (getattr(f, "__module__", None) or "numpy").startswith("numpy")}
    assert of_numpy - tried == set()


@pytest.mark.parametrize("name", AVAILABLE)
def test_derivatives_in_every_way(name):
    f = AVAILABLE[name]
    expected = differences(f, X)
    np.testing.assert_allclose(sourcead.grad(f)(X), expected, rtol=1e-6, atol=1e-7)
    value, slope = sourcead.tangent(f)(X, V)
    np.testing.assert_allclose(value, f(X), rtol=1e-12)
    np.testing.assert_allclose(slope, expected @ V, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(sourcead.grad(f, dynamic="always")(X), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", AVAILABLE)
def test_second_derivative(name):
    f = AVAILABLE[name]
    df = sourcead.grad(f)
    step = 1e-5
    expected = (df(X + step * V) - df(X - step * V)) / (2 * step)
    np.testing.assert_allclose(sourcead.hvp(f)(X, V), expected, rtol=1e-5, atol=1e-5)


def test_singular_vectors_that_are_not_determined_are_refused():
    with pytest.raises(NotDifferentiable, match="not determined"):
        sourcead.grad(lambda x: np.sum(np.linalg.svd(np.outer(x, x)[:, :2])[1]))(X)


def test_without_a_derivative_numpy_itself_is_called():
    assert definition(np.gradient) is not None
    df = sourcead.grad(lambda x: np.sum(x * np.gradient(np.array([1.0, 2.0, 4.0]))))
    assert "np.gradient" in df.source


SQUARE = np.array([[2.0, 0.3, 0.1], [0.4, 1.0, 0.2], [0.1, 0.5, 3.0]])


def largest_part_of_inverse(x):
    return np.sum(np.linalg.pinv(x, 0.5) ** 2)


def chosen_into(x):
    out = np.zeros(3)
    np.choose([0, 1, 0], [x[0], x[1]], out=out)
    return np.sum(out**2)


def cut_to_integers(x):
    return np.sum(np.logspace(x[0, 1], 3.0, 4, dtype=int)) * x[0, 0]


def weighted_covariance(x):
    return np.sum(np.cov(x, aweights=[1, 2, 3]))


@pytest.mark.parametrize("mode", ["auto", "always"])
@pytest.mark.parametrize("f", [largest_part_of_inverse, chosen_into, cut_to_integers, weighted_covariance])
def test_options_without_a_derivative_are_refused(f, mode):
    with pytest.raises(SourceADError):
        sourcead.grad(f, dynamic=mode)(SQUARE)
    with pytest.raises(SourceADError):
        sourcead.tangent(f)(SQUARE, SQUARE)


def test_singular_values_of_one_triangle():
    def f(x):
        return np.sum(np.linalg.svd(x, compute_uv=False, hermitian=True) * [1.0, 2.0, 3.0])

    x = SQUARE + SQUARE.T
    found = sourcead.grad(f)(x)
    wanted = [
        [(f(x + 1e-6 * np.outer(a, b)) - f(x - 1e-6 * np.outer(a, b))) / 2e-6 for b in np.eye(3)] for a in np.eye(3)
    ]
    np.testing.assert_allclose(found, wanted, atol=1e-7)
    assert found[0, 1] == 0.0


def test_an_inverse_that_leaves_out_nothing_but_zeros():
    def f(x):
        return np.sum(np.linalg.pinv(np.outer(x, x[:2]), 1e-6) * SQUARE[:2])

    x = np.array([0.7, 1.3, 0.4])
    wanted = [(f(x + 1e-6 * e) - f(x - 1e-6 * e)) / 2e-6 for e in np.eye(3)]
    np.testing.assert_allclose(sourcead.grad(f)(x), wanted, rtol=1e-6)


def test_a_function_of_no_rule_is_named_whatever_it_is_wrapped_in():
    def f(x):
        return np.sum(np.unique(x, return_counts=True)[0])

    with pytest.raises(SourceADError, match=r"`np\.unique`"):
        sourcead.tangent(f)(X, X)
