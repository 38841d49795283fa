"""Special functions, against values to 17 digits from Abramowitz and Stegun's tables and against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from runtime.errors import NotDifferentiable
from runtime.kernels import each_summand, polygamma, sinc_derivative

EULER = 0.57721566490153286061
CATALAN = 0.91596559417721901505
ZETA_3 = 1.20205690315959428540


@pytest.mark.parametrize(
    ("n", "x", "expected"),
    [
        (0, 1.0, -EULER),
        (0, 2.0, 1.0 - EULER),
        (0, 0.5, -EULER - 2.0 * math.log(2.0)),
        (0, 0.25, -EULER - math.pi / 2 - 3.0 * math.log(2.0)),
        (0, -0.5, 2.0 - EULER - 2.0 * math.log(2.0)),
        (1, 1.0, math.pi**2 / 6),
        (1, 0.25, math.pi**2 + 8.0 * CATALAN),
        (1, -0.5, math.pi**2 / 2 + 4.0),
        (2, 1.0, -2.0 * ZETA_3),
        (2, 0.5, -14.0 * ZETA_3),
        (2, -0.5, -14.0 * ZETA_3 + 16.0),
        (3, 1.0, math.pi**4 / 15),
    ],
)
def test_polygamma_at_known_points(n, x, expected):
    assert polygamma(n, x) == pytest.approx(expected, rel=4e-15)


@pytest.mark.parametrize("n", range(5))
@pytest.mark.parametrize("x", [1e-6, 0.3, 3.7, 9.99, 11.0, 123.4, 1e8])
def test_polygamma_obeys_its_recurrence(n, x):
    step = (-1) ** n * math.factorial(n) / x ** (n + 1)
    assert polygamma(n, x + 1.0) - polygamma(n, x) == pytest.approx(step, rel=1e-12, abs=1e-13 * abs(polygamma(n, x)))


def test_polygamma_at_poles_and_at_infinity():
    assert math.isnan(polygamma(0, 0.0)) and math.isnan(polygamma(1, -3.0)) and math.isnan(polygamma(0, math.nan))
    assert polygamma(0, math.inf) == math.inf and polygamma(1, math.inf) == 0.0
    assert math.isnan(polygamma(0, -math.inf))


@pytest.mark.parametrize("order", [1, 2, 3])
def test_sinc_derivatives_join_where_the_method_changes(order):
    inside, outside = sinc_derivative(np.nextafter(1.0, 0.0), order), sinc_derivative(1.0, order)
    assert inside == pytest.approx(outside, rel=1e-12)


def test_sinc_derivatives_at_zero():
    for order, expected in ((1, 0.0), (2, -(math.pi**2) / 3), (3, 0.0), (4, math.pi**4 / 5)):
        assert sinc_derivative(0.0, order) == pytest.approx(expected, rel=1e-14)


def test_a_generator_of_summands_is_refused():
    with pytest.raises(NotDifferentiable, match="generator"):
        each_summand(1.0, (x for x in [1.0]))
