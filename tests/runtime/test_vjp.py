"""`vjp` and `jvp`: containers, types, cotangents, nesting, refusals."""

from collections import namedtuple
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.testing import assert_allclose

import runtime
from runtime.errors import CotangentMismatch, DerivativeLost, NotDifferentiable
from runtime.kernels import own, unbroadcast, zeros_like

Pair = namedtuple("Pair", "a b")


@dataclass
class Model:
    weights: np.ndarray
    bias: float
    name: str = "linear"
    scale: float = field(init=False)

    def __post_init__(self):
        self.scale = 2.0 * self.bias

    def predict(self, x):
        return (x @ self.weights + self.bias) * self.scale


def test_float_in_float_out():
    value, pullback = runtime.vjp(lambda x: x**2 + 1.0, 3.0)
    assert value == 10.0 and type(value) is float
    (bar,) = pullback(2.0)
    assert bar == 12.0 and type(bar) is float


def test_value_has_the_type_of_the_plain_program():
    for x in (1.5, np.float32(1.5), np.array(1.5), np.ones(2, np.float32)):

        def f(x):
            return np.sin(x) * x, x * 2, x

        for found, plain in zip(runtime.vjp(f, x)[0], f(x)):
            assert type(found) is type(plain) and np.array_equal(found, plain)
            assert np.asarray(found).dtype == np.asarray(plain).dtype


def test_cotangents_have_type_shape_and_dtype_of_the_primals():
    primals = (1.5, np.float32(2.0), np.ones((2, 1), np.float32), np.array(3.0), 1 + 2j)
    _, pullback = runtime.vjp(lambda a, b, c, d, e: np.sum(a * b * c * d) + (e * e).real, *primals)
    for bar, primal in zip(pullback(1.0), primals):
        assert type(bar) is type(primal) and np.shape(bar) == np.shape(primal)
        assert np.asarray(bar).dtype == np.asarray(primal).dtype


def test_containers():
    def f(tree, n, label):
        assert isinstance(label, str) and n == 2
        model, parts = tree["model"], tree["parts"]
        return {"y": model.predict(parts[0]), "z": Pair(parts[1].a * n, None)}

    tree = {"parts": [np.array([1.0, 2.0]), Pair(3.0, 7)], "model": Model(np.array([0.5, -1.0]), 0.25)}
    value, pullback = runtime.vjp(f, tree, 2, "x")
    assert value["y"] == pytest.approx(-0.625) and value["z"] == Pair(6.0, None)
    bar, n_bar, label_bar = pullback({"y": 1.0, "z": Pair(10.0, None)})
    assert (n_bar, label_bar) == (0.0, 0.0)
    assert isinstance(bar["model"], Model) and bar["model"].name == 0.0
    # y = (x w + b) s with x w + b = -1.25 and s = 0.5
    assert bar["model"].weights.tolist() == [0.5, 1.0] and bar["model"].bias == 0.5 and bar["model"].scale == -1.25
    assert bar["parts"][0].tolist() == [0.25, -0.5] and bar["parts"][1] == Pair(20.0, 0.0)


def test_cotangent_may_be_zero_or_of_kernel_structure():
    value, pullback = runtime.vjp(lambda x: (x * 2.0, {"a": x * x}), np.array([1.0, 2.0]))
    assert pullback([0.0, {"a": np.ones(2)}])[0].tolist() == [2.0, 4.0]
    assert pullback((np.ones(2), {}))[0].tolist() == [2.0, 2.0]
    assert pullback(0.0)[0].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("cotangent", [np.ones(3), (np.ones(2),), {"a": 1.0}, 1.0])
def test_cotangent_that_does_not_fit(cotangent):
    _, pullback = runtime.vjp(lambda x: x * 2.0, np.ones(2))
    with pytest.raises(CotangentMismatch):
        pullback(cotangent) if np.shape(cotangent) != () or isinstance(cotangent, dict) else pullback(np.ones((1, 2)))


def test_tuple_cotangent_of_another_length():
    _, pullback = runtime.vjp(lambda x: (x, x), 1.0)
    with pytest.raises(CotangentMismatch):
        pullback((1.0, 2.0, 3.0))


def test_pullback_may_be_called_again_and_results_are_separate():
    seed = np.array([1.0, 2.0])
    _, pullback = runtime.vjp(lambda x, y: x + y, np.zeros(2), np.zeros(2))
    a, b = pullback(seed)
    a += 100.0
    assert b.tolist() == [1.0, 2.0] and seed.tolist() == [1.0, 2.0] and pullback(seed)[0].tolist() == [1.0, 2.0]


def test_primals_are_not_changed_and_the_value_is_the_callers_own():
    def f(x, parts):
        x *= 2.0
        parts.append(np.exp(x))
        return parts[-1]

    x, parts = np.array([0.1, 0.2]), []
    value, pullback = runtime.vjp(f, x, parts)
    expected = 2.0 * value
    value[:] = -1.0
    assert pullback(np.ones(2))[0] == pytest.approx(expected)
    assert x.tolist() == [0.1, 0.2] and parts == []


