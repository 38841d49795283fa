"""The choices at kinks, ties and domain edges, and inputs that no difference quotient can check."""

from __future__ import annotations

import builtins
import math

import numpy as np
import pytest

import runtime.primitives  # noqa: F401 (fills the table)
from runtime.errors import NotDifferentiable
from runtime.kernels import unbroadcast
from runtime.primitives.registry import is_inactive, lookup, select

INF, NAN = np.inf, np.nan


def partial_of(function, wrt, *args, **kwargs):
    """The partial derivative of an elementwise operation at the arguments."""
    text = select(lookup(function).partials[wrt], 1, args, kwargs)
    with np.errstate(all="ignore"):
        return text(function(*args, **kwargs), *args, **kwargs)


def gradient_of(function, *args, wrt="a", **kwargs):
    """The cotangent of an argument for a result's cotangent of ones."""
    text = select(lookup(function).reverse[wrt], 2, args, kwargs)
    with np.errstate(all="ignore"):
        z = function(*args, **kwargs)
        return text(np.ones_like(z), z, *args, **kwargs)


def forms(function, wrt, *args, **kwargs):
    return select(lookup(function).reverse[wrt], 2, args, kwargs)


@pytest.mark.parametrize("function", [np.abs, np.fabs, builtins.abs, math.fabs])
def test_the_slope_of_abs_at_zero_is_zero(function):
    assert partial_of(function, "x", 0.0) == 0.0
    assert partial_of(function, "x", -0.0) == 0.0
    assert math.isnan(partial_of(function, "x", NAN))


def test_sqrt_and_cbrt_are_vertical_at_zero():
    assert partial_of(np.sqrt, "x", 0.0) == INF
    assert partial_of(np.cbrt, "x", 0.0) == INF


def test_power_at_zero_has_no_nan():
    x = np.array([0.0, 0.0, 0.0, 0.0, 2.0])
    y = np.array([0.0, 0.5, 1.0, 2.0, 0.0])
    np.testing.assert_array_equal(partial_of(np.power, "x", x, y), [0.0, INF, 1.0, 0.0, 0.0])
    np.testing.assert_array_equal(partial_of(np.power, "y", x[:4], y[:4]), 0.0)
    for base in (0.0, 0):
        assert partial_of(np.power, "y", base, 2.0) == 0.0
    assert partial_of(builtins.pow, "base", 0.0, 0) == 0.0
    assert partial_of(builtins.pow, "base", 0.0, 0.5) == INF


def test_a_power_of_a_negative_base_has_no_slope_in_the_exponent():
    assert math.isnan(partial_of(np.power, "y", -2.0, 2.0))
    assert partial_of(np.power, "x", -2.0, 3) == 12.0


@pytest.mark.parametrize("function", [np.maximum, np.minimum, np.fmax, np.fmin])
def test_ties_of_two_operands_share_evenly(function):
    for x in (2.0, np.array([2.0, 2.0]), np.array([INF, -INF])):
        assert np.all(partial_of(function, "x", x, x) == 0.5)
        assert np.all(partial_of(function, "y", x, x) == 0.5)


def test_nan_operands_take_what_they_give():
    x, y = np.array([NAN, 1.0, NAN]), np.array([1.0, NAN, NAN])
    np.testing.assert_array_equal(partial_of(np.maximum, "x", x, y), [1.0, 0.0, 0.5])
    np.testing.assert_array_equal(partial_of(np.fmax, "x", x, y), [0.0, 1.0, 0.5])
    np.testing.assert_array_equal(partial_of(np.fmin, "y", x, y), [1.0, 0.0, 0.5])
    assert partial_of(np.maximum, "x", NAN, 1.0) == 1.0


