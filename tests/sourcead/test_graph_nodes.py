"""Emitted functions called on Tensors: right, a single node of the graph, differentiable again."""

import copy

import catalogue
import numpy as np
import oracle
import pytest

import runtime
import sourcead
from runtime.errors import DerivativeLost, SharedArray, SourceADError
from runtime.structure import flatten

Q = np.array([0.3, 0.5, 0.9])


def wave(x):
    return np.sum(np.sin(x) * x)


def filled(w, n):
    y = np.zeros_like(w)
    for i in range(n):
        y[i] = np.sin(w[i])
        w = w * 0.9
    return np.sum(y * w)


def layer(p, x, *, scale=2.0):
    h = np.tanh(x @ p["W"] + p["b"])
    return scale * np.sum(h * h)


def residual(x):
    return x * np.exp(-x), np.sum(x)


def leaf(array):
    return runtime.tensor(np.array(array), requires_grad=True)


def as_tensors(tree, wanted):
    leaves, rebuild = flatten(tree)
    return rebuild([
        runtime.tensor(x, requires_grad=wanted) if isinstance(x, np.ndarray) and x.dtype.kind in "fc" else x
        for x in leaves
    ])  # fmt: skip


def as_arrays(tree):
    leaves, rebuild = flatten(tree)
    return rebuild([x.detach().numpy() if isinstance(x, runtime.Tensor) else x for x in leaves])


@pytest.mark.parametrize("wanted", [False, True])
@pytest.mark.parametrize("case", [case for case in catalogue.cases() if case.program.scalar][::3], ids=str)
def test_tensors_give_what_arrays_give(case, wanted):
    try:
        df = sourcead.value_and_grad(case.program.function, case.program.wrt)
        plain = df(*copy.deepcopy(case.args()), **copy.deepcopy(case.kwargs()))
    except SourceADError:
        assert case.program.may_refuse
        return
    args, kwargs = as_tensors(case.args(), wanted), as_tensors(case.kwargs(), wanted)
    if df.reading == "arrays":
        return  # It has a method that means something else of Tensors: see test_methods_of_tensors.py.
    found = df(*args, **kwargs)
    if df.reading == "tensors" and not np.allclose(as_arrays(found[0]), plain[0]):
        # All of it runs on the graph, where `x.sort()` is a Tensor's: it gives what the function itself does.
        value = case.program.function(*as_tensors(case.args(), False), **as_tensors(case.kwargs(), False))
        return np.testing.assert_allclose(as_arrays(found[0]), as_arrays(value), rtol=1e-12)
    for a, b in zip(oracle.leaves(plain), oracle.leaves(as_arrays(found)), strict=True):
        np.testing.assert_allclose(np.asarray(b), np.asarray(a), rtol=1e-12, atol=1e-12)


def test_a_call_is_one_node():
    x = leaf(Q)
    value, gradient = sourcead.value_and_grad(wave)(x)
    node = value.grad_fn
    assert node.name() == "WaveValueAndGradBackward" and gradient.grad_fn.next_functions == value.grad_fn.next_functions
    assert [source.name() for source, _ in node.next_functions] == ["torch::autograd::AccumulateGrad"]
    assert isinstance(gradient, runtime.Tensor) and gradient.requires_grad


def test_its_backward_pass_is_the_emitted_adjoint():
    x = leaf(Q)
    value, gradient = sourcead.value_and_grad(wave)(x)
    (value * 3.0).backward(retain_graph=True)
    np.testing.assert_allclose(x.grad.numpy(), 3.0 * (np.sin(Q) + Q * np.cos(Q)))
    x.grad = None
    (gradient * runtime.tensor(np.array([1.0, 2.0, 3.0]))).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [1.0, 2.0, 3.0] * (2.0 * np.cos(Q) - Q * np.sin(Q)))