def test_a_value_that_does_not_depend_on_a_primal():
    _, pullback = runtime.vjp(lambda x, y: y * 2.0, np.ones(2), 1.0)
    bar, _ = pullback(1.0)
    assert bar.tolist() == [0.0, 0.0]
    assert runtime.vjp(lambda x: 5, 1.0)[1](1.0) == (0.0,)


def test_nested_for_higher_order():
    def derivative(f):
        return lambda x: runtime.vjp(f, x)[1](1.0)[0]

    def f(x):
        return np.sin(x) * x**2

    third = derivative(derivative(derivative(f)))
    x = 0.7
    exact = -np.cos(x) * x**2 - 6 * x * np.sin(x) + 6 * np.cos(x)
    assert third(x) == pytest.approx(exact)


def test_inner_derivative_with_an_outer_value_in_its_closure():
    # d/dx (x * d/dy (x y^2) at y=x) = d/dx 2 x^3
    def f(x):
        return x * runtime.vjp(lambda y: x * y * y, x)[1](1.0)[0]

    assert runtime.vjp(f, 2.0)[1](1.0)[0] == pytest.approx(24.0)


def test_tensors_as_primals_are_part_of_the_graph_around():
    x = runtime.tensor(np.array([1.0, 2.0]), requires_grad=True)
    value, pullback = runtime.vjp(lambda a: a * a * a, x * 2.0)
    assert isinstance(value, runtime.Tensor) and value.requires_grad
    (bar,) = pullback(np.ones(2))
    np.sum(bar).backward()
    # bar = 3 (2x)^2
    assert x.grad.tolist() == [24.0, 48.0]


def test_a_captured_tensor_is_refused():
    w = runtime.tensor([1.0], requires_grad=True)
    with pytest.raises(DerivativeLost, match="not one of its arguments"):
        runtime.vjp(lambda x: x * w, np.ones(1))


def test_recording_is_on_also_inside_no_grad():
    with runtime.no_grad():
        assert runtime.vjp(lambda x: x * x, 3.0)[1](1.0) == (6.0,)


def test_errors_name_the_users_line():
    def f(x):
        y = np.ones(3) * x
        return np.roots(y)

    with pytest.raises(DerivativeLost, match="np.roots") as caught:
        runtime.vjp(f, 1.0)
    assert caught.value.origin.file == __file__ and "np.roots(y)" in caught.value.origin.text


def test_jvp_agrees_with_vjp():
    def f(tree, n):
        u = np.zeros(4)
        for k in range(n):
            u[k] = tree["a"] * np.sin(tree["x"][k])
        u[1:] += u[:-1] ** 2
        top = np.concatenate([u, tree["x"] * tree["a"]])
        return {"s": np.sum(top * top), "t": (np.split(top, 2)[0], np.max(top))}

    tree = {"a": 1.3, "x": np.array([0.1, 0.5, -0.4])}
    dots = {"a": 0.7, "x": np.array([1.0, -1.0, 0.5])}
    tree["x"], dots["x"] = np.append(tree["x"], 0.2), np.append(dots["x"], 2.0)
    value, tangent = runtime.jvp(f, (tree, 3), (dots, 0.0))
    bar = {"s": 1.5, "t": (np.arange(4.0), -2.0)}
    (tree_bar, _) = runtime.vjp(f, tree, 3)[1](bar)
    ahead = 1.5 * tangent["s"] + np.arange(4.0) @ tangent["t"][0] - 2.0 * tangent["t"][1]
    back = tree_bar["a"] * 0.7 + tree_bar["x"] @ dots["x"]
    assert ahead == pytest.approx(back, rel=1e-12) and value["s"] == f(tree, 3)["s"]


def test_forward_over_reverse():
    def f(x):
        return np.sum(np.exp(x) * x**2)

    x, v = np.array([0.3, -0.5]), np.array([1.0, 2.0])
    _, product = runtime.jvp(lambda x: runtime.vjp(f, x)[1](1.0)[0], (x,), (v,))
    assert product == pytest.approx(np.exp(x) * (x**2 + 4 * x + 2) * v)


def test_jvp_of_zero_and_of_integers():
    value, tangent = runtime.jvp(lambda x, n: (x * n, n), (2.0, 3), (0.0, 0.0))
    assert value == (6.0, 3) and tangent == (0.0, 0.0)


def test_objects_are_containers():
    class Box:
        __slots__ = ("inside", "count")

        def __init__(self, inside):
            self.inside = inside

    value, pullback = runtime.vjp(lambda box: Box(box.inside**2), Box(3.0))
    (bar,) = pullback(Box(2.0))
    assert (value.inside, type(bar), bar.inside) == (9.0, Box, 12.0)


def test_an_object_that_holds_itself_is_refused():
    class Node:
        def __init__(self):
            self.value = 1.0
            self.next = self

    with pytest.raises(NotDifferentiable, match="holds itself"):
        runtime.vjp(lambda node: node.value, Node())