def test_clip_is_a_minimum_of_a_maximum():
    a = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    np.testing.assert_array_equal(partial_of(np.clip, "a", a, -1.0, 1.0), [0.0, 0.5, 1.0, 0.5, 0.0])
    np.testing.assert_array_equal(partial_of(np.clip, "a_min", a, -1.0, 1.0), [1.0, 0.5, 0.0, 0.0, 0.0])
    np.testing.assert_array_equal(partial_of(np.clip, "a_max", a, -1.0, 1.0), [0.0, 0.0, 0.0, 0.5, 1.0])
    # Where the bounds cross, numpy gives the upper one.
    assert partial_of(np.clip, "a_max", 0.0, 2.0, 1.0) == 1.0
    assert partial_of(np.clip, "a_min", 0.0, 2.0, 1.0) == 0.0


def test_where_lets_no_nan_through_from_the_branch_not_taken():
    text = forms(np.where, "x", True, 1.0, 2.0)
    z_bar = np.array([NAN, 1.0])
    np.testing.assert_array_equal(text(z_bar, z_bar, np.array([False, True]), np.zeros(2), np.zeros(2)), [0.0, 1.0])


def test_hypot_and_logaddexp_at_their_edges():
    assert partial_of(np.hypot, "x", 0.0, 0.0) == 0.0
    assert partial_of(math.hypot, "y", 0.0, 0.0) == 0.0
    for x in (INF, -INF):
        assert partial_of(np.logaddexp, "x", x, x) == 0.5
    assert partial_of(np.logaddexp, "x", -INF, 0.0) == 0.0
    assert partial_of(np.logaddexp, "y", -INF, 0.0) == 1.0
    assert partial_of(np.logaddexp, "x", INF, 0.0) == 1.0
    assert math.isnan(partial_of(np.arctan2, "y", 0.0, 0.0))


def test_small_divisors_do_not_underflow():
    assert partial_of(np.divide, "y", np.float32(1e-30), np.float32(1e-25)) == pytest.approx(-1e20, rel=1e-6)
    assert partial_of(np.arctan2, "y", 1e200, 1e200) == pytest.approx(5e-201)


@pytest.mark.parametrize("function", [np.abs, np.sign, builtins.abs])
def test_the_modulus_of_a_complex_number_is_refused(function):
    with pytest.raises(NotDifferentiable, match="complex"):
        partial_of(function, "x", 1.0 + 2.0j)


@pytest.mark.parametrize("function", [np.var, np.std])
def test_the_variance_of_complex_numbers_is_refused(function):
    with pytest.raises(NotDifferentiable, match="complex"):
        gradient_of(function, np.array([1.0, 2.0j]))


def test_sinc_is_smooth_at_zero():
    x = np.array([0.0, 1e-9, -1e-4])
    np.testing.assert_allclose(partial_of(np.sinc, "x", x), -(math.pi**2) / 3 * x, rtol=1e-7, atol=0.0)


# Reductions


@pytest.mark.parametrize("function", [np.max, np.min, np.amax, np.amin])
def test_ties_of_an_extreme_share_evenly(function):
    a = np.array([[2.0, 2.0, 2.0], [1.0, 1.0, 1.0]])
    np.testing.assert_allclose(gradient_of(function, a, axis=1), np.full((2, 3), 1 / 3))
    np.testing.assert_allclose(gradient_of(function, a).sum(), 1.0)


def test_the_initial_value_of_an_extreme_shares_in_a_tie():
    a = np.array([2.0, 2.0, 1.0])
    np.testing.assert_allclose(gradient_of(np.max, a, initial=2.0), [1 / 3, 1 / 3, 0.0])
    np.testing.assert_array_equal(gradient_of(np.max, a, initial=3.0), 0.0)


def test_elements_left_out_by_where_have_no_share_in_a_tie():
    a = np.array([2.0, 2.0, 1.0])
    used = np.array([True, False, True])
    np.testing.assert_array_equal(gradient_of(np.max, a, initial=-INF, where=used), [1.0, 0.0, 0.0])


def test_nan_elements_share_a_nan_extreme():
    np.testing.assert_array_equal(gradient_of(np.max, np.array([NAN, 1.0, NAN])), [0.5, 0.0, 0.5])


