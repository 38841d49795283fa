"""The engine: order, accumulation, second order, memory."""

import gc
import sys
import threading

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

import runtime
from runtime.errors import SourceADError
from runtime.walk import reachable


def variable(array):
    return runtime.tensor(array, requires_grad=True)


FUNCTIONS = {
    "rational": lambda np, x: np.sum(x / (1.0 + x * x)),
    "chain": lambda np, x: np.sum(np.tanh(np.exp(-x) * x) ** 3),
    "product": lambda np, x: np.sum((x @ x.T) * x[:, :1]),
    "shared": lambda np, x: np.sum(x[0] * x[1]) * np.sum(x[0]) + np.sum(x[:, 1:] * x[:, :-1]),
    "joined": lambda np, x: np.sum(np.concatenate([x, x * x], axis=1) ** 2 * np.stack([x[0, 0], x[1, 2]])[0]),
    "chosen": lambda np, x: np.sum(np.where(x > 0.0, x**3, np.sin(x))),
    "normed": lambda np, x: np.linalg.norm(x) + np.einsum("ij,ij->", x, x),
    "solved": lambda np, x: np.sum(np.linalg.solve(np.eye(2) * 5.0 + x @ x.T, x)),
}
POINT = np.array([[0.5, -1.2, 0.3], [0.7, 0.1, -0.4]])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_are_those_of_autograd(name):
    x = variable(POINT)
    FUNCTIONS[name](np, x).backward()
    expected = autograd.grad(lambda p: FUNCTIONS[name](anp, p))(POINT)
    assert np.allclose(x.grad.detach().numpy(), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_hessian_products_are_those_of_autograd(name):
    x, v = variable(POINT), np.array([[1.0, -2.0, 0.5], [0.3, 0.9, -1.0]])
    (g,) = runtime.autograd.grad(FUNCTIONS[name](np, x), x, create_graph=True)
    (h,) = runtime.autograd.grad(np.sum(g * v), x)
    expected = autograd.hessian_vector_product(lambda p: FUNCTIONS[name](anp, p))(POINT, v)
    assert np.allclose(h.numpy(), expected, rtol=1e-10, atol=1e-10)


def test_third_order():
    x = variable(2.0)
    y = x**4
    for factor in (4.0 * 8.0, 12.0 * 4.0, 24.0 * 2.0):
        (y,) = runtime.autograd.grad(y, x, create_graph=True)
        assert y.item() == pytest.approx(factor)


def test_backward_with_create_graph_puts_a_tracked_gradient_on_the_leaf():
    x = variable(3.0)
    (x**3).backward(create_graph=True)
    assert x.grad.requires_grad and x.grad.item() == pytest.approx(27.0)


def test_grad_of_inner_values_and_of_unused_ones():
    x, y = variable([1.0, 2.0]), variable([1.0])
    z = x * x
    top = np.sum(z * z)
    gz, gx = runtime.autograd.grad(top, [z, x], retain_graph=True)
    assert gz.tolist() == [2.0, 8.0] and gx.tolist() == [4.0, 32.0] and x.grad is None
    with pytest.raises(SourceADError, match="not used"):
        runtime.autograd.grad(top, y, retain_graph=True)
    assert runtime.autograd.grad(top, y, allow_unused=True) == (None,)


def test_several_outputs_of_one_operation():
    x = variable(np.arange(6.0))
    a, b, _ = np.split(x, 3)
    np.sum(a * b).backward()
    assert x.grad.tolist() == [2.0, 3.0, 0.0, 1.0, 0.0, 0.0]


def test_backward_of_several_tensors():
    x = variable([1.0, 2.0])
    y = x * x
    runtime.autograd.backward([np.sum(y), y], [None, np.array([1.0, 0.0])])
    assert x.grad.tolist() == [4.0, 4.0]


def test_a_gradient_array_belongs_to_its_leaf_alone():
    x, y = variable([1.0, 2.0]), variable([3.0, 4.0])
    seed = np.ones(2)
    (x + y).backward(seed)
    with runtime.no_grad():
        x.grad[0] = 100.0
    assert y.grad.tolist() == [1.0, 1.0] and seed.tolist() == [1.0, 1.0]


def test_a_long_chain_goes_backward_and_is_freed_without_recursion_or_collector():
    def chain(length):
        x = variable(1.0)
        y = x
        for _ in range(length):
            y = y + 1.0
        y.backward(retain_graph=True)
        assert x.grad.item() == 1.0

    chain(10)
    gc.collect()
    gc.disable()
    try:
        before = sys.getallocatedblocks()
        chain(10**5)
        # The interpreter keeps some thousand freed tuples for reuse; a leak would be a million blocks.
        assert sys.getallocatedblocks() - before < 10**4
        # Other threads of the test runner may leave something now and then; a cycle would be there each time.
        assert min(found_after(chain) for _ in range(3)) == 0
    finally:
        gc.enable()


def found_after(chain):
    gc.collect()
    chain(10**3)
    return gc.collect()


def test_repeated_steps_leave_memory_flat():
    weights = variable(np.ones(3))

    def step():
        loss = np.sum((weights * np.arange(3.0) - 1.0) ** 2)
        loss.backward()
        with runtime.no_grad():
            weights[...] = weights - 0.01 * weights.grad
        weights.grad = None

    def steps():
        before = sys.getallocatedblocks()
        for _ in range(1000):
            step()
        return sys.getallocatedblocks() - before

    gc.collect()
    gc.disable()
    try:
        steps()
        assert steps() < 50
    finally:
        gc.enable()


def test_a_value_that_no_rule_reads_is_not_kept():
    x = variable(np.ones(1000))
    node = (x + 1.0).grad_fn
    assert all(getattr(argument, "strides", (0,)) == (0,) for argument in node.saved)
    y = np.tanh(x * 2.0)
    arrays = [kept for kept in y.grad_fn.saved if getattr(kept, "strides", (0,)) != (0,)]
    assert len(arrays) == 1 and arrays[0] is y._data


def test_backward_from_several_threads():
    leaves = [variable(np.full(3, float(k))) for k in range(8)]

    def work(x):
        for _ in range(50):
            np.sum(x * x).backward()

    threads = [threading.Thread(target=work, args=(x,)) for x in leaves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [x.grad[0].item() for x in leaves] == [100.0 * k for k in range(8)]


def test_nodes_are_newer_than_their_inputs():
    x = variable([1.0, 2.0])
    y = x * 2.0
    z = y[1:]
    y += np.sum(z)
    for node in reachable([np.sum(y * z).grad_fn]):
        # Time is counted downwards.
        assert all(source.serial > node.serial for source in node.sources)


def test_attributes_of_tensors_and_nodes_are_found_the_quick_way():
    # CPython looks up each attribute of a class that has `__getattr__` or a dict anew: a tenth of a backward pass.
    x = variable([[1.0, 2.0]])
    found = reachable([((x / x) @ x.T + runtime.relu(x).sum().exp() - 2.0 * x[0, 1])._node])
    for kind in {type(x), *map(type, found)}:
        assert not hasattr(kind, "__getattr__")
        assert kind.__dictoffset__ == 0


def test_what_a_node_kept_has_names_only_where_it_was_kept():
    x = variable([1.0, 2.0])
    product, sum_, root = (x * x).grad_fn, (x + x).grad_fn, x.sqrt().grad_fn
    assert product._saved_other.tolist() == [1.0, 2.0]
    assert root._saved_result.tolist() == x.sqrt().tolist()
    assert not hasattr(root, "_saved_self")
    with pytest.raises(AttributeError, match="AddBackward0 has no attribute '_saved_self'"):
        _ = sum_._saved_self
