"""`dynamic="always"`: every transform runs the whole function on the dynamic graph, and its text says so."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest

import sourcead

X = np.array([0.3, 0.5])
DIRECTION = np.array([1.0, -2.0])


def loss(x, scale=2.0, *rest, power=1.0, **more):
    y = scale * x
    y[0] *= 3.0
    return np.sum(np.sin(y) * power) * more.get("factor", 1.0) + sum(rest)


class Model:
    def __init__(self, weight):
        self.weight = weight

    def loss(self, x):
        return np.sum(np.tanh(self.weight * x))


CALLS = {
    "grad": lambda f, **o: sourcead.grad(f, **o)(X),
    "value_and_grad": lambda f, **o: sourcead.value_and_grad(f, **o)(X),
    "adjoint": lambda f, **o: _with_seed(sourcead.adjoint(f, **o)),
    "tangent": lambda f, **o: sourcead.tangent(f, **o)(X, x_dot=DIRECTION),
    "jacobian": lambda f, **o: sourcead.jacobian(f, **o)(X),
    "jacfwd": lambda f, **o: sourcead.jacfwd(f, **o)(X),
    "jacrev": lambda f, **o: sourcead.jacrev(f, **o)(X),
    "hessian": lambda f, **o: sourcead.hessian(f, **o)(X),
    "hvp": lambda f, **o: sourcead.hvp(f, **o)(X, v=DIRECTION),
    "vjp": lambda f, **o: sourcead.vjp(f, X, **o)[1](1.0)[0],
    "jvp": lambda f, **o: sourcead.jvp(f, (X,), (DIRECTION,), **o),
}
RETURNING = ("grad", "value_and_grad", "adjoint", "tangent", "jacobian", "jacfwd", "jacrev", "hessian", "hvp")


def _with_seed(adjoint):
    seed = next(n for n in adjoint.__code__.co_varnames if n.endswith("_bar"))
    return adjoint(X, **{seed: 1.0})


@pytest.mark.parametrize("f", [loss, functools.partial(loss, power=3.0), Model(0.7).loss], ids=["f", "partial", "m"])
@pytest.mark.parametrize("transform", CALLS)
def test_the_derivative_is_that_of_the_emitted_program(transform, f):
    wanted, found = CALLS[transform](f), CALLS[transform](f, dynamic="always")
    for a, b in zip(wanted, found) if isinstance(wanted, tuple) else [(wanted, found)]:
        np.testing.assert_allclose(b, a, rtol=1e-12)
        assert type(b) is type(a)


@pytest.mark.parametrize("transform", RETURNING)
def test_the_text_says_that_the_whole_function_runs_there(transform):
    made = getattr(sourcead, transform)(loss, dynamic="always")
    assert '# dynamic: the whole of loss, as dynamic="always" asks' in made.source


def test_the_second_derivative_of_the_derivative():
    gradient = sourcead.grad(loss, dynamic="always")

    def along(x):
        return np.sum(gradient(x) * DIRECTION)

    for dynamic in ("auto", "always"):
        found = sourcead.grad(along, dynamic=dynamic)(X)
        np.testing.assert_allclose(found, sourcead.hvp(loss)(X, v=DIRECTION))


def test_an_argument_that_is_written_to_is_left_alone():
    def square(x):
        x *= x
        return np.sum(x)

    for transform in ("grad", "value_and_grad", "adjoint", "tangent", "jacobian", "hessian", "vjp", "jvp"):
        before = X.copy()
        CALLS[transform](square, dynamic="always")
        np.testing.assert_array_equal(X, before)


def test_auxiliary_results_of_any_kind():
    def both(x):
        return np.sum(x**2), {"x": x, "said": "so"}

    gradient, aux = sourcead.grad(both, has_aux=True, dynamic="always")(X)
    np.testing.assert_allclose(gradient, 2.0 * X)
    assert aux["said"] == "so" and type(aux["x"]) is np.ndarray


def test_an_unknown_way_is_refused():
    for transform in (sourcead.grad, sourcead.tangent, sourcead.hessian):
        with pytest.raises(ValueError, match="sometimes"):
            transform(loss, dynamic="sometimes")
    with pytest.raises(ValueError, match="sometimes"):
        sourcead.vjp(loss, X, dynamic="sometimes")
    with pytest.raises(ValueError, match="sometimes"):
        sourcead.jvp(loss, (X,), (X,), dynamic="sometimes")


def test_calls_are_followed_where_the_function_cannot_be_imported():
    """The emitted text is compiled within a function then, whose regions are found in it all the same."""

    def inner(x):
        kept = np.asarray(x)
        kept[0] = math.exp(kept[1])
        return np.sum(kept * kept)

    found = sourcead.grad(inner, dynamic="always")(np.array([0.5, 0.25]))
    np.testing.assert_allclose(found, [0.0, 2.0 * math.exp(0.5) + 0.5])


def counts_its_runs(x):
    runs = []

    @functools.cache
    def power(k):
        runs.append(k)
        return x**k

    return power(2) + power(2) + power(3) + len(runs) * x


def forgets_the_older(x):
    runs = []

    @functools.lru_cache(maxsize=1)
    def power(k, v):
        runs.append(k)
        return v**k

    return power(2, x) + power(3, x) + power(2, x) + power(2, x) + len(runs) * x


def counts_runs_of_a_method(x):
    class Powers:
        runs = 0

        @functools.cache
        def of(self, k, *, scale):
            self.runs += 1
            return scale * x**k

    powers = Powers()
    return powers.of(2, scale=3.0) + powers.of(2, scale=3.0) + powers.runs * x


def goes_back_by_two(x):
    @functools.cache
    def term(n):
        return x if n < 2 else 0.5 * term(n - 1) + term(n - 2)

    return term(60)


def takes_equal_values(x):
    @functools.cache
    def square(v):
        return v * v

    return square(x) * square(1.0 * x) + square((x + 0.0) * 2.0)


@pytest.mark.parametrize(
    "f", [counts_its_runs, forgets_the_older, counts_runs_of_a_method, goes_back_by_two, takes_equal_values]
)
def test_what_a_cache_answers_does_not_run_again(f):
    slope = (f(1.5 + 1e-6) - f(1.5 - 1e-6)) / 2e-6
    assert sourcead.grad(f, dynamic="always")(1.5) == pytest.approx(slope, rel=1e-7)
    assert sourcead.jvp(f, (1.5,), (1.0,), dynamic="always")[1] == pytest.approx(slope, rel=1e-7)
    curvature = (sourcead.grad(f, dynamic="always")(1.5 + 1e-6) - sourcead.grad(f, dynamic="always")(1.5 - 1e-6)) / 2e-6
    assert sourcead.hessian(f, dynamic="always")(1.5) == pytest.approx(curvature, rel=1e-6)
