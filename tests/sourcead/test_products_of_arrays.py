"""`math.prod` and `math.sumprod` of lists of arrays give arrays, which are no numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

import sourcead

X, D = np.array([0.3, 0.7, -0.4]), np.array([0.5, -0.2, 0.9])


def product(x):
    v = math.prod([[1.2, 0.3, 0.5], np.array([0.9, 1.4, 0.4]) * np.max(x)])
    return np.sum(np.sin(v))


def named(x):
    rows = [x * 2.0, np.cos(x)]
    v = math.prod(rows)
    return np.sum(v * v)


@pytest.mark.parametrize("f", [product, named], ids=lambda f: f.__name__)
def test_second_derivatives_are_those_of_arrays(f):
    df = sourcead.grad(f)

    def slope(x):
        return np.sum(df(x) * D)

    h = 1e-5
    again = sourcead.grad(slope)(X)
    assert again == pytest.approx((df(X + h * D) - df(X - h * D)) / (2 * h), rel=1e-7, abs=1e-8)
    assert df(X) @ D == pytest.approx((f(X + h * D) - f(X - h * D)) / (2 * h), rel=1e-7)


def test_items_of_several_shapes_are_refused():
    def f(x):
        return np.sum(math.prod([x[0], x]))

    with pytest.raises(sourcead.NotDifferentiable, match="several shapes"):
        sourcead.grad(f)(X)
    with pytest.raises(sourcead.NotDifferentiable, match="several shapes"):
        sourcead.tangent(f)(X, D)