def test_an_unknown_container_is_not_taken_for_a_constant():
    class Box(set):
        def __init__(self, inside):
            self.inside = inside

    _, pullback = runtime.vjp(lambda x: (Box(3.0), x), 1.0)
    assert pullback((0.0, 2.0)) == (2.0,)
    with pytest.raises(NotDifferentiable, match="Box"):
        pullback((1.0, 0.0))
    with pytest.raises(NotDifferentiable, match="Box"):
        runtime.jvp(lambda x: Box(3.0), (1.0,), (1.0,))


def test_what_holds_a_traced_value_unseen_does_not_leave_the_graph():
    class Box(set):
        def __init__(self, inside):
            self.inside = inside

    def waiting(x):
        yield x

    makers = [Box, waiting, lambda x: lambda: x, lambda x: map(abs, [x]), lambda x: Box([{"a": (x,)}])]
    for make in makers:
        for run in (lambda f: runtime.vjp(f, 1.0), lambda f: runtime.jvp(f, (1.0,), (1.0,))):
            with pytest.raises(DerivativeLost, match="leaves the dynamic graph"):
                run(lambda x, make=make: (make(x), x))
    kept = iter([1.0])
    assert runtime.vjp(lambda x: (kept, x * x), 3.0)[0] == (kept, 9.0)


def both_kinds(a, x):
    return a * 2.0, x * 3.0, a * x


def test_arrays_beside_tensors_stay_arrays():
    a, x = np.array([1.0, 2.0]), runtime.tensor([3.0, 4.0], dtype=runtime.float64)
    value, pullback = runtime.vjp(both_kinds, a, x)
    assert [type(part) for part in value] == [np.ndarray, runtime.Tensor, np.ndarray]
    assert not value[1].requires_grad
    one = np.ones(2)
    for bars in (pullback((one, one, one)), pullback((one, runtime.tensor(one), one))):
        assert [type(bar) for bar in bars] == [np.ndarray, runtime.Tensor]
        np.testing.assert_array_equal(bars[0], [5.0, 6.0])
        assert bars[1].tolist() == [4.0, 5.0]
        assert not bars[1].requires_grad
    _, dots = runtime.jvp(both_kinds, (a, x), (one, runtime.tensor(one)))
    assert [type(dot) for dot in dots] == [np.ndarray, runtime.Tensor, np.ndarray]


def test_what_belongs_to_a_graph_around_is_a_tensor():
    a, w = np.array([1.0, 2.0]), runtime.tensor([3.0, 4.0], dtype=runtime.float64, requires_grad=True)
    value, pullback = runtime.vjp(both_kinds, a, w)
    assert [type(part) for part in value] == [np.ndarray, runtime.Tensor, runtime.Tensor]
    value[2].sum().backward(retain_graph=True)
    assert w.grad.tolist() == [1.0, 2.0]
    w.grad = None
    a_bar, _ = pullback((np.zeros(2), np.ones(2), np.ones(2)))
    a_bar.sum().backward()
    assert w.grad.tolist() == [1.0, 1.0]


def test_a_tensor_that_a_function_takes_from_outside_keeps_its_graph():
    layer = runtime.nn.Linear(2, 1)
    value, pullback = runtime.vjp(lambda x: layer(x), runtime.ones(3, 2))
    value.sum().backward(retain_graph=True)
    assert layer.weight.grad.tolist() == [[3.0, 3.0]]
    (x_bar,) = pullback(runtime.ones(3, 1))
    assert x_bar.requires_grad


def test_an_array_given_back_as_it_is_may_be_written_to_afterwards():
    def f(m):
        same = np.asarray(m * 1.0, dtype=float)
        t = unbroadcast(same, m)
        t[:] += m * m
        return same

    m = np.array([0.5, 0.3])
    w = np.array([1.0, 2.0])
    assert_allclose(runtime.vjp(f, m)[1](w)[0], w * (1.0 + 2.0 * m))
    assert_allclose(runtime.jvp(f, (m,), (w,))[1], w * (1.0 + 2.0 * m))


Entry = namedtuple("Entry", "x p")


@pytest.mark.parametrize("made", [lambda x, p: [x, p], lambda x, p: (x, p), Entry, lambda x, p: [x, [p, p]]])
def test_cotangents_of_lists_keep_their_derivatives(made):
    def f(x, p):
        held = made(x * 1.0, p)
        bar = zeros_like(held)
        place = bar[1] if isinstance(held[1], list) else bar
        place[-1] += np.mean(x)
        found = own(bar, held)[1]
        return found[-1] if isinstance(held[1], list) else found

    x, x_dot = np.array([0.5, 0.3]), np.array([1.0, 2.0])
    assert_allclose(runtime.vjp(f, x, 0.7)[1](1.0)[0], [0.5, 0.5])
    assert_allclose(runtime.jvp(f, (x, 0.7), (x_dot, 0.0))[1], 1.5)
