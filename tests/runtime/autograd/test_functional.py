"""`autograd.functional` against differences, its own identities, and PyTorch where that is installed."""

import numpy as np
import pytest

import runtime
from runtime.autograd import functional
from runtime.autograd.functional import IndependentInput
from runtime.errors import CotangentMismatch, NotDifferentiable, NotScalar

X = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.5]])
Y = np.array([0.9, 1.7, 2.5])
W = np.array(0.6)

# Written with methods and operators that PyTorch has too.
FUNCTIONS = {
    "vector": (lambda x: x.exp() * x, Y),
    "number to number": (lambda x: (x * x).sin(), W),
    "number to vector": (lambda x: x * x * runtime_or_torch(x, Y), W),
    "several inputs": (lambda x, y: (x * y).sin() + y**3, (X, Y)),
    "several outputs": (lambda x: (x.sum(0), x * x), X),
    "both": (lambda x, y, w: (x @ y * w, (y * y).sum()), (X, Y, W)),
    "unused input": (lambda x, y: x * x, (Y, W)),
    "constant output": (lambda x: (x * 2.0, x.detach() * 3.0), Y),
    "the input itself": (lambda x, y: (x, y), (Y, W)),
    "one in a tuple": (lambda x: (x.tanh(),), (Y,)),
}
SCALARS = {
    "square": (lambda x: (x * x * x).sum(), X),
    "coupled": (lambda x, y: ((x @ y) ** 3).sum() * y.exp().sum(), (X, Y)),
    "linear": (lambda x, y: x.sum() + y.sum(), (X, Y)),
    "number": (lambda x: x**4, W),
    "in a tuple": (lambda x: x.sin().prod(), (Y,)),
}


def runtime_or_torch(like, array):
    return runtime.tensor(array) if isinstance(like, runtime.Tensor) else like.new_tensor(array)


def tensors(arrays):
    return tuple(map(runtime.tensor, arrays)) if isinstance(arrays, tuple) else runtime.tensor(arrays)


def as_list(value):
    return list(value) if isinstance(value, tuple) else [value]


def arrays_in(value):
    return [a for part in value for a in arrays_in(part)] if isinstance(value, tuple) else [value.numpy()]


def directions(arrays):
    if isinstance(arrays, tuple):
        return tuple(map(directions, arrays))
    return np.cos(np.arange(1.0, 1.0 + arrays.size)).reshape(arrays.shape)


def differences(f, arrays):
    """The Jacobians [output][input] by central differences."""
    given = as_list(arrays)

    def values(moved):
        return [z.detach().numpy() for z in as_list(f(*map(runtime.tensor, moved)))]

    plain = values(given)
    found = [[np.zeros((*z.shape, *x.shape)) for x in given] for z in plain]
    step = 1e-6
    for i, x in enumerate(given):
        for k in np.ndindex(x.shape):
            up, down = x.copy(), x.copy()
            up[k] += step
            down[k] -= step
            high, low = (values([*given[:i], moved, *given[i + 1 :]]) for moved in (up, down))
            for row, a, b in zip(found, high, low):
                row[i][(..., *k)] = (a - b) / (2 * step)
    return found