@pytest.mark.parametrize("zeros", [(), (1,), (1, 2), (0, 1, 2, 3)])
def test_products_with_zeros(zeros):
    a = np.array([2.0, 3.0, 5.0, 7.0])
    a[list(zeros)] = 0.0
    expected = [np.prod(np.delete(a, k)) for k in range(4)]
    np.testing.assert_allclose(gradient_of(np.prod, a), expected)
    np.testing.assert_allclose(gradient_of(math.prod, list(a), wrt="iterable"), expected)
    running = [sum(np.prod(np.delete(a[:m], k)) for m in range(k + 1, 5)) for k in range(4)]
    np.testing.assert_allclose(gradient_of(np.cumprod, a), running)


def test_a_deviation_of_zero_has_slope_zero():
    np.testing.assert_array_equal(gradient_of(np.std, np.full((2, 3), 4.0), axis=1), 0.0)


def test_medians_of_ties_use_as_much_as_the_median_does():
    np.testing.assert_array_equal(gradient_of(np.median, np.array([2.0, 2.0, 1.0, 2.0])), [0.5, 0.5, 0.0, 0.0])


def test_casts_to_whole_numbers_are_flat():
    astype = lookup(runtime.kernels.astype)
    a = np.array([0.5, 1.5])
    np.testing.assert_array_equal(astype.reverse["x"][0](np.ones(2), a.astype(int), a, int), 0.0)
    np.testing.assert_array_equal(astype.forward["x"][0](np.ones(2), a.astype(int), a, int), 0.0)
    np.testing.assert_array_equal(gradient_of(np.sum, a, dtype=int), 0.0)


@pytest.mark.parametrize("keyword", ["out", "prepend", "order", "mean", "weights", "returned", "like"])
def test_forms_that_no_rule_understands_are_refused(keyword):
    for function in (np.sum, np.mean, np.max, np.prod, np.var, np.std, np.sort, np.diff, np.cumsum):
        assert forms(function, "a", np.ones(3), **{keyword: None}) is None


def test_results_that_may_be_the_argument_itself_are_views_or_refused():
    x = np.ones(2)
    assert x.conj() is x and lookup(np.conjugate).view_of == "x"
    assert np.shares_memory(np.float64(x), x) and lookup(np.float64).view_of == "x"
    assert forms(runtime.kernels.astype, "x", x, float, copy=False) is None
    assert np.diff(x, 0) is x and lookup(np.diff).view_of == "a"


def test_positional_out_is_refused():
    assert forms(np.sum, "a", np.ones(3), 0, None, np.zeros(())) is None
    assert forms(np.max, "a", np.ones(3), 0, np.zeros(())) is None
    assert forms(np.cumsum, "a", np.ones(3), 0, None, np.zeros(3)) is None


def test_plain_calls_get_the_plain_text():
    assert forms(np.sum, "a", np.ones(3)).__name__ == "sum_all"
    assert forms(np.sum, "a", np.ones(3), axis=0).__name__ == "sum_along"
    assert forms(np.sum, "a", np.ones(3), axis=0, where=True).__name__ == "sum_some"


def test_rounding_and_comparing_are_inactive():
    for function in (np.floor, np.rint, np.round, np.greater, np.argmax, np.isfinite, np.shape, round, int, math.floor):
        assert is_inactive(function)


def test_functions_of_two_results_have_neither_rule_nor_leave_to_vanish():
    for function in (math.modf, math.frexp, divmod, np.modf, np.frexp):
        assert lookup(function) is None and not is_inactive(function)


def test_an_elementwise_cotangent_keeps_single_precision():
    x = np.ones((2, 3), np.float32)
    for function in (np.sin, np.log2, np.exp2, np.sinc, np.deg2rad, np.tan, np.arcsin, np.sqrt):
        z_bar = np.ones_like(function(0.5 * x))
        assert (z_bar * partial_of(function, "x", 0.5 * x)).dtype == np.float32
    share = partial_of(np.maximum, "x", x, np.zeros(3, np.float32))
    assert unbroadcast(x * share, x).dtype == share.dtype == np.float32
