"""Jacobians, Hessians and Hessian-vector products, against Autograd and against themselves in the other mode."""

from __future__ import annotations

import functools
import pickle
from collections import namedtuple
from dataclasses import dataclass

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from numpy.testing import assert_allclose

import sourcead

X = np.array([0.3, 0.7, 1.1])


def swirl(x, n=2):
    for _ in range(n):
        x = np.sin(x) * x[::-1]
    return x


def swirl_autograd(x):
    for _ in range(2):
        x = anp.sin(x) * x[::-1]
    return x


def energy(x):
    total = 0.0
    for k in range(len(x)):
        total = total + np.sin(x[k]) ** 2 * x[k - 1]
    return total


def energy_autograd(x):
    return anp.sum(anp.sin(x) ** 2 * anp.roll(x, 1))


def mixed(p, x):
    return {"affine": p["w"] @ x + p["b"], "square": np.sum(x**2)}


def both(a, b):
    return np.sum(a * np.sin(b)) + np.sum(a) ** 2


COUNTED: list[int] = []
RNG = np.random.default_rng(1)


@sourcead.dynamic
def counted(x, w):
    COUNTED.append(1)
    return w @ x


Point = namedtuple("Point", "x y")


@dataclass
class Body:
    mass: float
    place: np.ndarray


MODES = ["auto", "fwd", "rev"]


@pytest.mark.parametrize("mode", MODES)
def test_jacobian_against_autograd(mode):
    np.testing.assert_allclose(sourcead.jacobian(swirl, mode=mode)(X), autograd.jacobian(swirl_autograd)(X), rtol=1e-12)


@pytest.mark.parametrize("outer", [sourcead.jacfwd, sourcead.jacrev])
@pytest.mark.parametrize("inner", [sourcead.jacfwd, sourcead.jacrev])
def test_jacobian_of_jacobian(inner, outer):
    expected = autograd.jacobian(autograd.jacobian(swirl_autograd))(X)
    found = outer(inner(swirl))(X)
    assert found.shape == (3, 3, 3)
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-14)


def test_gradient_of_a_function_of_a_jacobian():
    jacobian = sourcead.jacobian(swirl)

    def size(x):
        return np.sum(jacobian(x) ** 2)

    expected = autograd.grad(lambda x: anp.sum(autograd.jacobian(swirl_autograd)(x) ** 2))(X)
    np.testing.assert_allclose(sourcead.grad(size)(X), expected, rtol=1e-11)


def test_hessian_and_its_product_against_autograd():
    expected = autograd.hessian(energy_autograd)(X)
    np.testing.assert_allclose(sourcead.hessian(energy)(X), expected, rtol=1e-11)
    v = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(sourcead.hvp(energy)(X, v), expected @ v, rtol=1e-11)


@pytest.mark.parametrize("mode", MODES)
def test_shapes(mode):
    def outer(x):
        return np.outer(x, x)

    assert sourcead.jacobian(outer, mode=mode)(X).shape == (3, 3, 3)
    assert sourcead.jacobian(lambda x: x[:0], mode=mode)(X).shape == (0, 3)
    assert sourcead.jacobian(lambda x: 2.0 * x, mode=mode)(np.zeros((2, 0))).shape == (2, 0, 2, 0)
    assert sourcead.jacobian(lambda x: x * x, mode=mode)(3.0) == 6.0
    assert sourcead.jacobian(lambda x: x * X, mode=mode)(3.0).shape == (3,)


def test_dtype_is_kept():
    x = X.astype(np.float32)
    for mode in MODES:
        assert sourcead.jacobian(swirl, mode=mode)(x).dtype == np.float32
    assert sourcead.hessian(energy)(x).dtype == np.float32


@pytest.mark.parametrize("mode", MODES)
def test_containers(mode):
    p = {"w": np.arange(6.0).reshape(2, 3), "b": np.ones(2)}
    found = sourcead.jacobian(mixed, (0, "x"), mode=mode)(p, X)
    by_p, by_x = found["affine"]
    np.testing.assert_array_equal(by_p["w"], np.einsum("ij,k->ijk", np.eye(2), X))
    np.testing.assert_array_equal(by_p["b"], np.eye(2))
    np.testing.assert_array_equal(by_x, p["w"])
    by_p, by_x = found["square"]
    assert by_p["w"].shape == (2, 3) and not by_p["w"].any()
    np.testing.assert_allclose(by_x, 2.0 * X)


