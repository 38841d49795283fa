"""`checkpoint`: a call keeps its arguments, and is computed again in the reverse sweep."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import sourcead

X = np.linspace(0.1, 0.5, 4)
RNG = np.random.default_rng(1)


def layer(x, w, n):
    for _ in range(n):
        x = np.sin(w * x) + x
    return x


kept_layer = sourcead.checkpoint(layer)


def loss(x, w):
    for _ in range(3):
        x = kept_layer(x, w, 5)
    return np.sum(x * x)


def plain(x, w):
    for _ in range(3):
        x = layer(x, w, 5)
    return np.sum(x * x)


@sourcead.checkpoint
def noisy(x):
    for _ in range(2):
        x = x * RNG.normal()
    return x


@sourcead.checkpoint
def loud(x):
    for _ in range(2):
        x = x * 2.0
        print(x)
    return x


def outer_body(x):
    for _ in range(2):
        x = kept_layer(x, 0.3, 2) * 2.0
    return x


nested = sourcead.checkpoint(outer_body)


def test_the_same_gradient():
    found = sourcead.grad(loss, (0, 1))(X, 0.3)
    for one, two in zip(found, sourcead.grad(plain, (0, 1))(X, 0.3)):
        np.testing.assert_array_equal(one, two)
    np.testing.assert_allclose(sourcead.grad(loss, dynamic="always")(X, 0.3), found[0])


def test_nothing_but_the_arguments_is_kept():
    source = sourcead.grad(loss).source
    forward = source[source.index("def layer_fwd") : source.index("def layer_bwd")]
    assert "_tape" not in forward and "_tape" in source[source.index("def layer_bwd") : source.index("def loss_grad")]
    assert "_tape" in sourcead.grad(plain).source.split("def layer_bwd")[0]


def test_higher_orders_and_forward_mode():
    np.testing.assert_allclose(sourcead.hessian(loss)(X, 0.3), sourcead.hessian(plain)(X, 0.3))
    for one, two in zip(sourcead.tangent(loss)(X, 0.3, np.ones(4)), sourcead.tangent(plain)(X, 0.3, np.ones(4))):
        np.testing.assert_allclose(one, two)


def test_nested():
    def f(x):
        return np.sum(nested(nested(x)))

    def g(x):
        for _ in range(4):
            x = layer(x, 0.3, 2) * 2.0
        return np.sum(x)

    np.testing.assert_allclose(sourcead.grad(f)(X), sourcead.grad(g)(X))


def test_arguments_changed_after_the_call():
    def f(x):
        y = x * 1.0
        z = kept_layer(y, 0.3, 2)
        y *= 3.0
        return np.sum(z * y)

    sourcead.check_grads(f, (X,))


def test_called_in_place_and_as_the_function_itself():
    def f(x):
        return np.sum(sourcead.checkpoint(layer)(x, 0.3, 2))

    np.testing.assert_allclose(sourcead.grad(f)(X), sourcead.grad(lambda x: np.sum(layer(x, 0.3, 2)))(X))
    assert kept_layer(X, 0.3, 2).tolist() == layer(X, 0.3, 2).tolist()
    np.testing.assert_allclose(sourcead.jacobian(kept_layer)(X, 0.3, 2), sourcead.jacobian(layer)(X, 0.3, 2))


def test_what_would_happen_twice_is_refused():
    for f, line in ((noisy, "x = x * RNG.normal()"), (loud, "print(x)")):
        with pytest.raises(sourcead.Unsupported, match="twice") as refused:
            sourcead.grad(lambda x: np.sum(f(x)))  # noqa: B023
        assert refused.value.origin.text == line


# By keyword

KEYWORD = {
    "grad": lambda f, **o: sourcead.grad(f, (0, 1), **o)(X, 0.3),
    "value_and_grad": lambda f, **o: sourcead.value_and_grad(f, (0, 1), **o)(X, 0.3)[1],
    "adjoint": lambda f, **o: sourcead.adjoint(f, (0, 1), **o)(X, 0.3, 1.0),
    "tangent": lambda f, **o: sourcead.tangent(f, (0, 1), **o)(X, 0.3, X, 1.0),
    "jacobian": lambda f, **o: sourcead.jacobian(f, (0, 1), **o)(X, 0.3),
    "jacfwd": lambda f, **o: sourcead.jacfwd(f, (0, 1), **o)(X, 0.3),
    "jacrev": lambda f, **o: sourcead.jacrev(f, (0, 1), **o)(X, 0.3),
    "hessian": lambda f, **o: sourcead.hessian(f, **o)(X, 0.3),
    "hvp": lambda f, **o: sourcead.hvp(f, **o)(X, 0.3, X),
    "vjp": lambda f, **o: sourcead.vjp(f, X, 0.3, **o)[1](1.0),
    "jvp": lambda f, **o: sourcead.jvp(f, (X, 0.3), (X, 1.0), **o),
}


@pytest.mark.parametrize("transform", KEYWORD)
def test_every_transform_takes_it(transform):
    wanted, found = KEYWORD[transform](plain), KEYWORD[transform](plain, checkpoint=layer)
    for a, b in zip(wanted, found):
        np.testing.assert_allclose(b, a, rtol=1e-12)


def test_the_text_is_that_of_a_marked_function():
    marked, asked = sourcead.grad(loss), sourcead.grad(plain, checkpoint=[layer])
    assert asked.source != sourcead.grad(plain).source
    assert asked.source.replace("plain", "loss") == marked.source.replace("kept_layer", "layer")
    kept = [said.split(":")[0] for f in asked.explain().functions for line in f.lines for said in line.kept]
    assert kept == [s.split(":")[0] for f in marked.explain().functions for line in f.lines for s in line.kept]
    assert kept


def test_it_pickles():
    made = sourcead.grad(plain, checkpoint=(layer,))
    np.testing.assert_allclose(pickle.loads(pickle.dumps(made))(X, 0.3), sourcead.grad(plain)(X, 0.3))


def test_what_is_no_function_is_refused():
    with pytest.raises(TypeError, match="checkpoint is a function"):
        sourcead.grad(plain, checkpoint="layer")


def swirl(x, y):
    for _ in range(2):
        x, y = x * y, np.sin(y) + x
    return x, y


@sourcead.checkpoint
def unpacking(x, y):
    a, b = swirl(x, y)
    for _ in range(2):
        a = a * b + np.exp(-a)
    return a * b


def test_results_that_are_unpacked_in_a_checkpoint():
    def f(x):
        return unpacking(x, 2.0 * x) * x

    step = 1e-30
    wanted = np.imag(f(0.5 + step * 1j)) / step
    np.testing.assert_allclose(sourcead.value_and_grad(f)(0.5), (f(0.5), wanted), rtol=1e-12)
