"""`strong_zero=True`: a cotangent of zero stays zero, also where it meets infinity or NaN."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import runtime
import sourcead

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

X = np.array([0.0, 1.0, -1.0, 2.0])
# The elements that every program takes.
TAKEN = X > 0.0


def logarithm(x):
    return np.sum(np.where(x > 0.0, x * np.log(x), 0.0))


def root(x):
    return np.sum(np.where(x > 0.0, np.sqrt(x) / x, 0.0))


def power(x):
    return np.sum(np.where(x > 0.0, x**-1.5 * x ** (0.5 * x), 0.0))


def masked_product(x):
    y = np.log(x)
    return np.sum(y[x > 0.0] ** 2)


def selected(x):
    return np.sum(np.where(x > 0.0, np.where(x > 1.5, np.arctanh(1.0 / x), 1.0 / x), 0.0))


def changed_in_place(x):
    y = 1.0 / x
    y *= np.log(x)
    y /= x
    return np.sum(np.where(x > 0.0, y, 0.0))


def in_a_loop(x):
    total = 0.0
    for k in range(len(x)):
        v = np.log(x[k]) * x[k]
        total = total + (v if x[k] > 0.0 else 0.0 * k)
    return total


def helper(v):
    return np.log(v) / v


def in_a_callee(x):
    return np.sum(np.where(x > 0.0, helper(x) * 3.0, 0.0))


def in_a_region(x):
    y = x * x
    try:
        z = np.log(x) / y
    except ValueError:
        z = y
    return np.sum(np.where(x > 0.0, z, 0.0))


def norms_and_products(x):
    y = 1.0 / x
    return np.sum(np.where(x > 0.0, y, 0.0)) + np.prod(np.where(x > 0.0, np.log(np.abs(x)) + 2.0, 1.0))


PROGRAMS = [
    logarithm,
    root,
    power,
    masked_product,
    selected,
    changed_in_place,
    in_a_loop,
    in_a_callee,
    in_a_region,
    norms_and_products,
]


def expected(f):
    """What is not taken plays no part: the gradient at the elements that are taken alone."""
    with np.errstate(all="ignore"):
        found = np.zeros(len(X))
        for k in np.flatnonzero(TAKEN):
            step = 1e-5 * np.eye(len(X))[k]
            found[k] = (f(X + step) - f(X - step)) / 2e-5
        return found


@pytest.mark.parametrize("dynamic", ["auto", "always"])
@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_nothing_comes_from_what_is_not_taken(f, dynamic):
    with np.errstate(all="ignore"):
        found = sourcead.grad(f, dynamic=dynamic, strong_zero=True)(X)
        value, again = sourcead.value_and_grad(f, dynamic=dynamic, strong_zero=True)(X)
    np.testing.assert_allclose(found, expected(f), rtol=1e-7, atol=1e-8)
    np.testing.assert_array_equal(found, again)
    assert value == f(X)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_where_nothing_is_infinite_it_changes_nothing(f):
    x = np.array([0.5, 1.3, 0.7, 2.0])
    np.testing.assert_allclose(sourcead.grad(f, strong_zero=True)(x), sourcead.grad(f)(x), rtol=1e-13)


@pytest.mark.parametrize("f", [logarithm, root, selected, in_a_loop, in_a_callee], ids=lambda f: f.__name__)
def test_without_it_infinities_come_through(f):
    with np.errstate(all="ignore"):
        assert np.isnan(sourcead.grad(f)(X)).any()


@pytest.mark.parametrize("f", [f for f in PROGRAMS if f is not changed_in_place], ids=lambda f: f.__name__)
def test_tensors(f):
    x = runtime.tensor(X, dtype=runtime.float64, requires_grad=True)
    with np.errstate(all="ignore"):
        with runtime.strong_zero():
            f(x).backward()
    np.testing.assert_allclose(x.grad.numpy(), expected(f), rtol=1e-7, atol=1e-8)


def test_adjoints_of_zero_are_zero():
    def f(x):
        return np.log(x) * x**-2

    with np.errstate(all="ignore"):
        bar = np.array([0.0, 1.0, 0.0, 1.0])
        found = sourcead.adjoint(f, strong_zero=True)(X, bar)
    assert np.array_equal(found != 0.0, TAKEN) and np.isfinite(found).all()


def test_the_text_absorbs_where_a_factor_is_no_constant():
    def f(x):
        return np.sum(np.where(x > 0.0, 2.0 * np.log(x) - x, 0.0))

    text = sourcead.grad(f, strong_zero=True).source
    assert text.count("absorb(") == 1 and ", 1.0 / x)" in text
    assert "absorb" not in sourcead.grad(f).source


def test_second_derivatives():
    df = sourcead.grad(logarithm, strong_zero=True)
    with np.errstate(all="ignore"):
        found = sourcead.hvp(logarithm_at_two)(np.array([0.5, 2.0]), np.ones(2))
        again = sourcead.grad(lambda x: np.sum(df(x)), strong_zero=True)(X)
    np.testing.assert_allclose(found, [2.0, 0.5])
    np.testing.assert_allclose(again, np.where(TAKEN, 1.0 / np.where(TAKEN, X, 1.0), 0.0))


def logarithm_at_two(x):
    return np.sum(np.where(x > 0.0, x * np.log(x), 0.0))


def test_it_pickles():
    df = sourcead.grad(logarithm, strong_zero=True)
    assert pickle.loads(pickle.dumps(df)).source == df.source


def test_the_decorator_and_nesting():
    @runtime.strong_zero()
    def step(x):
        np.sum(np.where(x > 0.0, np.log(x), 0.0)).backward()

    x = runtime.tensor([0.0, 2.0], requires_grad=True)
    with np.errstate(all="ignore"):
        step(x)
        assert x.grad.tolist() == [0.0, 0.5]
        np.sum(np.where(x > 0.0, np.log(x), 0.0)).backward()
        assert np.isnan(x.grad.tolist()[0])
