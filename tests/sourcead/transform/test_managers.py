"""`with` in emitted text: where it stands, and what it keeps of the user's meaning."""

import contextlib
import textwrap

import numpy as np
import pytest

import sourcead

X = np.array([0.7, 1.3, 0.4])
LOG = []


class Noted:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        LOG.append(f"in {self.name}")

    def __exit__(self, kind, error, trace):
        LOG.append(f"out {self.name} {kind.__name__ if kind else ''}".strip())


def quiet(x):
    with np.errstate(all="ignore"):
        y = np.log(x)
    return np.sum(y * y)


def test_adjoints_run_under_the_settings_of_numpy():
    source = sourcead.grad(quiet).source
    wanted = """\
        with np.errstate(all="ignore"):
            y = np.log(x)
        # return np.sum(y * y)
        y_bar = 2.0 * y
        with np.errstate(all="ignore"):
            # y = np.log(x)
            x_bar = y_bar / x
        return x_bar
    """
    assert textwrap.dedent(wanted) in textwrap.dedent(source.split("require_real(")[1].split("\n", 1)[1])
    with np.errstate(all="raise"):
        assert np.isinf(sourcead.grad(quiet)(np.array([0.0, 1.0]))[0])


def test_the_manager_sees_the_block_once_and_in_order():
    def f(x):
        with Noted("a"):
            y = x * x
            with Noted("b"):
                z = y * x
        return np.sum(z)

    LOG.clear()
    np.testing.assert_allclose(sourcead.grad(f)(X), 3 * X**2)
    assert LOG == ["in a", "in b", "out b", "out a"]


@pytest.mark.parametrize("transform", [sourcead.grad, sourcead.tangent])
def test_an_exception_reaches_the_manager_and_the_caller(transform):
    def f(x):
        with Noted("a"):
            y = x * x
            if x[0] > 0.0:
                raise KeyError("too large")
        return np.sum(y)

    LOG.clear()
    with pytest.raises(KeyError, match="too large"):
        transform(f)(*([X] if transform is sourcead.grad else [X, X]))
    assert LOG == ["in a", "out a KeyError"]


def test_a_manager_that_may_swallow_makes_a_region():
    def f(x):
        y = x
        with contextlib.suppress(ValueError):
            y = x * x
            raise ValueError
        return np.sum(y)

    derivative = sourcead.grad(f)
    assert "# dynamic: `with` around active code" in derivative.source
    np.testing.assert_allclose(derivative(X), 2 * X)
