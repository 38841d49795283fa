"""Dynamic regions: what is emitted for them, how they grow, and what they refuse."""

import contextlib
import textwrap

import numpy as np
import pytest

import sourcead
from sourcead.errors import NoEmittedForm, SourceADError, Unsupported

X = np.array([0.7, 1.3, 0.4])
KEPT = []
TABLE = {}


class Box:
    pass


BOX = Box()


def settle(y):
    if y[0] > 100.0:
        raise ArithmeticError
    return y


def handled(x):
    y = np.exp(x)
    try:
        z = settle(y)
    except ArithmeticError:
        z = y
    return np.sum(z)


def test_a_region_is_a_local_function_with_its_reason():
    line = handled.__code__.co_firstlineno + 2
    wanted = f"""\
        y = np.exp(x)

        # dynamic: `try` around active code (test_dynamic_regions.py:{line})
        def region(y):
            try:
                z = settle(y)
            except ArithmeticError:
                z = y
            return z

        z, region_pullback = runtime.vjp(region, y)
        # return np.sum(z)
        z_bar = np.full_like(z, 1.0)
        # try:
        y_bar = region_pullback(z_bar)[0]
        # y = np.exp(x)
        x_bar = y_bar * y
        return x_bar
    """
    assert textwrap.dedent(wanted) in textwrap.dedent(
        sourcead.grad(handled).source.split("require_real(")[1].split("\n", 1)[1]
    )


def test_forward_mode_runs_the_region_along_a_direction():
    source = sourcead.tangent(handled).source
    assert "z, z_dot = runtime.jvp(region, (y,), (y_dot,))" in source


@pytest.mark.parametrize("transform", [sourcead.grad, sourcead.tangent, sourcead.adjoint])
def test_never_names_the_statement(transform):
    with pytest.raises(NoEmittedForm) as caught:
        transform(handled, dynamic="never")
    assert caught.value.origin.line == handled.__code__.co_firstlineno + 2
    assert 'dynamic="auto"' in caught.value.cure


def body_of_region(function):
    """The statements of the only region of a function's gradient, up to its `return`."""
    source = sourcead.grad(function).source
    assert source.count("def region") == 1
    lines = source.split("def region")[1].splitlines()[1:]
    end = next(k for k, line in enumerate(lines) if line.startswith("        return "))
    return textwrap.dedent("\n".join(lines[:end]))


def test_a_region_grows_over_the_uses_of_an_iterator():
    def f(x):
        it = iter(x * x)
        y = 2.0 * x
        first = next(it)
        return first * np.sum(y)

    assert body_of_region(f) == "it = iter(x * x)\ny = 2.0 * x\nfirst = next(it)"


def test_a_region_grows_to_the_loop_that_carries_an_iterator():
    def f(x):
        total = 0.0
        it = None
        for k in range(3):
            if k == 0:
                it = iter(x)
            total = total + next(it) ** 2 * k
        return total

    assert "for k in range(3):" in body_of_region(f)
    np.testing.assert_allclose(sourcead.grad(f)(X), 2.0 * X * np.arange(3.0))


def test_flags_of_exits_are_results_without_derivative():
    def f(x):
        for v in x:
            try:
                if v > 1.0:
                    return v * v
            except ValueError:
                break
        return np.sum(x)

    np.testing.assert_allclose(sourcead.grad(f)(X), [0.0, 2.6, 0.0])
    np.testing.assert_allclose(sourcead.grad(f)(X / 2), np.ones(3))


def leaks_into_a_list(x):
    try:
        KEPT.append(x[0])
    except ValueError:
        pass
    return np.sum(x)


def leaks_into_a_dict(x):
    with contextlib.suppress(KeyError):
        TABLE["x"] = x[0] * 2.0
    return np.sum(x)


def leaks_into_an_attribute(x):
    try:
        BOX.value = x[0]
    except ValueError:
        pass
    return np.sum(x)


def exit_of_a_finally(x):
    try:
        y = np.sum(x)
    finally:
        return x[0]
    return y


@pytest.mark.parametrize(
    ("function", "fact"),
    [
        (leaks_into_a_list, "belongs to"),
        (leaks_into_a_dict, "belongs to"),
        (leaks_into_an_attribute, "belongs to"),
    ],
)
def test_what_would_slip_out_is_refused(function, fact):
    with pytest.raises(SourceADError) as caught:
        sourcead.grad(function)
    assert fact in caught.value.fact and caught.value.cure


def test_an_exit_of_a_finally_runs_there_as_a_whole():
    found = sourcead.grad(exit_of_a_finally)
    assert "# dynamic: the whole of exit_of_a_finally: " in found.source
    np.testing.assert_allclose(found(np.array([0.3, 0.5, 0.7])), [1.0, 0.0, 0.0])
    with pytest.raises(Unsupported, match="finally"):
        sourcead.grad(exit_of_a_finally, dynamic="never")


def test_the_argument_is_not_changed():
    def f(x):
        try:
            x[0] = x[1] * x[2]
        except IndexError:
            pass
        return np.sum(x * x)

    given = X.copy()
    gradient = sourcead.grad(f)(given)
    np.testing.assert_array_equal(given, X)
    a, b = X[1], X[2]
    np.testing.assert_allclose(gradient, [0.0, 2 * a * b * b + 2 * a, 2 * a * a * b + 2 * b])


def test_a_region_without_derivative_leaves_what_it_is_given():
    def f(x):
        weights = np.ones(3)
        y = x * weights
        try:
            weights += x[0] > 0.0
        except ValueError:
            y = 2.0 * y
        return np.sum(y)

    np.testing.assert_allclose(sourcead.grad(f)(X), np.ones(3))