def test_records_and_whole_numbers():
    def spread(body, n):
        return Point(body.mass * body.place[0] * n, body.place * n)

    found = sourcead.jacobian(spread, mode="rev")(Body(2.0, X), 3)
    assert found.x.mass == pytest.approx(0.9)
    np.testing.assert_allclose(found.x.place, [6.0, 0.0, 0.0])
    np.testing.assert_allclose(found.y.place, 3.0 * np.eye(3))


def test_hessian_of_several_arguments():
    a, b = X, X[::-1] * 2.0
    (aa, ab), (ba, bb) = sourcead.hessian(both, (0, 1))(a, b)
    np.testing.assert_allclose(aa, np.full((3, 3), 2.0))
    np.testing.assert_allclose(ab, np.diag(np.cos(b)))
    np.testing.assert_allclose(ba, ab.T)
    np.testing.assert_allclose(bb, np.diag(-a * np.sin(b)))
    v, w = np.array([1.0, 2.0, -1.0]), np.array([0.5, 0.0, 1.0])
    va, vb = sourcead.hvp(both, (0, 1))(a, b, (v, w))
    np.testing.assert_allclose(va, aa @ v + ab @ w)
    np.testing.assert_allclose(vb, ba @ v + bb @ w)


def test_third_derivatives_of_a_scalar_function():
    third = sourcead.jacobian(sourcead.hessian(energy))(X)
    np.testing.assert_allclose(third, autograd.jacobian(autograd.hessian(energy_autograd))(X), rtol=1e-10, atol=1e-14)


def test_an_argument_that_the_function_changes_stays():
    def scaled(x):
        x *= 2.0
        return x * x

    for mode in MODES:
        x = X.copy()
        np.testing.assert_allclose(sourcead.jacobian(scaled, mode=mode)(x), np.diag(8.0 * X))
        np.testing.assert_array_equal(x, X)


def test_defaults_keywords_and_partials():
    np.testing.assert_array_equal(sourcead.jacobian(swirl)(X, n=1), sourcead.jacobian(functools.partial(swirl, n=1))(X))
    found = sourcead.hvp(functools.partial(both, b=X))(X, np.ones(3))
    np.testing.assert_allclose(found, np.full(3, 6.0))


@pytest.mark.parametrize("make", [sourcead.jacobian, sourcead.hessian, sourcead.hvp])
def test_an_ordinary_function(make):
    made = make(energy)
    assert made.primal is energy and made.__doc__ and "def energy_" in made.source
    compile(made.source, "<emitted>", "exec")
    assert pickle.loads(pickle.dumps(made)) is made


def test_names_of_the_user_are_not_taken():
    def f(value, k, parts):
        return value * k + parts

    np.testing.assert_array_equal(sourcead.jacobian(f, "k")(X, np.ones(3), X), np.diag(X))


def test_refusals():
    with pytest.raises(sourcead.NotDifferentiable, match="complex"):
        sourcead.jacobian(lambda z: z * z)(np.array([1.0 + 2.0j]))
    with pytest.raises(sourcead.NotDifferentiable, match="int"):
        sourcead.jacobian(swirl)(np.array([1, 2, 3]))
    with pytest.raises(sourcead.UnknownArgument):
        sourcead.jacobian(swirl, "y")
    with pytest.raises(ValueError, match="mode"):
        sourcead.jacobian(swirl, mode="both")
    with pytest.raises(sourcead.NotScalar):
        sourcead.hessian(swirl)(X)
    with pytest.raises(sourcead.CotangentMismatch):
        sourcead.hvp(energy)(X, np.ones(2))


def test_random_numbers_are_refused():
    rng = np.random.default_rng(0)

    def given(x, source):
        return x * source.normal(size=3)

    for f in (lambda x: x * RNG.normal(size=3), lambda x: x * rng.normal(size=3), given):
        with pytest.raises(sourcead.Unsupported, match="random"):
            sourcead.jacobian(f)(X)
    # A product with a vector is one run.
    assert sourcead.hvp(lambda x: np.sum(x**2 * RNG.normal(size=3)))(X, X).shape == (3,)


def test_auto_takes_the_fewer_sweeps():
    def sweeps(mode):
        COUNTED.clear()
        sourcead.jacobian(lambda x, w: counted(x, w), mode=mode)(np.ones(5), np.ones((2, 5)))
        return len(COUNTED)

    assert sweeps("auto") == sweeps("rev") < sweeps("fwd")


def polished(c, steps):
    lo, hi = 0.0, 2.0
    while hi - lo > 1e-9:
        mid = 0.5 * (lo + hi)
        if mid**3 + mid > c:
            hi = mid
        else:
            lo = mid
    x = 0.5 * (lo + hi)
    for _ in range(steps):
        x = x - (x**3 + x - c) / (3.0 * x**2 + 1.0)
    return x