@pytest.mark.parametrize("strategy", ["reverse-mode", "forward-mode"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_jacobian_is_what_differences_say(name, strategy):
    f, arrays = FUNCTIONS[name]
    found = functional.jacobian(f, tensors(arrays), strategy=strategy, vectorize=strategy == "forward-mode")
    constants = name == "constant output"
    rows = as_list(found) if has_tuple(f, arrays) else [found]
    for number, (row, want) in enumerate(zip(rows, differences(f, arrays), strict=True)):
        for g, w in zip(as_list(row), want, strict=True):
            assert g.shape == w.shape and not g.requires_grad
            np.testing.assert_allclose(g.numpy(), 0.0 * w if constants and number else w, atol=1e-7)


def has_tuple(f, arrays):
    return isinstance(f(*as_list(tensors(arrays))), tuple)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_products_are_those_with_the_jacobian(name):
    f, arrays = FUNCTIONS[name]
    rows = functional.jacobian(f, tensors(arrays))
    rows = [as_list(row) for row in (as_list(rows) if has_tuple(f, arrays) else [rows])]
    value = f(*as_list(tensors(arrays)))
    dots = directions(arrays)
    bars = directions(tuple(z.detach().numpy() for z in as_list(value)))
    given, pulled = functional.vjp(f, tensors(arrays), tensors(bars if isinstance(value, tuple) else bars[0]))
    again, moved = functional.jvp(f, tensors(arrays), tensors(dots))
    for a, b, c in zip(arrays_in(given), arrays_in(again), as_list(value), strict=True):
        assert np.array_equal(a, b) and np.array_equal(a, c.detach().numpy())
    for i, g in enumerate(arrays_in(pulled)):
        want = sum(np.tensordot(bar, row[i].numpy(), bar.ndim) for bar, row in zip(bars, rows))
        np.testing.assert_allclose(g, want, atol=1e-12)
    for row, dot in zip(rows, arrays_in(moved), strict=True):
        want = sum(np.tensordot(g.numpy(), x, x.ndim) for g, x in zip(row, as_list(dots)))
        np.testing.assert_allclose(dot, want, atol=1e-12)


@pytest.mark.parametrize("strategy", ["reverse-mode", "forward-mode"])
@pytest.mark.parametrize("name", SCALARS)
def test_hessian_is_the_jacobian_of_the_gradient(name, strategy):
    f, arrays = SCALARS[name]
    count = len(as_list(arrays))

    def gradient(*inputs):
        return as_list(functional.jacobian(f, inputs))[0] if count == 1 else functional.jacobian(f, inputs)

    found = functional.hessian(f, tensors(arrays), outer_jacobian_strategy=strategy)
    blocks = [list(row) for row in found] if isinstance(arrays, tuple) else [[found]]
    for row, want in zip(blocks, differences(gradient, arrays), strict=True):
        for g, w in zip(row, want, strict=True):
            np.testing.assert_allclose(g.numpy(), w, atol=1e-6)
    dots = as_list(directions(arrays))
    for product in (functional.hvp, functional.vhp):
        value, moved = product(f, tensors(arrays), tensors(directions(arrays)))
        assert np.array_equal(value.numpy(), f(*as_list(tensors(arrays))).detach().numpy())
        for row, h in zip(blocks, arrays_in(moved), strict=True):
            want = sum(np.tensordot(g.numpy(), x, x.ndim) for g, x in zip(row, dots))
            np.testing.assert_allclose(h, want, atol=1e-12)


def test_results_are_part_of_a_graph_only_where_asked_for():
    x = runtime.tensor(Y, requires_grad=True)
    assert not functional.jacobian(lambda t: t**3, x).requires_grad
    row = functional.jacobian(lambda t: t**3, x, create_graph=True)
    row.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 6.0 * Y)
    third = functional.jacobian(lambda t: functional.hessian(lambda s: (s**4).sum(), t, create_graph=True), x)
    np.testing.assert_allclose(third.numpy()[1, 1, 1], 24.0 * Y[1])
    value, moved = functional.jvp(lambda t: t**3, x, runtime.tensor(np.ones(3)), create_graph=True)
    assert value.requires_grad
    (g,) = runtime.autograd.grad(moved.sum(), x)
    np.testing.assert_allclose(g.numpy(), 6.0 * Y)


def test_what_the_function_captures_is_constant():
    x = runtime.tensor(Y, requires_grad=True)
    np.testing.assert_allclose(functional.jacobian(lambda t: t * x, x).numpy(), np.diag(Y))
    np.testing.assert_allclose(functional.jacobian(lambda t: t * x, x, create_graph=True).detach().numpy(), np.diag(Y))
    assert x.grad is None


def test_it_works_without_grad_mode():
    with runtime.no_grad():
        found = functional.jacobian(lambda t: t * t, runtime.tensor(Y))
    np.testing.assert_allclose(found.numpy(), np.diag(2.0 * Y))


def test_strict_refuses_what_does_not_depend():
    x, w = runtime.tensor(Y), runtime.tensor(W)
    for call in (functional.vjp, functional.jvp):
        with pytest.raises(IndependentInput, match="input 1"):
            call(lambda a, b: (a * a).sum(), (x, w), (x, w) if call is functional.jvp else None, strict=True)
    with pytest.raises(IndependentInput, match="output 0 does not depend on input 1"):
        functional.jacobian(lambda a, b: a * a, (x, w), strict=True)
    with pytest.raises(IndependentInput):
        functional.hessian(lambda a: a.sum(), x, strict=True)
    with pytest.raises(ValueError, match="strict"):
        functional.jacobian(lambda a: a, x, strict=True, vectorize=True)


def test_vectors_and_values_that_do_not_fit_are_refused():
    x = runtime.tensor(Y)
    with pytest.raises(NotScalar, match="v may be left out"):
        functional.vjp(lambda a: a * a, x)
    with pytest.raises(NotScalar, match="v may be left out"):
        functional.jvp(lambda a: a.sum(), x)
    with pytest.raises(NotScalar, match="one number"):
        functional.hvp(lambda a: a * a, x, x)
    with pytest.raises(CotangentMismatch, match="shapes"):
        functional.vjp(lambda a: a * a, x, runtime.tensor([1.0, 2.0]))
    with pytest.raises(NotDifferentiable, match="float"):
        functional.jacobian(lambda a: 1.0, x)
    with pytest.raises(NotDifferentiable, match="ndarray"):
        functional.jacobian(lambda a: a, Y)
    with pytest.raises(ValueError, match="strategy"):
        functional.jacobian(lambda a: a, x, strategy="sideways")


@pytest.mark.parametrize("name", [*FUNCTIONS, *SCALARS])
def test_prints_as_torch_does(name):
    torch = pytest.importorskip("torch")
    f, arrays = {**FUNCTIONS, **SCALARS}[name]

    def both(call, *extra):
        theirs = getattr(torch.autograd.functional, call)(
            f, *[tuple(map(torch.tensor, a)) if isinstance(a, tuple) else torch.tensor(a) for a in (arrays, *extra)]
        )
        return repr(getattr(functional, call)(f, *map(tensors, (arrays, *extra)))), repr(theirs)

    ours, theirs = both("jacobian")
    assert ours == theirs
    ours, theirs = both("jvp", directions(arrays))
    assert ours == theirs
    if name in SCALARS:
        for call in ("hessian", "vhp", "hvp"):
            ours, theirs = both(call, *[directions(arrays)] * (call != "hessian"))
            assert ours == theirs