def test_gradients_of_gradients():
    x = leaf(Q)
    df = sourcead.grad(filled)
    second = runtime.autograd.functional.jacobian(lambda t: df(t, 3), x)
    np.testing.assert_allclose(second.numpy(), sourcead.jacobian(df)(Q, 3), atol=1e-12)
    d_wave = sourcead.grad(wave)
    (first,) = runtime.autograd.grad(d_wave(x).sum(), x, create_graph=True)
    assert first.requires_grad
    (third,) = runtime.autograd.grad(first.sum(), x)
    np.testing.assert_allclose(third.numpy(), -3.0 * np.sin(Q) - Q * np.cos(Q))


def test_within_a_larger_graph_and_a_structure_of_parameters():
    p = {"W": leaf(np.ones((3, 2)) * 0.1), "b": leaf(np.zeros(2))}
    x = leaf(Q)
    value, gradients = sourcead.value_and_grad(layer)(p, x.sin()[None] * 2.0, scale=3.0)
    assert set(gradients) == {"W", "b"}
    value.backward()
    h = np.tanh(2.0 * np.sin(Q)[None] @ np.full((3, 2), 0.1))
    bar = 6.0 * h * (1.0 - h * h)
    np.testing.assert_allclose(p["b"].grad.numpy(), bar[0])
    np.testing.assert_allclose(gradients["b"].detach().numpy(), bar[0])
    np.testing.assert_allclose(x.grad.numpy(), (bar @ np.full((2, 3), 0.1))[0] * 2.0 * np.cos(Q))


def test_other_transforms():
    x = leaf(Q)
    bar = sourcead.adjoint(residual)(x, (np.ones(3), 2.0))
    bar.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.exp(-Q) * (Q - 2.0))
    value, dot = sourcead.tangent(wave)(x.detach(), np.ones(3))
    assert not value.requires_grad
    np.testing.assert_allclose(dot.item(), np.sum(np.sin(Q) + Q * np.cos(Q)))


def test_forward_mode_over_a_node():
    df = sourcead.grad(wave)
    x = runtime.tensor(Q)
    _, dot = runtime.jvp(lambda t: df(t), (x,), (runtime.tensor(np.ones(3)),))
    np.testing.assert_allclose(dot.detach().numpy(), 2.0 * np.cos(Q) - Q * np.sin(Q))


def test_nothing_is_recorded_where_nothing_asks_for_it():
    df = sourcead.grad(wave)
    assert not df(runtime.tensor(Q)).requires_grad
    with runtime.no_grad():
        assert not df(leaf(Q)).requires_grad
    assert isinstance(df(Q), np.ndarray)


def test_a_captured_tensor_is_not_lost():
    weight = leaf(Q)

    def weighted(x):
        return np.sum(weight * x * x)

    df = sourcead.value_and_grad(weighted)
    with pytest.raises(DerivativeLost, match="not one of its arguments"):
        df(leaf(Q))
    value, _ = df(runtime.tensor(Q))
    value.backward()
    np.testing.assert_allclose(weight.grad.numpy(), Q * Q)


def test_what_is_kept_must_not_change_and_is_freed():
    x = leaf(Q)
    moved = x * 1.0
    y = sourcead.grad(wave)(moved)
    moved += 1.0
    with pytest.raises(SharedArray, match="changed in place"):
        y.sum().backward()
    y = sourcead.grad(wave)(x).sum()
    y.backward()
    with pytest.raises(SourceADError, match="second time"):
        y.backward()


def test_results_share_no_memory_with_arguments():
    def same(x):
        return np.sum(x)

    x = runtime.tensor(Q.copy())
    g = sourcead.grad(same)(x)
    g += 1.0
    assert np.array_equal(x.numpy(), Q)


def test_the_text_and_its_derivatives_know_nothing_of_tensors():
    df = sourcead.grad(filled)
    df(leaf(Q), 3)
    assert "ensor" not in df.source
    again = sourcead.grad(lambda w, n: np.sum(df(w, n)))
    np.testing.assert_allclose(again(Q, 3), np.diag(sourcead.jacobian(df)(Q, 3)), atol=1e-12)
