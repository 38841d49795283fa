"""Arrays known under several names: what is changed under one of them is right under the others, or refused."""

import numpy as np
import pytest

import sourcead
from sourcead.errors import SharedArray

X = np.array([0.3, 0.7, -0.4, 0.9])


def cast(x):
    y = x * 1.0
    z = y.astype(float, copy=False)
    z[0] = 3.0
    return np.sum(y * y)


def wrapped(x):
    y = x * 1.0
    z = np.array(y, copy=None)
    z[0] = 3.0
    return np.sum(y * y)


def cleaned(x):
    y = x * 1.0
    z = np.nan_to_num(y, copy=False)
    z[0] = 3.0
    return np.sum(y * y)


def flat(x):
    y = x * 1.0
    z = y.flat
    z[0] = 3.0
    return np.sum(y * y)


def ordered(x):
    y = x * 1.0
    z = sorted([y], key=len)[0]
    z[0] = 3.0
    return np.sum(y * y)


def named(x):
    y = x * 1.0
    z = getattr(y, "T")  # noqa: B009
    z[0] = 3.0
    return np.sum(y * y)


@pytest.mark.parametrize("f", [cast, wrapped, cleaned, flat, ordered, named])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_views_that_are_easily_taken_for_copies(f, mode):
    with pytest.raises(sourcead.SourceADError):
        sourcead.grad(f)(X) if mode == "reverse" else sourcead.tangent(f)(X, X)


@sourcead.dynamic
def writes(y):
    y[0] = y[1] * 2
    return np.sum(y)


@sourcead.dynamic
def appends(items, v):
    items.append(v)
    return v


@sourcead.dynamic
def same(y):
    return y


@sourcead.dynamic
def inside(y):
    return y[1:3]


def calls_writer(x):
    y = x * 1.0
    return writes(y) * np.sum(y)


def calls_appender(x):
    items = [x[0]]
    t = appends(items, x[1])
    return items[-1] * x[2] * t


@pytest.mark.parametrize("f", [calls_writer, calls_appender])
def test_function_on_the_dynamic_graph_that_changes_an_argument_is_refused(f):
    with pytest.raises(SharedArray, match="changes an argument in place"):
        sourcead.grad(f)(X)
    with pytest.raises(SharedArray, match="changes an argument in place"):
        sourcead.tangent(f)(X, X)
    assert np.all(np.isfinite(sourcead.grad(f, dynamic="always")(X)))


@pytest.mark.parametrize("function", [same, inside])
@pytest.mark.parametrize("given", [X * 1.0, np.asfortranarray(X * 1.0), np.ones((4, 3)).T, np.ones((3, 4))[:, ::2]])
def test_argument_given_back_by_a_dynamic_function_is_the_argument(function, given):
    import runtime
    from sourcead.errors import SourceADError

    try:
        value, pullback = runtime.vjp(function, given)
    except SourceADError:
        assert function is inside and not (given.flags.c_contiguous or given.flags.f_contiguous)
        return
    assert np.array_equal(value, function(given))
    assert np.shares_memory(value, given) and value.strides == function(given).strides
    assert pullback(np.ones(value.shape))[0].shape == given.shape


def test_change_of_what_a_dynamic_function_gave_back_is_seen():
    def f(x):
        y = x * 1.0
        z = same(y)
        z[0] = 3.0
        return np.sum(y * y)

    with pytest.raises(SharedArray):
        sourcead.grad(f)(X)
    with pytest.raises(SharedArray):
        sourcead.tangent(f)(X, X)
