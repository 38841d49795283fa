"""Faults that users of other tools have reported, each as a program of our own in every mode.

The comment over a program names the report. A program is right in reverse mode, forward mode and on the dynamic graph,
and its second derivative is right or refused.
"""

import functools

import numpy as np
import oracle
import pytest

import sourcead

X = np.array([0.3, 0.7, -0.4, 0.9])


# NVIDIA/warp 1694: a variable computed before a loop with a run-time bound, and used after it.
def before_a_loop(x):
    scale = np.sum(x * x)
    n = int(np.ceil(np.sum(np.abs(x))))
    total = 0.0
    for _ in range(n):
        total = total + 0.1
    return scale * total + scale * scale


# NVIDIA/warp 1350: the backward pass reads arrays as they are then, not as they were.
def overwritten_operand(x):
    y = x * 1.0
    total = 0.0
    for i in range(3):
        total = total + np.sum(np.sin(y) * y[i])
        y[i] = total
        y *= 0.5
    return total


# NVIDIA/warp 1350, of an array that carries no derivative.
def overwritten_constant(x):
    k = np.arange(4.0)
    first = np.sum(k * x * x)
    k[:] = 7.0
    return first * np.sum(k * x)


# clad 1865: what is pushed on one way through a loop and popped on another.
def pushes_and_pops(x):
    y = x[0]
    for i in range(6):
        if i % 3 == 0:
            y = np.sin(y) + x[1]
            if y > 0.9:
                continue
            y = y * x[2]
        elif i == 5:
            y = y * y
            break
        y = y + 0.1 * y * y
    return y


# clad 1676: a callee whose body the tool does not have counts as a constant.
def callee_without_a_body(x):
    return np.sum(functools.reduce(np.multiply, [x, x, x])) + sum(map(float, x * x))


# Zygote 822: adjoints of branches that give a variable another value.
def branches_that_rebind(x):
    y = x[0] * x[1]
    if y > 0.0:
        y = y * x[2]
        z = y
        if z < 0.0:
            y = -y * y
    else:
        z = x[3]
    return y * z + z


# PyTorch 31258: a view changed in a function that is compiled.
def change_through_a_view(x):
    y = x * 2.0
    y[1:3] *= y[:2]
    y[::2] += x[:2]
    return np.sum(y * y)


# Autograd 423: a plain call of NumPy is quietly a constant.
def calls_of_numpy(x):
    y = np.array([np.sum(x), x[1]])
    z = np.asarray([v * v for v in x])
    return np.max(np.stack([y[0] * z, z])) + y @ y


# JAX 5798: what `where` does not take.
def choice_of_a_safe_branch(x):
    safe = np.where(x > 0.0, x, 1.0)
    return np.sum(np.where(x > 0.0, np.sqrt(safe) * np.log(safe), 0.0))


# Autograd 378: a product with a factor of zero.
def product_with_a_zero(x):
    y = x * 1.0
    y[1] = 0.0 * y[1]
    return np.prod(y + np.array([0.0, 0.7, 0.0, 0.0]) * 0.0) + np.prod(x - x[0])


# Gathers with an index that repeats.
def repeated_index(x):
    k = np.array([0, 2, 2, 0, 1])
    y = np.zeros(4)
    np.add.at(y, k, x[k] * x[k])
    y[[1, 1]] += x[[0, 3]]
    return np.sum(np.sin(y)) + np.sum(x[k] * np.arange(5.0))


# Batched products whose batch axes are broadcast.
def broadcast_batches(x):
    a = x.reshape(1, 2, 2) * np.ones((3, 1, 1))
    b = x.reshape(2, 1, 2, 1)
    return np.sum(np.sin(a @ b))


def doubled(f):
    @functools.wraps(f)
    def run(*args):
        return 2.0 * f(*args)

    return run


@doubled
def decorated(x):
    return np.sum(x * x)