def test_a_root_found_by_bisection_and_steps_of_newton():
    """The bracket is a constant; each step of Newton's method brings one order more."""
    root = polished(0.3, 5)
    slope = 1.0 / (3.0 * root**2 + 1.0)
    for steps in (1, 2):
        assert sourcead.grad(polished)(0.3, steps) == pytest.approx(slope, rel=1e-8)
    assert sourcead.hessian(polished)(0.3, 1) == 0.0
    assert sourcead.hessian(polished)(0.3, 2) == pytest.approx(-6.0 * root * slope**3, rel=1e-7)


def put_through_a_list(x):
    y, z = x * 2.0, x * 1.0
    for _ in range(2):
        both = [y, z]
        np.copyto(z, both[-1] * y)
    return np.sum(np.sin(z)) + np.sum(y)


def test_third_order_through_a_list_is_right_with_forward_mode_and_refused_without():
    x, v, w, step = np.array([0.5, 0.7]), np.array([0.3, -0.2]), np.array([0.4, 0.9]), 1e-4
    turned = sourcead.adjoint(sourcead.grad(put_through_a_list))
    expected = (w @ turned(x + step, v) - w @ turned(x - step, v)) / (2 * step)
    assert w @ sourcead.tangent(turned, wrt="x")(x, v, np.ones(2))[1] == pytest.approx(expected, rel=1e-6)
    with pytest.raises(sourcead.SourceADError, match="third derivative by reverse mode"):
        sourcead.adjoint(turned, wrt="x")


def updated_in_a_region(y):
    z = y**2
    try:
        pass
    finally:
        z *= z
    return np.sum(z)


def updated_after_a_region(y):
    z = y**2
    try:
        w = z * z
    finally:
        pass
    z *= 3.0
    return np.sum(w) + np.sum(z * w)


def updated_in_a_region_in_a_loop(y):
    z = y**2
    for _ in range(3):
        try:
            z *= z + 0.1 * y
        finally:
            pass
    return np.sum(z)


def updated_in_a_dict_after_a_region(y):
    d = {"a": y**2}
    try:
        w = d["a"] * d["a"]
    finally:
        pass
    d["a"] *= 2.0
    return np.sum(d["a"] * w)


@pytest.mark.parametrize(
    "f",
    [
        updated_in_a_region,
        updated_after_a_region,
        updated_in_a_region_in_a_loop,
        updated_in_a_dict_after_a_region,
    ],
)
def test_a_pullback_is_that_of_what_a_region_was_given(f):
    """Not of what is written there later; a derivative of the pullback asks for it again."""
    y, v, step = np.array([0.5, 0.3]), np.array([1.0, 2.0]), 1e-5
    df = sourcead.grad(f)
    expected = (df(y + step * v) - df(y - step * v)) / (2 * step)
    assert_allclose(sourcead.tangent(df)(y, v)[1], expected, rtol=1e-6)
    assert_allclose(sourcead.grad(lambda q: np.sum(df(q) * v))(y), expected, rtol=1e-6)
    assert_allclose(sourcead.grad(lambda q: sourcead.tangent(f)(q, v)[1])(y), expected, rtol=1e-6)


def given_back_by_a_region(x):
    try:
        y = x
    finally:
        pass
    y -= 0.7
    return np.sum(np.sin(y)) * np.sum(x * x)


def squared_once_given_back(x):
    try:
        y = x
    finally:
        pass
    y *= y
    return np.sum(x * x * x)


def a_part_given_back(x):
    z = 1.5 * x
    try:
        y = z[:1]
    finally:
        pass
    y *= y
    return np.sum(z**3 * x)


@pytest.mark.parametrize("f", [given_back_by_a_region, squared_once_given_back, a_part_given_back])
@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_what_a_region_gives_back_is_its_argument_at_every_order(f, dynamic):
    x, v, step = np.array([0.5, 0.3]), np.array([1.0, 2.0]), 1e-5
    df = sourcead.grad(f)
    expected = (df(x + step * v) - df(x - step * v)) / (2 * step)
    assert_allclose(sourcead.tangent(df, dynamic=dynamic)(x, v)[1], expected, rtol=1e-6)
    assert_allclose(sourcead.grad(lambda q: np.sum(df(q) * v), dynamic=dynamic)(x), expected, rtol=1e-6)
    dot = sourcead.tangent(f)
    assert_allclose(sourcead.grad(lambda q: dot(q, v)[1], dynamic=dynamic)(x), expected, rtol=1e-6)