# Decorated callees differentiated without their decorator.
def calls_a_decorated_function(x):
    return decorated(x) * x[0]


# `out=` and `where=` arguments ignored.
def results_into_arrays(x):
    y = np.zeros(4)
    np.multiply(x, x, out=y)
    np.add(y, x, y)
    return np.sum(y, where=x > 0.0) * np.max(x, where=x < 0.8, initial=-9.0)


# The same of methods, and of results given by their place.
def results_into_arrays_by_place(x):
    y = np.zeros(4)
    (x * x).clip(0.0, 0.6, out=y)
    z = np.zeros(4)
    np.cumsum(y * x, 0, None, z)
    x.cumprod(out=y)
    return np.sum(y * z)


PROGRAMS = [
    before_a_loop,
    overwritten_operand,
    overwritten_constant,
    pushes_and_pops,
    callee_without_a_body,
    branches_that_rebind,
    change_through_a_view,
    calls_of_numpy,
    choice_of_a_safe_branch,
    product_with_a_zero,
    repeated_index,
    broadcast_batches,
    calls_a_decorated_function,
    results_into_arrays,
    results_into_arrays_by_place,
]
MODES = {
    "reverse": lambda f: sourcead.grad(f)(X),
    "forward": lambda f: np.array([sourcead.tangent(f)(X, unit)[1] for unit in np.eye(4)]),
    "dynamic": lambda f: sourcead.grad(f, dynamic="always")(X),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_derivative_of_a_reported_fault(f, mode):
    given = X.copy()
    assert np.allclose(MODES[mode](f), oracle.gradient(f, X), rtol=1e-6, atol=1e-7)
    assert np.array_equal(X, given)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_second_derivative_of_a_reported_fault(f):
    d = np.array([0.2, -0.5, 1.0, 0.3])
    df = sourcead.grad(f)
    h = 1e-6
    moved = (df(X + h * d) - df(X - h * d)) / (2.0 * h)
    try:
        found = sourcead.hvp(f)(X, d)
    except sourcead.SourceADError as error:
        assert error.cure
        return
    np.testing.assert_allclose(found, moved, rtol=1e-5, atol=1e-6)


# JAX 5798, where the branch that is not taken is not made safe: with strong zeros it has no part.
@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_what_where_does_not_take(dynamic):
    def f(x):
        return np.sum(np.where(x > 0.0, np.sqrt(x) * np.log(x), 0.0))

    with np.errstate(all="ignore"):
        found = sourcead.grad(f, dynamic=dynamic, strong_zero=True)(X)
    assert np.allclose(found, oracle.gradient(choice_of_a_safe_branch, X))


# Autograd 370: whole numbers as arguments give nonsense.
@pytest.mark.parametrize("x", [np.arange(4), 3, np.array([True, False]), [1, 2]], ids=str)
@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_whole_numbers_are_refused(x, dynamic):
    def f(x):
        return np.sum(np.asarray(x) * 2.0)

    with pytest.raises(sourcead.SourceADError):
        sourcead.grad(f, dynamic=dynamic)(x)


# Autograd 183: the norm at zero.
@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_norm_at_zero(dynamic):
    def f(x):
        return np.linalg.norm(x)

    assert np.array_equal(sourcead.grad(f, dynamic=dynamic)(np.zeros(3)), np.zeros(3))


# Arguments of the caller overwritten, also through a view of them and where the name has moved on.
@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_arguments_of_the_caller_stay(dynamic):
    def f(x, y):
        view = y[::2]
        for _ in range(2):
            y = y * 1.1
            view *= 2.0
        x[0] = 5.0
        x += 1.0
        return np.sum(x * y) * np.sum(view)

    x, y = X.copy(), np.ones(4)
    sourcead.value_and_grad(f, (0, 1), dynamic=dynamic)(x, y)
    assert np.array_equal(x, X) and np.array_equal(y, np.ones(4))
